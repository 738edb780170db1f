//! A network's weights, encoded for ciphertexts, and the evaluation.

use inkognito_activation::Schedule;
use inkognito_ckks::{
    Ciphertext, CiphertextQp, CkksError, CoefficientMatVec, Encoder, Evaluator, LinearTransform,
    Mask, OfflineLinear, OperationCount, Parameters, Plaintext, SeededCiphertext,
    TruncatedCiphertext,
};

use super::{
    CircuitError, Plan,
    folding::{Folded, fold},
    plan::{LinearPlan, ReadoutPlan},
};
use crate::Model;

/// One step of an evaluation, as an observer sees it: one for each layer, be there nothing to do.
#[derive(Debug)]
pub struct Stage<'a> {
    /// What was done, such as `conv 7x7/3 x 32` or `square`.
    pub name: &'a str,
    /// What came out of it.
    pub output: Output<'a>,
    /// The operations that it took.
    pub operations: OperationCount,
}

/// What comes out of a stage.
#[derive(Debug, Clone, Copy)]
pub enum Output<'a> {
    /// Values in slots, where [`Plan::values`] finds them.
    Slots(&'a Ciphertext),
    /// The scores, in coefficients: of the last stage.
    Scores(&'a [TruncatedCiphertext]),
}

impl Output<'_> {
    /// Rescalings that are left.
    pub fn level(&self) -> usize {
        match self {
            Self::Slots(ciphertext) => ciphertext.level(),
            Self::Scores(_) => 0,
        }
    }
}

/// A network ready to run on ciphertexts.
pub struct Circuit {
    plan: Plan,
    /// All linear layers but the last.
    layers: Vec<Layer>,
    readout: CoefficientMatVec,
}

struct Layer {
    transform: LinearTransform,
    bias: Plaintext,
}

/// What a mask alone makes of the first layers: computed before there is an input, for one input.
pub struct OfflineResult {
    mask: Mask,
    scale: f64,
    linear: OfflineLinear,
    /// If the first activation is a square.
    square: Option<CiphertextQp>,
    operations: OperationCount,
}

impl OfflineResult {
    /// Whether it is for this input.
    pub(super) fn is_for(&self, input: &SeededCiphertext) -> bool {
        self.mask == input.mask() && self.scale == input.scale
    }

    /// The operations that it took, and that the evaluation takes less.
    pub fn operations(&self) -> OperationCount {
        self.operations
    }
}

/// What a layer is given.
#[allow(clippy::large_enum_variant, reason = "there is one, for a moment")]
enum Input {
    Whole(Ciphertext),
    Prepared(SeededCiphertext, OfflineResult),
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
        let mut folded = fold(model)?.into_iter();
        let layers = plan.linears.iter().zip(folded.by_ref());
        let layers = layers
            .map(|(linear, folded)| Layer::encode(&plan, linear, &folded, &encoder))
            .collect::<Result<_, _>>()?;
        let last = folded.next().ok_or(CkksError::LevelsExhausted)?;
        let readout = encode_readout(plan.parameters(), &plan.readout, &last, &encoder)?;
        Ok(Self {
            plan,
            layers,
            readout,
        })
    }

    /// The plan that the weights are encoded for.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Runs the network on a packed, encrypted image. The result is the scores, in their order, as coefficients
    /// of extracts. `observe` is called after each stage. What was prepared for this input takes less time, and gives
    /// the same, word for word; a offline for another is left unused.
    ///
    /// # Errors
    /// An input at another level or scale than the plan's, or a missing evaluation key.
    pub fn run(
        &self,
        evaluator: &Evaluator,
        input: SeededCiphertext,
        offline: Option<OfflineResult>,
        observe: &mut dyn FnMut(Stage<'_>),
    ) -> Result<Vec<TruncatedCiphertext>, CkksError> {
        evaluator.take_operation_count();
        let mut tell = |name: &str, output: Output<'_>| {
            observe(Stage {
                name,
                output,
                operations: evaluator.take_operation_count(),
            });
        };
        let plan = &self.plan;
        let mut x = match offline.filter(|it| it.is_for(&input)) {
            Some(offline) => Input::Prepared(input, offline),
            None => Input::Whole(input.expand()),
        };
        let layers = plan.linears.iter().zip(&self.layers);
        for ((linear, layer), activation) in layers.zip(&plan.activations) {
            let (y, square) = match x {
                Input::Whole(x) => (layer.apply(evaluator, linear, &x)?, None),
                Input::Prepared(input, offline) => {
                    let y = layer.apply_online(evaluator, linear, offline.linear, &input)?;
                    (y, offline.square)
                }
            };
            tell(&linear.name, Output::Slots(&y));
            let y = match square {
                Some(offline) => evaluator.square_online(&y, offline)?,
                None => activation.apply(evaluator, &y)?,
            };
            tell(&activation.name, Output::Slots(&y));
            x = Input::Whole(y);
        }
        let x = match x {
            Input::Whole(x) => x,
            Input::Prepared(input, _) => input.expand(),
        };
        let scores = self.readout.apply(evaluator, &x)?;
        tell(&plan.readout.name, Output::Scores(&scores));
        Ok(scores)
    }

    /// Does what can be done for an input of which only the mask is known: the key switching of the first linear
    /// layer, and of a square behind it. `None` if there is nothing of the kind.
    ///
    /// # Errors
    /// A mask for another level than the plan's, or a missing evaluation key.
    pub fn run_offline(
        &self,
        evaluator: &Evaluator,
        mask: &Mask,
    ) -> Result<Option<OfflineResult>, CkksError> {
        let plan = &self.plan;
        let first = plan.linears.first().zip(self.layers.first());
        let Some((linear, layer)) = first else {
            return Ok(None);
        };
        evaluator.take_operation_count();
        let scale = plan.input_scale();
        let linear = layer.apply_offline(evaluator, linear, mask, scale)?;
        let square = match plan.activations.first().map(|first| &first.schedule) {
            Some(Schedule::Square { .. }) => Some(evaluator.square_offline(&linear)?),
            _ => None,
        };
        Ok(Some(OfflineResult {
            mask: *mask,
            scale,
            linear,
            square,
            operations: evaluator.take_operation_count(),
        }))
    }
}

fn encode_readout(
    parameters: &Parameters,
    plan: &ReadoutPlan,
    folded: &Folded,
    encoder: &Encoder,
) -> Result<CoefficientMatVec, CkksError> {
    CoefficientMatVec::new(
        parameters,
        encoder,
        &plan.scores.rows(folded.weight.view()),
        &plan.scores.broadcast(&folded.bias.to_vec()),
        plan.weight_scale,
        plan.output_scale,
    )
}

/// What is added after the diagonals, group by group.
fn rotate_and_sum(
    evaluator: &Evaluator,
    linear: &LinearPlan,
    mut sum: CiphertextQp,
) -> Result<CiphertextQp, CkksError> {
    for images in linear.automorphisms(evaluator.parameters().log_n()) {
        sum = evaluator.rotate_and_sum(sum, &images)?;
    }
    Ok(sum)
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
            true => transform.rescale_before_giant_steps(parameters)?,
            false => transform,
        };
        let bias = matrix.broadcast(&folded.bias.to_vec());
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
        let product = self.transform.apply(evaluator, x)?;
        let sum = rotate_and_sum(evaluator, linear, product)?;
        let mut y = evaluator.mod_down(sum, !linear.adds_rescaled())?;
        evaluator.add_plain_assign(&mut y, &self.bias)?;
        Ok(y)
    }

    /// What [`Layer::apply`] makes of a mask alone.
    fn apply_offline(
        &self,
        evaluator: &Evaluator,
        linear: &LinearPlan,
        mask: &Mask,
        scale: f64,
    ) -> Result<OfflineLinear, CkksError> {
        let product = self.transform.apply_offline(evaluator, mask, scale)?;
        let sum = rotate_and_sum(evaluator, linear, product)?;
        evaluator.mod_down_offline(sum, !linear.adds_rescaled())
    }

    /// The rest of [`Layer::apply`] behind [`Layer::apply_offline`].
    fn apply_online(
        &self,
        evaluator: &Evaluator,
        linear: &LinearPlan,
        offline: OfflineLinear,
        input: &SeededCiphertext,
    ) -> Result<Ciphertext, CkksError> {
        let log_n = evaluator.parameters().log_n();
        let groups = linear.automorphisms(log_n);
        let mut y = self
            .transform
            .apply_online(evaluator, offline, &groups, &input.c0)?;
        evaluator.add_plain_assign(&mut y, &self.bias)?;
        Ok(y)
    }
}
