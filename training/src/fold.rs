//! From the trained network to the model file: normalisation folded into the weights, the order
//! of the values turned, the ranges measured.

use crate::batches::Source;
use crate::error::TrainingError;
use crate::evaluate::measure;
use crate::network::{Block, Moments, Network, second_moments};
use candle_core::{DType, Device, Tensor};
use inkognito_dataset::{SIDE, Split};
use inkognito_network::{Description, FORMAT, Input, Layer, Linear, Model};
use ndarray::{Array1, Array2};

/// The moments of both blocks over the first `limit` images of `source`, as they are.
///
/// The averages that batches give in training are those of distorted images and of older
/// weights; a polynomial's tails make much of the difference.
///
/// # Errors
/// If a tensor operation fails.
pub fn clean_moments(
    network: &Network,
    source: Source<'_>,
    limit: usize,
) -> Result<[Moments; 2], TrainingError> {
    let limit = limit.min(source.split.len());
    let row = network.architecture.row();
    let mut among = Tensor::zeros((row, row), DType::F64, &Device::Cpu)?;
    for batch in source.clean(limit) {
        let share = batch.size as f64 / limit as f64;
        let (windows, _) = batch.into_tensors(&network.architecture)?;
        among = (among
            + second_moments(&windows)?
                .to_dtype(DType::F64)?
                .affine(share, 0.0)?)?;
    }
    let first = network.blocks[0].moments_of_windows(&among.to_dtype(DType::F32)?)?;

    let hidden = network.architecture.hidden;
    let mut mean = Tensor::zeros((1, hidden), DType::F64, &Device::Cpu)?;
    let mut square = mean.clone();
    for batch in source.clean(limit) {
        let share = batch.size as f64 / limit as f64;
        let (windows, _) = batch.into_tensors(&network.architecture)?;
        let z = network
            .hidden_outputs(&windows, &first)?
            .to_dtype(DType::F64)?;
        mean = (mean + z.mean_keepdim(0)?.affine(share, 0.0)?)?;
        square = (square + z.sqr()?.mean_keepdim(0)?.affine(share, 0.0)?)?;
    }
    let variance = (square - mean.sqr()?)?.relu()?;
    let second = Moments {
        mean: mean.to_dtype(DType::F32)?,
        variance: variance.to_dtype(DType::F32)?,
    };
    Ok([first, second])
}

/// The network as a model, with its ranges over `images`.
///
/// # Errors
/// If the result is no valid model: a weight that is not finite, for one.
pub fn export(
    network: &Network,
    moments: &[Moments; 2],
    name: &str,
    dataset: &str,
    images: &Split,
) -> Result<Model, TrainingError> {
    let linears = linears(network, moments)?;
    let describe = |ranges: &[f64]| {
        let sizes = network.architecture;
        let activation = || Layer::Polynomial {
            coefficients: network.activation.coefficients.to_vec(),
        };
        let (hidden, classes) = (sizes.hidden, inkognito_dataset::CLASSES);
        Description {
            format: FORMAT,
            name: name.to_owned(),
            dataset: dataset.to_owned(),
            input: Input {
                height: SIDE,
                width: SIDE,
            },
            layers: vec![
                Layer::Conv2d {
                    outputs: sizes.channels,
                    kernel: sizes.kernel,
                    stride: sizes.stride,
                    range: ranges[0],
                },
                activation(),
                Layer::Dense {
                    inputs: sizes.channels * sizes.window_count(),
                    outputs: hidden,
                    range: ranges[1],
                },
                activation(),
                Layer::Dense {
                    inputs: hidden,
                    outputs: classes,
                    range: ranges[2],
                },
            ],
            classes: (0..classes).map(|digit| digit.to_string()).collect(),
        }
    };
    let unmeasured = Model::new(describe(&[1.0; 3]), linears.clone())?;
    let measured = measure(&unmeasured, "", images.labels(), |index| {
        images.image(index)
    });
    Ok(Model::new(describe(&measured.ranges), linears)?)
}

/// The weights of the three linear layers, as the model file has them.
fn linears(network: &Network, moments: &[Moments; 2]) -> Result<Vec<Linear>, TrainingError> {
    let convolution = folded(&network.blocks[0], &moments[0])?;
    let mut hidden = folded(&network.blocks[1], &moments[1])?;
    let (windows, channels) = (
        network.architecture.window_count(),
        network.architecture.channels,
    );
    hidden.weight = Array2::from_shape_fn(hidden.weight.dim(), |(output, input)| {
        let (channel, window) = (input / windows, input % windows);
        hidden.weight[[output, window * channels + channel]]
    });
    let last = linear(&network.last_weight, &network.last_bias)?;
    Ok(vec![convolution, hidden, last])
}

/// A block as one linear layer.
fn folded(block: &Block, moments: &Moments) -> candle_core::Result<Linear> {
    let (factor, shift) = block.factor_and_shift(moments)?;
    linear(&block.weight.broadcast_mul(&factor)?, &shift)
}

/// From `[inputs, outputs]` and `[1, outputs]` to the model's `[outputs, inputs]` and `[outputs]`.
fn linear(weight: &Tensor, bias: &Tensor) -> candle_core::Result<Linear> {
    let rows = weight.to_vec2::<f32>()?;
    let weight = Array2::from_shape_fn((weight.dim(1)?, weight.dim(0)?), |(output, input)| {
        rows[input][output]
    });
    Ok(Linear {
        weight,
        bias: Array1::from_vec(bias.flatten_all()?.to_vec1()?),
    })
}
