//! Every activation of degree 2 becomes one bare square: `a x^2 + b x + c` is
//! `a (x + b / 2a)^2 + c - b^2 / 4a`, the shift goes into the bias before it, the factor and the
//! constant into the weights and the bias after it.

use ndarray::{Array1, Array2};

use super::CircuitError;
use crate::{Layer, Model};

/// A linear layer between squares.
pub(super) struct Folded {
    pub(super) weight: Array2<f64>,
    pub(super) bias: Array1<f64>,
}

/// `a (x + shift)^2 + constant`.
struct Square {
    a: f64,
    shift: f64,
    constant: f64,
}

impl Square {
    /// `None` unless the polynomial is of degree 2 exactly.
    fn complete(coefficients: &[f64]) -> Option<Self> {
        let [c, b, a] = *coefficients else {
            return None;
        };
        (a != 0.0).then(|| Self {
            a,
            shift: b / (2.0 * a),
            constant: c - b * b / (4.0 * a),
        })
    }
}

/// Whether the circuit has this activation.
pub(super) fn is_square(coefficients: &[f64]) -> bool {
    Square::complete(coefficients).is_some()
}

/// The linear layers of a model whose layers alternate, linear first and last, as `Plan` has
/// checked.
pub(super) fn fold(model: &Model) -> Result<Vec<Folded>, CircuitError> {
    let mut folded: Vec<Folded> = Vec::new();
    let mut before: Option<Square> = None;
    for (layer, (description, linear)) in model.layers().enumerate() {
        match (description, linear) {
            (Layer::Polynomial { coefficients }, _) => {
                let square = Square::complete(coefficients).ok_or(CircuitError::Layer {
                    layer,
                    reason: super::plan::NEEDS_SQUARE,
                })?;
                if let Some(last) = folded.last_mut() {
                    last.bias += square.shift;
                }
                before = Some(square);
            }
            (_, Some(linear)) => {
                let mut weight = linear.weight.mapv(f64::from);
                let mut bias = linear.bias.mapv(f64::from);
                if let Some(square) = before.take() {
                    bias += &(weight.sum_axis(ndarray::Axis(1)) * square.constant);
                    weight *= square.a;
                }
                folded.push(Folded { weight, bias });
            }
            // `Model` has weights for every layer that describes some
            (_, None) => {}
        }
    }
    Ok(folded)
}
