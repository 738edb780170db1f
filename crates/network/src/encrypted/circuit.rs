//! The encrypted circuit: the weights of a model, encoded under a plan, and their evaluation.
//!
//! Relies on [`Plan`] for the packing and on `inkognito-ckks` for the operations. Not for messages
//! and keys, which a [`Session`](super::session::Session) holds.

use inkognito_ckks::{
    CkksError, CoefficientMatVec, Encoder, Evaluator, Mask, Parameters, SeededCiphertext,
    TruncatedCiphertext,
};

use super::error::CircuitError;
use super::folding::{FoldedLinear, fold};
use super::layer::{EncodedLayer, EncodedLinear};
use super::offline::{OfflineResult, first_layers, precompute};
use super::plan::Plan;
use super::plan::layers::OutputPlan;
use super::stage::{Observer, Output, Stage};
use crate::model::Model;

/// A network that evaluates ciphertexts.
///
/// ```
/// use inkognito_ckks::ParametersLiteral;
/// # use inkognito_ckks::Parameters;
/// use inkognito_network::{Circuit, CircuitError, Description, Plan};
/// # use inkognito_network::{FORMAT, Input, Layer, Linear, Model};
/// # use ndarray::{Array1, Array2};
/// # let zeros = |rows, columns| Linear {
/// #     weight: Array2::zeros((rows, columns)),
/// #     bias: Array1::zeros(rows),
/// # };
/// # let model = |outputs: usize| {
/// #     let layers = vec![
/// #         Layer::Dense { inputs: 4, outputs, range: 1.0 },
/// #         Layer::Polynomial { coefficients: vec![0.0, 0.0, 1.0] },
/// #         Layer::Dense { inputs: outputs, outputs: 2, range: 1.0 },
/// #     ];
/// #     let description = Description {
/// #         format: FORMAT,
/// #         name: String::new(),
/// #         dataset: String::new(),
/// #         input: Input { height: 2, width: 2 },
/// #         layers,
/// #         classes: vec!["a".into(), "b".into()],
/// #     };
/// #     Model::new(description, vec![zeros(outputs, 4), zeros(2, outputs)])
/// # };
/// # let (model, other_model) = (model(2)?, model(3)?);
/// let plan = Plan::new(model.description())?;
/// let circuit = Circuit::with_plan(plan, &model)?;
/// assert_eq!(circuit.plan().input_level(), 3);
///
/// // a plan for other layers is refused
/// let plan = Plan::new(other_model.description())?;
/// let refused = Circuit::with_plan(plan, &model);
/// assert!(matches!(refused, Err(CircuitError::OtherPlan)));
/// # Ok::<(), CircuitError>(())
/// ```
pub struct Circuit {
    plan: Plan,
    /// All layers but the last.
    layers: Vec<EncodedLayer>,
    /// The last layer.
    output: CoefficientMatVec,
}

impl Circuit {
    /// Encodes a model's weights under [`Plan::new`] of its description.
    ///
    /// # Errors
    /// The errors of [`Plan::new`]; [`CircuitError::Ckks`] with [`CkksError::ValueOutOfRange`] for
    /// weights or biases that do not fit their scales.
    pub fn new(model: &Model) -> Result<Self, CircuitError> {
        let plan = Plan::new(model.description())?;
        Self::with_plan(plan, model)
    }

    /// Encodes a model's weights under a plan of its description.
    ///
    /// # Errors
    /// [`CircuitError::OtherPlan`] for a plan of another network; [`CircuitError::Ckks`] with
    /// [`CkksError::ValueOutOfRange`] for weights or biases that do not fit their scales.
    pub fn with_plan(plan: Plan, model: &Model) -> Result<Self, CircuitError> {
        plan.check_is_for(model.description())?;
        let parameters = plan.parameters();
        let encoder = Encoder::new(parameters);
        let mut folded = fold(model)?.into_iter();
        let mut layers = Vec::with_capacity(plan.linears.len() + plan.activations.len());
        let planned = plan.linears.iter().zip(&plan.activations);
        for ((linear, activation), folded) in planned.zip(folded.by_ref()) {
            let linear = EncodedLinear::new(parameters, linear, &folded, &encoder)?;
            layers.push(EncodedLayer::Linear(linear));
            layers.push(EncodedLayer::Activation(activation.clone()));
        }
        let last = folded.next().ok_or(CircuitError::OtherPlan)?;
        let output = encode_output(parameters, &plan.output, &last, &encoder)?;
        Ok(Self {
            plan,
            layers,
            output,
        })
    }

    /// Returns the plan that the weights are encoded under.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Evaluates the network on an encrypted, packed image at the plan's input level and scale.
    /// Returns the scores, in order, as coefficients of ciphertexts at level 0.
    ///
    /// An offline result of this circuit for this input saves time and leaves the result the same,
    /// word for word. An offline result for another input has no effect. `observe` is called after
    /// each stage.
    ///
    /// # Errors
    /// [`CkksError::Level`] or [`CkksError::Scale`] for an input at another level or scale than the
    /// plan's; [`CkksError::MissingKey`] without a key of [`Plan::key_requests`].
    pub fn run(
        &self,
        evaluator: &Evaluator,
        input: SeededCiphertext,
        offline: Option<OfflineResult>,
        observe: &mut dyn FnMut(Stage<'_>),
    ) -> Result<Vec<TruncatedCiphertext>, CkksError> {
        let mut observer = Observer::new(evaluator, observe);
        let (mut x, layers) = first_layers(evaluator, &self.layers, input, offline, &mut observer)?;
        for layer in layers {
            x = layer.apply(evaluator, &x)?;
            observer.stage(layer.name(), Output::Slots(&x));
        }
        let scores = self.output.apply(evaluator, &x)?;
        observer.stage(&self.plan.output.name, Output::Scores(&scores));
        Ok(scores)
    }

    /// Runs the offline phase for the next input, of which only the mask is known. Returns `None`
    /// for a network of one layer, which has no key switching.
    ///
    /// # Errors
    /// [`CkksError::Level`] for a mask at another level than the plan's input;
    /// [`CkksError::MissingKey`] without a key of [`Plan::key_requests`].
    pub fn run_offline(
        &self,
        evaluator: &Evaluator,
        mask: &Mask,
    ) -> Result<Option<OfflineResult>, CkksError> {
        precompute(evaluator, &self.layers, mask, self.plan.input_scale())
    }
}

fn encode_output(
    parameters: &Parameters,
    plan: &OutputPlan,
    folded: &FoldedLinear,
    encoder: &Encoder,
) -> Result<CoefficientMatVec, CkksError> {
    CoefficientMatVec::new(
        parameters,
        encoder,
        &plan.matrix.rows(folded.weight.view()),
        &plan.matrix.broadcast(&folded.bias.to_vec()),
        plan.weight_scale,
        plan.output_scale,
    )
}
