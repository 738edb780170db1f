//! The packing, levels and scales of one linear layer.
//!
//! Relies on `layout/` for the matrices and on `costs.rs` for splits and groups. Not for
//! activations, which `activation.rs` plans.

use inkognito_activation::Schedule;
use inkognito_ckks::{Parameters, wire};

use super::costs::{choose_split, group};
use super::layers::{LinearPlan, OutputPlan};
use crate::description::Shape;
use crate::encrypted::alternation::ALTERNATES;
use crate::encrypted::error::CircuitError;
use crate::encrypted::layout::Matrix;
use crate::encrypted::layout::dense::DenseMatrix;
use crate::encrypted::layout::input::InputMatrix;
use crate::encrypted::layout::output::OutputMatrix;
use crate::encrypted::polynomial::LevelScale;
use crate::layer::Layer;

/// The modulus of the scores holds this many times the largest score seen in training: drawings of
/// users vary more than training images.
const SCORE_MARGIN: f64 = 3.0;

/// Factor of the scale before the last layer. Rounding the weights of the last layer adds an error
/// to a few coefficients there, and not an error to each slot, so that they may have a smaller
/// scale.
const OUTPUT_HEADROOM: f64 = 3.0;

/// The description of a linear layer, as far as the packing depends on it.
pub(super) struct LinearShape {
    /// Index of the layer.
    layer: usize,
    name: String,
    /// Inputs of each window.
    inputs: usize,
    outputs: usize,
    /// Windows of a convolution, or 1.
    windows: usize,
    range: f64,
}

impl LinearShape {
    /// Reads the shape from the layer at index `layer` and the shape of its output.
    ///
    /// # Errors
    /// [`CircuitError::Layer`] if the layer is an activation.
    pub(super) fn new(layer: usize, kind: &Layer, shape: Shape) -> Result<Self, CircuitError> {
        match *kind {
            Layer::Conv2d {
                outputs,
                kernel,
                stride,
                range,
            } => Ok(Self {
                layer,
                name: format!("conv {kernel}x{kernel}/{stride} x {outputs}"),
                inputs: kernel * kernel,
                outputs,
                windows: shape.height * shape.width,
                range,
            }),
            Layer::Dense {
                inputs,
                outputs,
                range,
            } => Ok(Self {
                layer,
                name: format!("dense {outputs}"),
                inputs,
                outputs,
                windows: 1,
                range,
            }),
            Layer::Polynomial { .. } | Layer::Composition { .. } => Err(CircuitError::Layer {
                layer,
                reason: ALTERNATES,
            }),
        }
    }

    fn expect_slots(&self, needed: usize, slots: usize) -> Result<(), CircuitError> {
        match needed <= slots {
            true => Ok(()),
            false => Err(CircuitError::Slots {
                layer: self.layer,
                needed,
                slots,
            }),
        }
    }

    /// Plans a linear layer that is not the last. `x` is the level and the scale of its input,
    /// `previous` the matrix of the linear layer before it, `schedule` the activation after it;
    /// `feeds_output` is whether the next linear layer is the last.
    ///
    /// # Errors
    /// [`CircuitError::Slots`] if the layer's input or output exceeds the slots.
    pub(super) fn plan(
        self,
        parameters: &Parameters,
        previous: Option<&Matrix>,
        x: LevelScale,
        schedule: &Schedule,
        feeds_output: bool,
    ) -> Result<LinearPlan, CircuitError> {
        let (slots, level) = (parameters.slots(), x.level);
        let matrix = match previous {
            None => Matrix::Input(InputMatrix {
                slots,
                block: self.windows.next_power_of_two(),
                used: self.windows,
                inputs: self.inputs,
                outputs: self.outputs,
            }),
            Some(previous) => {
                let (period, input_slots) = (previous.period(), previous.slot_indices());
                Matrix::Dense(DenseMatrix::new(slots, period, &input_slots, self.outputs))
            }
        };
        self.expect_slots(matrix.slots_needed(), slots)?;
        let sum_steps = matrix.sum_steps();
        let sum_level = match schedule {
            // keys have fewer digits one level below
            Schedule::Square { .. } if parameters.shares_moduli_below(level) => level - 1,
            // the scale has no headroom for the errors of more than one rounding
            _ => level,
        };
        let split = choose_split(parameters, &matrix, level, sum_level);
        let output_scale = if sum_level < level {
            let giant_steps = matrix.diagonals().div_ceil(split.baby_steps);
            let sums = headroom(giant_steps << sum_steps.len());
            let weights = if feeds_output { OUTPUT_HEADROOM } else { 1.0 };
            parameters.scale() * sums * weights
        } else {
            parameters.scale()
        };
        Ok(LinearPlan {
            name: self.name,
            split,
            sum_groups: group(parameters, &sum_steps, sum_level),
            sum_level,
            matrix,
            level,
            weight_scale: output_scale * f64::from(parameters.modulus(level)) / x.scale,
            output_scale,
        })
    }

    /// Plans the last linear layer, whose input is at level 1.
    ///
    /// # Errors
    /// [`CircuitError::Slots`] if the layer's input exceeds the slots, or the scores exceed the
    /// ciphertexts of a result.
    pub(super) fn plan_output(
        self,
        parameters: &Parameters,
        previous: Option<&Matrix>,
        x: LevelScale,
    ) -> Result<OutputPlan, CircuitError> {
        let slots = parameters.slots();
        let matrix = match previous {
            None => {
                let period = OutputMatrix::first_period(self.inputs, self.windows);
                self.expect_slots(period, slots)?;
                OutputMatrix::first(self.inputs, self.windows, self.outputs)
            }
            Some(previous) => {
                let (period, input_slots) = (previous.period(), previous.slot_indices());
                OutputMatrix::after(period, &input_slots, self.outputs)
            }
        };
        self.expect_slots(matrix.period(), slots)?;
        let products = matrix.score_count() * matrix.period();
        self.expect_slots(products, wire::MAX_RESULT_CIPHERTEXTS * slots)?;
        let output_scale = f64::from(parameters.modulus(0)) / (2.0 * SCORE_MARGIN * self.range);
        Ok(OutputPlan {
            name: self.name,
            matrix,
            range: self.range,
            weight_scale: output_scale * f64::from(parameters.modulus(x.level)) / x.scale,
            output_scale,
        })
    }
}

/// Returns the factor h by which the scale of a sum of `parts` rescaled parts exceeds the nominal
/// scale. Each part is rounded, which adds a variance of `parts / h^2` to the values. The scale of
/// the next layer's weights is lower by `h^2`, so that the variance of their rounding grows with
/// `h^4`. The sum of both is smallest for an h that grows with the sixth root of `parts`.
fn headroom(parts: usize) -> f64 {
    ((parts as f64).log2() / 6.0).exp2()
}
