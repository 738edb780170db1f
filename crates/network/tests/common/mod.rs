//! A small network for the tests: 6x5 pixels, convolution, dense layers and quadratics.

use inkognito_network::{Description, FORMAT, Input, Layer, Linear, Model};
use ndarray::{Array1, Array2};

/// Returns the architecture: 6x5 -> conv 3x3/2, 2 channels of 2x2 -> quadratic -> dense 4 -> x^2 ->
/// dense 3.
pub(crate) fn description() -> Description {
    Description {
        format: FORMAT,
        name: "small".into(),
        dataset: "made up".into(),
        input: Input {
            height: 6,
            width: 5,
        },
        layers: vec![
            Layer::Conv2d {
                outputs: 2,
                kernel: 3,
                stride: 2,
                range: 3.5,
            },
            Layer::Polynomial {
                coefficients: vec![0.1875, 0.5, 0.234_375],
            },
            Layer::Dense {
                inputs: 8,
                outputs: 4,
                range: 7.25,
            },
            Layer::Polynomial {
                coefficients: vec![0.0, 0.0, 1.0],
            },
            Layer::Dense {
                inputs: 4,
                outputs: 3,
                range: 0.1,
            },
        ],
        classes: ["a", "b", "c"].map(String::from).to_vec(),
    }
}

/// Returns weights between -1 and 1, such that a wrong order changes the result.
pub(crate) fn linear(outputs: usize, inputs: usize, salt: usize) -> Linear {
    let value = |i: usize| ((i * 37 + salt * 11) % 101) as f32 / 50.5 - 1.0;
    Linear {
        weight: Array2::from_shape_fn((outputs, inputs), |(o, i)| value(o * inputs + i)),
        bias: Array1::from_shape_fn(outputs, |o| value(o + 1000)),
    }
}

/// Returns the network with its weights.
pub(crate) fn model() -> Model {
    let linears = vec![linear(2, 9, 1), linear(4, 8, 2), linear(3, 4, 3)];
    Model::new(description(), linears).expect("a valid model")
}
