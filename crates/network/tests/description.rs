//! The checks of a description: shapes, limits, formats.

mod common;

use common::{description, model};
use inkognito_network::{Description, Layer, ModelError, Shape, conv_positions};

/// Returns the error of the small network after a change.
fn rejected(change: impl FnOnce(&mut Description)) -> ModelError {
    let mut description = description();
    change(&mut description);
    description.shapes().expect_err("must be refused")
}

#[test]
fn shapes_are_followed_through_the_layers() {
    let shape = |channels, height, width| Shape {
        channels,
        height,
        width,
    };
    assert_eq!(
        description().shapes().expect("valid"),
        [
            shape(2, 2, 2),
            shape(2, 2, 2),
            shape(1, 1, 4),
            shape(1, 1, 4),
            shape(1, 1, 3)
        ]
    );
}

#[test]
fn windows_are_counted() {
    for size in 0..12_usize {
        for kernel in 1..5 {
            for stride in 1..5 {
                let counted = (0..size)
                    .step_by(stride)
                    .filter(|at| at + kernel <= size)
                    .count();
                let expected = (counted > 0).then_some(counted);
                assert_eq!(conv_positions(size, kernel, stride), expected);
            }
        }
    }
    assert_eq!(conv_positions(28, 7, 3), Some(8));
    assert_eq!(conv_positions(5, 0, 1), None);
    assert_eq!(conv_positions(5, 1, 0), None);
}

#[test]
fn layers_that_do_not_fit_are_refused() {
    let error = rejected(|d| d.input.height = 8);
    assert!(matches!(
        error,
        ModelError::DenseInputs {
            layer: 2,
            expected: 12,
            actual: 8
        }
    ));
    let error = rejected(|d| d.input.width = 2);
    assert!(matches!(
        error,
        ModelError::Kernel {
            layer: 0,
            kernel: 3,
            width: 2,
            ..
        }
    ));
    let error = rejected(|d| d.layers.swap(0, 2));
    assert!(matches!(
        error,
        ModelError::DenseInputs {
            layer: 0,
            expected: 30,
            actual: 8
        }
    ));
    let error = rejected(|d| {
        d.layers.insert(
            1,
            Layer::Conv2d {
                outputs: 1,
                kernel: 1,
                stride: 1,
                range: 1.0,
            },
        );
    });
    assert!(matches!(error, ModelError::ConvolutionInput { layer: 1 }));
    let error = rejected(|d| d.classes.push("d".into()));
    assert!(matches!(
        error,
        ModelError::Scores {
            expected: 4,
            actual: 3
        }
    ));
}

#[test]
fn numbers_out_of_bounds_are_refused() {
    let limits: [fn(&mut Description); 8] = [
        |d| d.layers.clear(),
        |d| d.classes.clear(),
        |d| d.input.height = 0,
        |d| d.input.width = usize::MAX,
        |d| {
            d.layers = vec![
                Layer::Polynomial {
                    coefficients: vec![1.0]
                };
                65
            ]
        },
        |d| {
            d.layers[1] = Layer::Polynomial {
                coefficients: vec![],
            }
        },
        |d| {
            d.layers[4] = Layer::Dense {
                inputs: 4,
                outputs: usize::MAX,
                range: 1.0,
            }
        },
        |d| {
            d.layers[0] = Layer::Conv2d {
                outputs: usize::MAX,
                kernel: 3,
                stride: 2,
                range: 1.0,
            }
        },
    ];
    for change in limits {
        assert!(matches!(rejected(change), ModelError::OutOfLimits { .. }));
    }
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = rejected(|d| {
            d.layers[2] = Layer::Dense {
                inputs: 8,
                outputs: 4,
                range: bad,
            }
        });
        assert!(matches!(error, ModelError::Range { layer: 2, .. }));
    }
    let error = rejected(|d| {
        d.layers[3] = Layer::Polynomial {
            coefficients: vec![0.0, f64::NAN],
        }
    });
    assert!(matches!(error, ModelError::Coefficient { layer: 3 }));
    let error = rejected(|d| d.format = 2);
    assert!(matches!(
        error,
        ModelError::UnknownFormat {
            supported: 1,
            actual: 2
        }
    ));
}

#[test]
fn many_weights_are_refused_before_they_are_read() {
    let error = rejected(|d| {
        d.layers = vec![
            Layer::Dense {
                inputs: 30,
                outputs: 1 << 20,
                range: 1.0,
            },
            Layer::Dense {
                inputs: 1 << 20,
                outputs: 3,
                range: 1.0,
            },
        ];
    });
    assert!(matches!(
        error,
        ModelError::OutOfLimits {
            what: "the number of weights",
            ..
        }
    ));
}

#[test]
fn the_description_is_read_from_the_header_alone() {
    let bytes = model().to_bytes().expect("written");
    let header = 8 + usize::try_from(u64::from_le_bytes(bytes[..8].try_into().unwrap())).unwrap();
    assert_eq!(
        Description::from_bytes(&bytes[..header]).expect("read"),
        description()
    );
    let error = Description::from_bytes(&bytes[..header - 1]).expect_err("truncated");
    assert!(matches!(error, ModelError::TooShort { .. }));
}
