//! Networks of random weights, and images for them.

use inkognito_network::{Description, FORMAT, Input, Layer, Linear, Model};
use ndarray::{Array1, Array2};

use crate::random::Random;

/// Makes a network with these layers for images of `side` x `side` pixels. Weights are uniform
/// and small enough that outputs have the size of inputs.
///
/// # Panics
/// If the layers do not fit together.
pub fn network(side: usize, layers: Vec<Layer>, seed: u64) -> Model {
    let mut random = Random::new(seed);
    let linears = layers
        .iter()
        .filter_map(Layer::tensor_shapes)
        .map(|(weight, _)| linear(&mut random, weight[0], weight[1..].iter().product()))
        .collect();
    let classes = match layers.last() {
        Some(Layer::Dense { outputs, .. }) => *outputs,
        _ => 1,
    };
    let description = Description {
        format: FORMAT,
        name: "random".into(),
        dataset: "none".into(),
        input: Input {
            height: side,
            width: side,
        },
        layers,
        classes: (0..classes).map(|i| i.to_string()).collect(),
    };
    Model::new(description, linears).expect("layers that fit together")
}

fn linear(random: &mut Random, outputs: usize, inputs: usize) -> Linear {
    let size = (inputs as f32).sqrt().recip();
    Linear {
        weight: Array2::from_shape_simple_fn((outputs, inputs), || random.signed_f32() * size),
        bias: Array1::from_shape_simple_fn(outputs, || random.signed_f32()),
    }
}

/// Returns a convolution of `kernel` x `kernel` windows.
pub fn conv(outputs: usize, kernel: usize, stride: usize) -> Layer {
    Layer::Conv2d {
        outputs,
        kernel,
        stride,
        range: 4.0,
    }
}

/// Returns a dense layer.
pub fn dense(inputs: usize, outputs: usize) -> Layer {
    Layer::Dense {
        inputs,
        outputs,
        range: 10.0,
    }
}

/// Returns a polynomial of degree two, constant coefficient first.
pub fn activation(coefficients: [f64; 3]) -> Layer {
    Layer::Polynomial {
        coefficients: coefficients.to_vec(),
    }
}

/// Draws an image of `side` x `side` pixels in 0 ..= 1.
pub fn image(side: usize, random: &mut Random) -> Array2<f32> {
    Array2::from_shape_simple_fn((side, side), || random.signed_f32().abs())
}
