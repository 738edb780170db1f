//! The plain forward pass: what the encrypted circuit must come out at.
//!
//! Written to be read, in 64-bit floats throughout, so that it can be the measure of the encrypted
//! circuit's error. Not for training, which needs batches and gradients.

use crate::description::{Input, Layer, conv_positions};
use crate::model::{Linear, Model};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

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
            (layer @ Layer::Composition { .. }, _) => {
                let Some(composition) = layer.composition() else {
                    unreachable!("a model's description is checked")
                };
                values.mapv(|x| composition.at(x))
            }
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

/// The inner product, summed in eight lanes so that the compiler can use vector instructions.
fn product(weights: ArrayView1<'_, f32>, values: ArrayView1<'_, f64>) -> f64 {
    const LANES: usize = 8;
    // Rows of a matrix in standard layout are contiguous, and all matrices here are.
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
