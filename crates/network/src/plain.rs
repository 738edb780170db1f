//! The plain forward pass: what the encrypted circuit must come out at.
//!
//! Written to be read, in 64-bit floats throughout, so that it can be the measure of the encrypted
//! circuit's error. Not for training, which needs batches and gradients.

use crate::description::{Input, Layer, conv_positions};
use crate::model::{Linear, Model};
use ndarray::{Array1, ArrayView2, s};

impl Model {
    /// The scores of one image, one for each class; the largest names the answer.
    ///
    /// `image` is `[height, width]` as the description's input says, pixels from 0 to 1.
    ///
    /// # Panics
    /// If the image is not of the shape that the description gives.
    #[must_use]
    pub fn scores(&self, image: ArrayView2<'_, f32>) -> Array1<f64> {
        let mut values = self.first(image);
        for step in self.layers() {
            values = self.after(step, &values);
        }
        values
    }

    /// The values after each layer, first to last; the last are the scores.
    ///
    /// A convolution's output is in the order channel, row, column.
    ///
    /// # Panics
    /// If the image is not of the shape that the description gives.
    #[must_use]
    pub fn trace(&self, image: ArrayView2<'_, f32>) -> Vec<Array1<f64>> {
        let mut values = self.first(image);
        self.layers()
            .map(|step| {
                values = self.after(step, &values);
                values.clone()
            })
            .collect()
    }

    fn first(&self, image: ArrayView2<'_, f32>) -> Array1<f64> {
        let input = self.description().input;
        assert_eq!(
            image.dim(),
            (input.height, input.width),
            "the image's shape"
        );
        image.iter().copied().map(f64::from).collect()
    }

    fn after(&self, step: (&Layer, Option<&Linear>), values: &Array1<f64>) -> Array1<f64> {
        match step {
            (&Layer::Conv2d { kernel, stride, .. }, Some(linear)) => {
                convolution(linear, values, self.description().input, kernel, stride)
            }
            (Layer::Dense { .. }, Some(linear)) => dense(linear, values),
            (Layer::Polynomial { coefficients }, _) => values.mapv(|x| horner(coefficients, x)),
            (Layer::Conv2d { .. } | Layer::Dense { .. }, None) => {
                unreachable!("a model holds the weights of each linear layer")
            }
        }
    }
}

/// `values` are an image of the size that `input` says: only such a layer can be a convolution.
fn convolution(
    linear: &Linear,
    values: &Array1<f64>,
    input: Input,
    kernel: usize,
    stride: usize,
) -> Array1<f64> {
    let positions = |side| conv_positions(side, kernel, stride).unwrap_or(0);
    let (rows, columns) = (positions(input.height), positions(input.width));
    let mut output = Vec::with_capacity(linear.bias.len() * rows * columns);
    for (taps, bias) in linear.weight.outer_iter().zip(&linear.bias) {
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |c| (row, c))) {
            let window = (0..kernel).flat_map(|y| {
                let start = (row * stride + y) * input.width + column * stride;
                values.slice(s![start..start + kernel])
            });
            output.push(f64::from(*bias) + product(taps.iter(), window));
        }
    }
    Array1::from_vec(output)
}

fn dense(linear: &Linear, values: &Array1<f64>) -> Array1<f64> {
    linear
        .weight
        .outer_iter()
        .zip(&linear.bias)
        .map(|(row, bias)| f64::from(*bias) + product(row.iter(), values.iter()))
        .collect()
}

fn product<'a>(
    weights: impl Iterator<Item = &'a f32>,
    values: impl Iterator<Item = &'a f64>,
) -> f64 {
    weights
        .zip(values)
        .map(|(weight, value)| f64::from(*weight) * value)
        .sum()
}

fn horner(coefficients: &[f64], x: f64) -> f64 {
    coefficients
        .iter()
        .rev()
        .fold(0.0, |sum, coefficient| sum * x + coefficient)
}
