//! The forward pass on plaintext against numbers computed by hand and against a naive oracle.

mod common;

use common::{description, linear, model};
use inkognito_network::{Description, FORMAT, Input, Layer, Linear, Model};
use ndarray::{Array2, array};

#[test]
fn a_network_small_enough_for_paper() {
    let description = Description {
        format: FORMAT,
        name: String::new(),
        dataset: String::new(),
        input: Input {
            height: 2,
            width: 3,
        },
        layers: vec![
            Layer::Conv2d {
                outputs: 1,
                kernel: 2,
                stride: 1,
                range: 1.0,
            },
            Layer::Polynomial {
                coefficients: vec![1.0, 2.0, 3.0],
            },
            Layer::Dense {
                inputs: 2,
                outputs: 1,
                range: 1.0,
            },
        ],
        classes: vec!["sum".into()],
    };
    let conv = Linear {
        weight: array![[1.0, 2.0, 3.0, 4.0]],
        bias: array![0.5],
    };
    let dense = Linear {
        weight: array![[10.0, 1.0]],
        bias: array![-1.0],
    };
    let model = Model::new(description, vec![conv, dense]).expect("valid");
    // Windows: 1·1 + 2·0 + 3·0 + 4·1 + 0.5 = 5.5 and 1·0 + 2·1 + 3·1 + 4·0 + 0.5 = 5.5 + 0.
    let image = array![[1.0_f32, 0.0, 1.0], [0.0, 1.0, 0.0]];
    let squared = |x: f64| 1.0 + 2.0 * x + 3.0 * x * x;
    let trace = model.trace(image.view());
    assert_eq!(trace[0], array![5.5, 5.5]);
    assert_eq!(trace[1], array![squared(5.5), squared(5.5)]);
    assert_eq!(trace[2], array![11.0 * squared(5.5) - 1.0]);
}

#[test]
fn channels_rows_and_columns_are_in_order() {
    let image = Array2::from_shape_fn((6, 5), |(y, x)| ((y * 5 + x) % 7) as f32 / 7.0);
    // the whole small network again, with indices alone
    let (conv, hidden, last) = (linear(2, 9, 1), linear(4, 8, 2), linear(3, 4, 3));
    let mut first = Vec::new();
    for channel in 0..2 {
        for row in 0..2 {
            for column in 0..2 {
                let mut sum = f64::from(conv.bias[channel]);
                for i in 0..3 {
                    for j in 0..3 {
                        sum += f64::from(conv.weight[[channel, 3 * i + j]])
                            * f64::from(image[[2 * row + i, 2 * column + j]]);
                    }
                }
                first.push(0.1875 + 0.5 * sum + 0.234_375 * sum * sum);
            }
        }
    }
    let dense = |linear: &Linear, values: &[f64]| -> Vec<f64> {
        (0..linear.bias.len())
            .map(|o| {
                let weight = |i| f64::from(linear.weight[[o, i]]);
                let sum: f64 = values.iter().enumerate().map(|(i, v)| weight(i) * v).sum();
                sum + f64::from(linear.bias[o])
            })
            .collect()
    };
    let second: Vec<f64> = dense(&hidden, &first).iter().map(|x| x * x).collect();
    let expected = dense(&last, &second);
    let scores = model().scores(image.view());
    assert_eq!(scores.len(), expected.len());
    for (score, expected) in scores.iter().zip(expected) {
        assert!(
            (score - expected).abs() < 1e-12,
            "{score} is not {expected}"
        );
    }
}

#[test]
fn the_trace_ends_in_the_scores() {
    let image = Array2::from_elem((6, 5), 0.25);
    let trace = model().trace(image.view());
    assert_eq!(trace.len(), description().layers.len());
    assert_eq!(trace.last(), Some(&model().scores(image.view())));
}
