//! The forward pass on plaintext, against which the encrypted circuit is tested.
//!
//! It computes in 64-bit floats throughout, so that its own error is far below the error of the
//! encrypted circuit. Not for training, which needs batches and gradients.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

use crate::description::{Input, conv_positions};
use crate::layer::Layer;
use crate::model::{Linear, Model};

impl Model {
    /// Computes the scores of one image, one for each class. The class of the largest score is the
    /// answer.
    ///
    /// `image` is `[height, width]` with pixels from 0 to 1.
    ///
    /// # Panics
    /// If the image has another shape than the description's input.
    #[must_use]
    pub fn scores(&self, image: ArrayView2<'_, f32>) -> Array1<f64> {
        let mut values = self.input_values(image);
        for step in self.layers() {
            values = self.apply(step, &values);
        }
        values
    }

    /// Computes the values after each layer, first to last. The values after the last layer are the
    /// scores.
    ///
    /// `image` is `[height, width]` with pixels from 0 to 1. A convolution's output is in the order
    /// channel, row, column.
    ///
    /// # Panics
    /// If the image has another shape than the description's input.
    #[must_use]
    pub fn trace(&self, image: ArrayView2<'_, f32>) -> Vec<Array1<f64>> {
        let mut values = self.input_values(image);
        self.layers()
            .map(|step| {
                values = self.apply(step, &values);
                values.clone()
            })
            .collect()
    }

    fn input_values(&self, image: ArrayView2<'_, f32>) -> Array1<f64> {
        let input = self.description().input;
        assert_eq!(
            image.dim(),
            (input.height, input.width),
            "the image's shape"
        );
        image.iter().copied().map(f64::from).collect()
    }

    fn apply(&self, step: (&Layer, Option<&Linear>), values: &Array1<f64>) -> Array1<f64> {
        match step {
            (&Layer::Conv2d { kernel, stride, .. }, Some(linear)) => {
                convolution(linear, values, self.description().input, kernel, stride)
            }
            (Layer::Dense { .. }, Some(linear)) => dense(linear, values),
            (Layer::Polynomial { coefficients }, _) => values.mapv(|x| horner(coefficients, x)),
            (layer @ Layer::Composition { .. }, _) => {
                let Some(composition) = layer.composition() else {
                    unreachable!("`Model::new` has checked the description")
                };
                values.mapv(|x| composition.at(x))
            }
            (Layer::Conv2d { .. } | Layer::Dense { .. }, None) => {
                unreachable!("`Model::new` has checked that linear layers have weights")
            }
        }
    }
}

/// Convolves an image: `values` are the pixels of the network's input, row by row. Only the first
/// linear layer can be a convolution.
fn convolution(
    linear: &Linear,
    values: &Array1<f64>,
    input: Input,
    kernel: usize,
    stride: usize,
) -> Array1<f64> {
    let positions = |side| conv_positions(side, kernel, stride).unwrap_or(0);
    let (rows, columns) = (positions(input.height), positions(input.width));
    let mut windows = Array2::zeros((rows * columns, kernel * kernel));
    for ((window, tap), value) in windows.indexed_iter_mut() {
        let y = window / columns * stride + tap / kernel;
        let x = window % columns * stride + tap % kernel;
        *value = values[y * input.width + x];
    }
    let mut output = Vec::with_capacity(linear.bias.len() * rows * columns);
    for (taps, bias) in linear.weight.outer_iter().zip(&linear.bias) {
        let products = windows.outer_iter().map(|window| product(taps, window));
        output.extend(products.map(|product| product + f64::from(*bias)));
    }
    Array1::from_vec(output)
}

fn dense(linear: &Linear, values: &Array1<f64>) -> Array1<f64> {
    let rows = linear.weight.outer_iter().zip(&linear.bias);
    rows.map(|(row, bias)| product(row, values.view()) + f64::from(*bias))
        .collect()
}

/// Computes an inner product in eight partial sums, so that the compiler can use vector
/// instructions.
fn product(weights: ArrayView1<'_, f32>, values: ArrayView1<'_, f64>) -> f64 {
    const LANES: usize = 8;
    // The rows of a matrix in standard layout are contiguous.
    let (Some(weights), Some(values)) = (weights.to_slice(), values.to_slice()) else {
        return weights
            .iter()
            .zip(values)
            .map(|(w, v)| f64::from(*w) * v)
            .sum();
    };
    let (weight_lanes, weight_rest) = weights.as_chunks::<LANES>();
    let (value_lanes, value_rest) = values.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (weights, values) in weight_lanes.iter().zip(value_lanes) {
        for lane in 0..LANES {
            sums[lane] += f64::from(weights[lane]) * values[lane];
        }
    }
    let rest = weight_rest
        .iter()
        .zip(value_rest)
        .map(|(w, v)| f64::from(*w) * v);
    sums.iter().sum::<f64>() + rest.sum::<f64>()
}

fn horner(coefficients: &[f64], x: f64) -> f64 {
    coefficients
        .iter()
        .rev()
        .fold(0.0, |sum, coefficient| sum * x + coefficient)
}
