//! Measures the exported model on many images: accuracy, and largest values.
//!
//! Relies on the plain network of `inkognito-network`. Not for the network in training.

use crate::augment::{Augmenter, PIXELS, Strength};
use crate::batches::pixels;
use crate::drawn::{STYLES, drawings};
use crate::recipe::Recipe;
use inkognito_dataset::{Dataset, SIDE, Split, Splits};
use inkognito_network::{Layer, Model};
use ndarray::Array2;
use rayon::prelude::*;

/// The drawings of each form of a digit in each style.
const DRAWINGS: usize = 100;
/// The seed of drawings and distortions.
const MEASURE_SEED: u64 = 2718;

/// The distortions of the test images, one at a time, each up to its limit either way.
const DISTORTIONS: [(&str, Strength); 5] = [
    (
        "shifted by up to 2 pixels",
        Strength {
            shift: 2.0,
            ..Strength::NONE
        },
    ),
    (
        "rotated by up to 15 degrees",
        Strength {
            rotation: 15.0,
            ..Strength::NONE
        },
    ),
    (
        "sheared by up to 17 degrees",
        Strength {
            shear: 0.3,
            ..Strength::NONE
        },
    ),
    (
        "scaled by up to a fifth",
        Strength {
            scale: 0.2,
            ..Strength::NONE
        },
    ),
    (
        "distorted elastically by up to about 2 pixels",
        Strength {
            elastic: 1.5,
            ..Strength::NONE
        },
    ),
];

/// The accuracy of a model on some images, and the largest values between its layers.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The description of the images.
    pub images: String,
    /// The number of images.
    pub count: usize,
    /// The number of right answers.
    pub right: usize,
    /// The largest magnitude of each linear layer's outputs.
    pub ranges: Vec<f64>,
}

impl Measured {
    /// Returns the share of right answers, 0 to 1.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        self.right as f64 / self.count as f64
    }
}

/// Measures everything that a card reports. Calls `done` after each measurement.
///
/// The first list is for the data set, undistorted and distorted as in training. The second list is
/// for the tolerance of the model: the test images distorted in one way at a time and, for models
/// that read digits, drawings in several styles.
pub fn measure_all(
    model: &Model,
    recipe: &Recipe,
    splits: &Splits,
    mut done: impl FnMut(&Measured),
) -> (Vec<Measured>, Vec<Measured>) {
    let distorted = |what: String, split: &Split, strength: Strength| {
        let augmenter = Augmenter::new(MEASURE_SEED, strength);
        measure(model, &what, split.labels(), |index| {
            matrix(augmenter.copy(&pixels(split, index), 0, index as u32))
        })
    };
    let Splits { train, test } = splits;
    let mut finished = |measured: Measured| {
        done(&measured);
        measured
    };
    let as_trained = vec![
        finished(measure(model, "test images", test.labels(), |index| {
            test.image(index)
        })),
        finished(measure(model, "training images", train.labels(), |index| {
            train.image(index)
        })),
        finished(distorted(
            "training images, distorted".into(),
            train,
            recipe.strength,
        )),
    ];
    let mut tolerance: Vec<Measured> = DISTORTIONS
        .into_iter()
        .map(|(what, strength)| finished(distorted(format!("test images, {what}"), test, strength)))
        .collect();
    if recipe.dataset == Dataset::Mnist {
        tolerance.extend(STYLES.iter().map(|style| {
            let drawn = drawings(style, DRAWINGS, MEASURE_SEED);
            let labels: Vec<u8> = drawn.iter().map(|drawing| drawing.label).collect();
            let what = format!("drawn, {}", style.name);
            finished(measure(model, &what, &labels, |index| {
                matrix(drawn[index].image)
            }))
        }));
    }
    (as_trained, tolerance)
}

fn matrix(image: [f32; PIXELS]) -> Array2<f32> {
    Array2::from_shape_fn((SIDE, SIDE), |(y, x)| image[y * SIDE + x])
}

/// Evaluates a model on as many images as there are labels. `image` returns the image of an index.
pub fn measure(
    model: &Model,
    images: &str,
    labels: &[u8],
    image: impl Fn(usize) -> Array2<f32> + Sync,
) -> Measured {
    let linear: Vec<usize> = linear_layers(model);
    let (right, ranges) = labels
        .par_iter()
        .enumerate()
        .map(|(index, label)| {
            let trace = model.trace(image(index).view());
            let largest = |layer: &usize| trace[*layer].iter().fold(0.0_f64, |a, x| a.max(x.abs()));
            let right = trace.last().is_some_and(|scores| {
                let scores = scores.iter().enumerate();
                let best = scores.max_by(|(_, a), (_, b)| a.total_cmp(b));
                best.is_some_and(|(class, _)| class == usize::from(*label))
            });
            (
                usize::from(right),
                linear.iter().map(largest).collect::<Vec<_>>(),
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
        images: images.to_owned(),
        count: labels.len(),
        right,
        ranges,
    }
}

/// Returns the indices of the layers that have weights.
fn linear_layers(model: &Model) -> Vec<usize> {
    let has_weights = |layer: &Layer| layer.tensor_shapes().is_some();
    let layers = model.description().layers.iter().enumerate();
    layers
        .filter(|(_, layer)| has_weights(layer))
        .map(|(index, _)| index)
        .collect()
}
