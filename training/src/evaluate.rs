//! The exported model on many images: how often it is right, and how large its values become.

use crate::report::Measured;
use inkognito_network::{Layer, Model};
use ndarray::Array2;
use rayon::prelude::*;

/// Runs `model` over as many images as there are `labels`.
pub fn measure(
    model: &Model,
    images: &'static str,
    labels: &[u8],
    image: impl Fn(usize) -> Array2<f32> + Sync,
) -> Measured {
    let linear: Vec<usize> = linear_layers(model);
    let (right, ranges) = labels
        .par_iter()
        .enumerate()
        .map(|(index, label)| {
            let trace = model.trace(image(index).view());
            let most = |layer: &usize| trace[*layer].iter().fold(0.0_f64, |a, x| a.max(x.abs()));
            let right = trace.last().is_some_and(|scores| {
                let scores = scores.iter().enumerate();
                let best = scores.max_by(|(_, a), (_, b)| a.total_cmp(b));
                best.is_some_and(|(class, _)| class == usize::from(*label))
            });
            (
                usize::from(right),
                linear.iter().map(most).collect::<Vec<_>>(),
            )
        })
        .reduce(
            || (0, vec![0.0; linear.len()]),
            |(right_a, a), (right_b, b)| {
                (
                    right_a + right_b,
                    a.iter().zip(&b).map(|(a, b)| a.max(*b)).collect(),
                )
            },
        );
    Measured {
        images,
        count: labels.len(),
        right,
        ranges,
    }
}

/// The positions of the layers that have weights.
fn linear_layers(model: &Model) -> Vec<usize> {
    let has_weights = |layer: &Layer| layer.tensor_shapes().is_some();
    let layers = model.description().layers.iter().enumerate();
    layers
        .filter(|(_, layer)| has_weights(layer))
        .map(|(index, _)| index)
        .collect()
}
