//! Networks of random weights.

use inkognito_network::{Description, FORMAT, Input, Layer, Linear, Model};
use ndarray::{Array1, Array2};

/// Numbers in -1 ..= 1 that look random.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.0 >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    fn linear(&mut self, outputs: usize, inputs: usize) -> Linear {
        let size = (inputs as f32).sqrt().recip();
        Linear {
            weight: Array2::from_shape_simple_fn((outputs, inputs), || self.next() * size),
            bias: Array1::from_shape_simple_fn(outputs, || self.next()),
        }
    }
}

/// A network of random weights; `layers` in the description's terms.
pub(crate) fn network(side: usize, layers: Vec<Layer>, seed: u64) -> Model {
    let mut numbers = Numbers(seed);
    let linears = layers
        .iter()
        .filter_map(Layer::tensor_shapes)
        .map(|(weight, _)| numbers.linear(weight[0], weight[1..].iter().product()))
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
    Model::new(description, linears).unwrap()
}

pub(crate) fn conv(outputs: usize, kernel: usize, stride: usize) -> Layer {
    Layer::Conv2d {
        outputs,
        kernel,
        stride,
        range: 4.0,
    }
}

pub(crate) fn dense(inputs: usize, outputs: usize) -> Layer {
    Layer::Dense {
        inputs,
        outputs,
        range: 10.0,
    }
}

pub(crate) fn activation(coefficients: [f64; 3]) -> Layer {
    Layer::Polynomial {
        coefficients: coefficients.to_vec(),
    }
}
