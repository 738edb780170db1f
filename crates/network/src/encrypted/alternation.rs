//! The order of layers that the circuit evaluates: linear layers and activations alternate.
//!
//! Not for the shapes of layers, which [`Description::shapes`] checks.

use super::error::CircuitError;
use crate::description::Description;
use crate::layer::Layer;

/// The reason of [`CircuitError::Layer`] for any other order.
pub(super) const ALTERNATES: &str =
    "linear layers and activations must alternate, with a linear layer first and last";

/// Checks that linear layers and activations alternate, with a linear layer first and last.
///
/// # Errors
/// [`CircuitError::Layer`] for the first layer that is out of order, or for the last layer if it is
/// an activation.
pub(super) fn check_alternation(description: &Description) -> Result<(), CircuitError> {
    let is_linear = |layer: &Layer| matches!(layer, Layer::Conv2d { .. } | Layer::Dense { .. });
    let layers = &description.layers;
    let out_of_order = layers
        .iter()
        .enumerate()
        .position(|(index, layer)| is_linear(layer) != index.is_multiple_of(2));
    let last_is_linear = layers.last().is_some_and(is_linear);
    let wrong = out_of_order.or((!last_is_linear).then(|| layers.len().saturating_sub(1)));
    wrong.map_or(Ok(()), |layer| {
        Err(CircuitError::Layer {
            layer,
            reason: ALTERNATES,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::{FORMAT, Input};

    #[test]
    fn the_layer_that_is_out_of_order_is_named() {
        let dense = || Layer::Dense {
            inputs: 1,
            outputs: 1,
            range: 1.0,
        };
        let square = || Layer::Polynomial {
            coefficients: vec![0.0, 0.0, 1.0],
        };
        let wrong = |layers| {
            let description = Description {
                format: FORMAT,
                name: String::new(),
                dataset: String::new(),
                input: Input {
                    height: 1,
                    width: 1,
                },
                layers,
                classes: vec![String::new()],
            };
            match check_alternation(&description) {
                Err(CircuitError::Layer { layer, .. }) => Some(layer),
                _ => None,
            }
        };
        assert_eq!(wrong(vec![dense(), square(), dense()]), None);
        assert_eq!(wrong(vec![dense(), dense()]), Some(1));
        assert_eq!(wrong(vec![square(), dense()]), Some(0));
        assert_eq!(wrong(vec![dense(), square(), square(), dense()]), Some(2));
        assert_eq!(wrong(vec![dense(), square()]), Some(1));
    }
}
