//! A network's weights, encoded for ciphertexts, and the evaluation.

use inkognito_ckks::{
    Ciphertext, CkksError, Encoder, Evaluator, LinearTransform, OperationCount, Plaintext,
};

use super::{
    CircuitError, Plan,
    folding::{Folded, fold},
    plan::LinearPlan,
};
use crate::Model;

/// One step of an evaluation, as an observer sees it: one for each layer, be there nothing to do.
#[derive(Debug)]
pub struct Stage<'a> {
    /// What was done, such as `conv 7x7/3 x 32` or `square`.
    pub name: &'a str,
    /// What came out of it.
    pub output: &'a Ciphertext,
    /// The operations that it took.
    pub operations: OperationCount,
}

/// A network ready to run on ciphertexts.
pub struct Circuit {
    plan: Plan,
    layers: Vec<Layer>,
}

struct Layer {
    transform: LinearTransform,
    bias: Plaintext,
}

impl Circuit {
    /// Encodes a model's weights under the plan of its description.
    ///
    /// # Errors
    /// A network that has no plan, or weights that do not fit their scales.
    pub fn new(model: &Model) -> Result<Self, CircuitError> {
        let plan = Plan::new(model.description())?;
        Self::with_plan(plan, model)
    }

    /// Encodes a model's weights under a plan made for its description.
    ///
    /// # Errors
    /// As [`Circuit::new`].
    pub fn with_plan(plan: Plan, model: &Model) -> Result<Self, CircuitError> {
        let encoder = Encoder::new(plan.parameters());
        let layers = plan
            .linears
            .iter()
            .zip(fold(model)?)
            .map(|(linear, folded)| Layer::encode(&plan, linear, &folded, &encoder))
            .collect::<Result<_, _>>()?;
        Ok(Self { plan, layers })
    }

    /// The plan that the weights are encoded for.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Runs the network on a packed, encrypted image. The result, at level 0, holds the scores
    /// where [`Plan::scores`] reads them. `observe` is called after each stage.
    ///
    /// # Errors
    /// An input at another level or scale than the plan's, or a missing evaluation key.
    pub fn run(
        &self,
        evaluator: &Evaluator,
        input: &Ciphertext,
        mut observe: impl FnMut(Stage<'_>),
    ) -> Result<Ciphertext, CkksError> {
        evaluator.take_operation_count();
        let mut observe = |name: &str, output: &Ciphertext| {
            observe(Stage {
                name,
                output,
                operations: evaluator.take_operation_count(),
            });
        };
        let mut x: Option<Ciphertext> = None;
        // before the first layer there is no activation
        let activations = std::iter::once(None).chain(self.plan.activations.iter().map(Some));
        let layers = self.plan.linears.iter().zip(&self.layers);
        for ((linear, layer), activation) in layers.zip(activations) {
            let y = match (x.take(), activation) {
                (Some(x), Some(activation)) => {
                    let activated = activation.apply(evaluator, &x)?;
                    observe(&activation.name, &activated);
                    layer.apply(evaluator, linear, &activated)?
                }
                _ => layer.apply(evaluator, linear, input)?,
            };
            observe(&linear.name, &y);
            x = Some(y);
        }
        // a plan has at least one linear layer
        x.ok_or(CkksError::LevelsExhausted)
    }
}

impl Layer {
    fn encode(
        plan: &Plan,
        linear: &LinearPlan,
        folded: &Folded,
        encoder: &Encoder,
    ) -> Result<Self, CkksError> {
        let (parameters, matrix) = (plan.parameters(), &linear.matrix);
        let transform = LinearTransform::new(
            parameters,
            encoder,
            &matrix.encode(folded.weight.view()),
            linear.split,
            linear.level,
            linear.weight_scale,
        )?;
        let transform = match linear.adds_rescaled() {
            true => transform.rescaled_between(parameters)?,
            false => transform,
        };
        let bias = matrix.spread(&folded.bias.to_vec());
        let basis = parameters.q_basis(linear.level - 1);
        let bias = encoder
            .encode(&bias, linear.output_scale, basis)?
            .into_ntt();
        Ok(Self {
            transform,
            bias: Plaintext::new(bias, linear.output_scale),
        })
    }

    fn apply(
        &self,
        evaluator: &Evaluator,
        linear: &LinearPlan,
        x: &Ciphertext,
    ) -> Result<Ciphertext, CkksError> {
        let log_n = evaluator.parameters().log_n();
        let mut sum = self.transform.apply(evaluator, x)?;
        for images in linear.images(log_n) {
            sum = evaluator.add_images(sum, &images)?;
        }
        let mut y = evaluator.lower(sum, !linear.adds_rescaled())?;
        evaluator.add_plain_assign(&mut y, &self.bias)?;
        Ok(y)
    }
}
