//! The layers of a circuit, encoded for ciphertexts: all layers but the last.
//!
//! Relies on `folding.rs` for the weights. Not for the last layer, whose scores are coefficients
//! (`circuit.rs`).

use inkognito_ckks::{
    Automorphism, Ciphertext, CiphertextQp, CkksError, Encoder, Evaluator, LinearTransform, Mask,
    OfflineLinear, Parameters, Plaintext, SeededCiphertext,
};

use super::activation::ActivationPlan;
use super::folding::FoldedLinear;
use super::plan::layers::LinearPlan;

/// A layer that is not the last.
pub(super) enum EncodedLayer {
    Linear(EncodedLinear),
    Activation(ActivationPlan),
}

impl EncodedLayer {
    /// Returns the name that observers see.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Linear(linear) => &linear.name,
            Self::Activation(activation) => &activation.name,
        }
    }

    /// Evaluates the layer.
    ///
    /// # Errors
    /// [`CkksError::Level`] for a ciphertext at another level than the plan's;
    /// [`CkksError::Scale`] for one at another scale; [`CkksError::MissingKey`] without a key that
    /// the plan requests.
    pub(super) fn apply(
        &self,
        evaluator: &Evaluator,
        x: &Ciphertext,
    ) -> Result<Ciphertext, CkksError> {
        match self {
            Self::Linear(linear) => linear.apply(evaluator, x),
            Self::Activation(activation) => activation.apply(evaluator, x),
        }
    }
}

/// The weights and biases of a linear layer.
pub(super) struct EncodedLinear {
    pub(super) name: String,
    transform: LinearTransform,
    /// The automorphisms that sum up the products with the diagonals, in groups.
    sum_groups: Vec<Vec<Automorphism>>,
    /// At the level and scale of the output.
    bias: Plaintext,
    /// Whether the last division rescales. Otherwise the transform has rescaled before.
    rescales_at_end: bool,
}

impl EncodedLinear {
    /// Encodes the weights and biases of a layer.
    ///
    /// # Errors
    /// [`CkksError::ValueOutOfRange`] for weights or biases that do not fit their scale.
    pub(super) fn new(
        parameters: &Parameters,
        plan: &LinearPlan,
        folded: &FoldedLinear,
        encoder: &Encoder,
    ) -> Result<Self, CkksError> {
        let transform = LinearTransform::new(
            parameters,
            encoder,
            &plan.matrix.encode(folded.weight.view()),
            plan.split,
            plan.level,
            plan.weight_scale,
        )?;
        let transform = match plan.rescales_before_sums() {
            true => transform.rescale_before_giant_steps(parameters)?,
            false => transform,
        };
        let bias = plan.matrix.broadcast(&folded.bias.to_vec());
        let basis = parameters.q_basis(plan.level - 1);
        let bias = encoder.encode(&bias, plan.output_scale, basis)?.into_ntt();
        Ok(Self {
            name: plan.name.clone(),
            transform,
            sum_groups: plan.automorphisms(parameters.log_n()),
            bias: Plaintext::new(bias, plan.output_scale),
            rescales_at_end: !plan.rescales_before_sums(),
        })
    }

    fn apply(&self, evaluator: &Evaluator, x: &Ciphertext) -> Result<Ciphertext, CkksError> {
        let products = self.transform.apply(evaluator, x)?;
        let sum = self.rotate_and_sum(evaluator, products)?;
        let mut y = evaluator.mod_down(sum, self.rescales_at_end)?;
        evaluator.add_plain_assign(&mut y, &self.bias)?;
        Ok(y)
    }

    /// Computes the part of [`EncodedLinear::apply`] that depends on the input's mask alone.
    /// `scale` is the scale of the input.
    ///
    /// # Errors
    /// [`CkksError::Level`] for a mask at another level than the plan's;
    /// [`CkksError::MissingKey`] without a key that the plan requests.
    pub(super) fn apply_offline(
        &self,
        evaluator: &Evaluator,
        mask: &Mask,
        scale: f64,
    ) -> Result<OfflineLinear, CkksError> {
        let products = self.transform.apply_offline(evaluator, mask, scale)?;
        let sum = self.rotate_and_sum(evaluator, products)?;
        evaluator.mod_down_offline(sum, self.rescales_at_end)
    }

    /// Computes the rest of [`EncodedLinear::apply`] from the result of
    /// [`EncodedLinear::apply_offline`] for the input's mask.
    ///
    /// # Errors
    /// [`CkksError::Level`] for an input at another level than the plan's;
    /// [`CkksError::MissingKey`] without a key that the plan requests.
    pub(super) fn apply_online(
        &self,
        evaluator: &Evaluator,
        offline: OfflineLinear,
        input: &SeededCiphertext,
    ) -> Result<Ciphertext, CkksError> {
        let mut y = self
            .transform
            .apply_online(evaluator, offline, &self.sum_groups, &input.c0)?;
        evaluator.add_plain_assign(&mut y, &self.bias)?;
        Ok(y)
    }

    /// Adds the automorphisms of each group to the products with the diagonals.
    fn rotate_and_sum(
        &self,
        evaluator: &Evaluator,
        mut sum: CiphertextQp,
    ) -> Result<CiphertextQp, CkksError> {
        for automorphisms in &self.sum_groups {
            sum = evaluator.rotate_and_sum(sum, automorphisms)?;
        }
        Ok(sum)
    }
}
