//! The linear layers with all that activations leave to them.

use ndarray::{Array1, Array2};

use super::{
    CircuitError,
    activation::{Affine, after, before, schedule},
};
use crate::Model;

/// A linear layer between activations as the circuit evaluates them.
pub(super) struct Folded {
    pub(super) weight: Array2<f64>,
    pub(super) bias: Array1<f64>,
}

/// The linear layers of a model whose layers alternate, linear first and last, as `Plan` has
/// checked.
pub(super) fn fold(model: &Model) -> Result<Vec<Folded>, CircuitError> {
    let mut folded: Vec<Folded> = Vec::new();
    let mut input = Affine::IDENTITY;
    let layers = &model.description().layers;
    for (layer, (description, linear)) in model.layers().enumerate() {
        if let Some(linear) = linear {
            let mut weight = linear.weight.mapv(f64::from);
            let mut bias = linear.bias.mapv(f64::from);
            bias += &(weight.sum_axis(ndarray::Axis(1)) * input.offset);
            weight *= input.factor;
            folded.push(Folded { weight, bias });
        } else if let (Some(last), Some(in_front)) = (folded.last_mut(), layer.checked_sub(1)) {
            let schedule = schedule(layer, description, &layers[in_front])?;
            let output = before(&schedule);
            last.weight *= output.factor;
            last.bias *= output.factor;
            last.bias += output.offset;
            input = after(&schedule);
        }
    }
    Ok(folded)
}
