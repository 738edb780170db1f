//! The linear layers of a model with the affine maps that they absorb from the activations around
//! them.
//!
//! Relies on `activation.rs` for the affine maps. Not for the encoding of the weights, which is in
//! `layer.rs`.

use ndarray::{Array1, Array2, Axis};

use super::activation::{Affine, absorbed_after, absorbed_before, schedule};
use super::error::CircuitError;
use crate::model::Model;

/// The weights and biases of a linear layer as the circuit evaluates it.
pub(super) struct FoldedLinear {
    /// `[outputs, inputs]`.
    pub(super) weight: Array2<f64>,
    /// `[outputs]`.
    pub(super) bias: Array1<f64>,
}

/// Folds the affine parts of all activations into the linear layers, first to last. The layers must
/// alternate, as [`check_alternation`](super::alternation::check_alternation) checks.
///
/// # Errors
/// [`CircuitError::Layer`] for an activation that has no schedule.
pub(super) fn fold(model: &Model) -> Result<Vec<FoldedLinear>, CircuitError> {
    let mut folded: Vec<FoldedLinear> = Vec::new();
    let mut input = Affine::IDENTITY;
    let layers = &model.description().layers;
    for (layer, (description, linear)) in model.layers().enumerate() {
        if let Some(linear) = linear {
            let mut weight = linear.weight.mapv(f64::from);
            let mut bias = linear.bias.mapv(f64::from);
            bias += &(weight.sum_axis(Axis(1)) * input.offset);
            weight *= input.factor;
            folded.push(FoldedLinear { weight, bias });
        } else if let (Some(last), Some(previous)) = (folded.last_mut(), layer.checked_sub(1)) {
            let schedule = schedule(layer, description, &layers[previous])?;
            let output = absorbed_before(&schedule);
            last.weight *= output.factor;
            last.bias *= output.factor;
            last.bias += output.offset;
            input = absorbed_after(&schedule);
        }
    }
    Ok(folded)
}
