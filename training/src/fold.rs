//! Converts the trained network to a model file: folds the normalisation into the weights, reorders
//! the values and measures the ranges.
//!
//! Relies on the moments of undistorted training images. Not for networks of other layers than
//! those of `network.rs`.

use crate::batches::Source;
use crate::error::TrainingError;
use crate::evaluate::measure;
use crate::network::{Block, Moments, Network, second_moments};
use candle_core::{DType, Device, Tensor};
use inkognito_dataset::{CLASSES, Dataset, SIDE, Split};
use inkognito_network::{Description, FORMAT, Input, Layer, Linear, Model};
use ndarray::{Array1, Array2};

/// Returns the moments of all blocks over the first `limit` images of `source`, undistorted.
///
/// The moments of the batches in training are those of distorted images and of older weights. A
/// polynomial amplifies the difference.
///
/// # Errors
///
/// If a tensor operation fails.
pub fn clean_moments(
    network: &Network,
    source: Source<'_>,
    limit: usize,
) -> Result<Vec<Moments>, TrainingError> {
    let limit = limit.min(source.split.len());
    let row = network.architecture.row();
    let mut products = Tensor::zeros((row, row), DType::F64, &Device::Cpu)?;
    for batch in source.clean(limit) {
        let share = batch.size as f64 / limit as f64;
        let (windows, _) = batch.into_tensors(&network.architecture)?;
        products = (products
            + second_moments(&windows)?
                .to_dtype(DType::F64)?
                .affine(share, 0.0)?)?;
    }
    let first = network.blocks[0].moments_of_windows(&products.to_dtype(DType::F32)?)?;
    let mut moments = vec![first];
    for hidden in &network.architecture.hidden {
        let mut mean = Tensor::zeros((1, *hidden), DType::F64, &Device::Cpu)?;
        let mut square = mean.clone();
        for batch in source.clean(limit) {
            let share = batch.size as f64 / limit as f64;
            let (windows, _) = batch.into_tensors(&network.architecture)?;
            let z = network
                .hidden_outputs(&windows, &moments)?
                .to_dtype(DType::F64)?;
            mean = (mean + z.mean_keepdim(0)?.affine(share, 0.0)?)?;
            square = (square + z.sqr()?.mean_keepdim(0)?.affine(share, 0.0)?)?;
        }
        let variance = (square - mean.sqr()?)?.relu()?;
        moments.push(Moments {
            mean: mean.to_dtype(DType::F32)?,
            variance: variance.to_dtype(DType::F32)?,
        });
    }
    Ok(moments)
}

/// Converts the network to a model with the classes of the data set, and with the ranges over the
/// training images.
///
/// # Errors
///
/// If the result is not a valid model, for example because a weight is not finite.
pub fn export(
    network: &Network,
    moments: &[Moments],
    name: &str,
    dataset: Dataset,
    images: &Split,
) -> Result<Model, TrainingError> {
    let linears = linears(network, moments)?;
    let unmeasured = description(network, name, dataset, &vec![1.0; linears.len()]);
    let unmeasured = Model::new(unmeasured, linears.clone())?;
    let measured = measure(&unmeasured, "", images.labels(), |index| {
        images.image(index)
    });
    let measured = description(network, name, dataset, &measured.ranges);
    Ok(Model::new(measured, linears)?)
}

/// Describes the network, with the given ranges of its linear layers.
fn description(network: &Network, name: &str, dataset: Dataset, ranges: &[f64]) -> Description {
    let sizes = &network.architecture;
    let mut layers = vec![Layer::Conv2d {
        outputs: sizes.channels,
        kernel: sizes.kernel,
        stride: sizes.stride,
        range: ranges[0],
    }];
    let mut inputs = sizes.channels * sizes.window_count();
    let outputs = sizes.hidden.iter().copied().chain([CLASSES]);
    for (outputs, range) in outputs.zip(&ranges[1..]) {
        layers.push(Layer::Polynomial {
            coefficients: network.activation.coefficients.to_vec(),
        });
        layers.push(Layer::Dense {
            inputs,
            outputs,
            range: *range,
        });
        inputs = outputs;
    }
    Description {
        format: FORMAT,
        name: name.to_owned(),
        dataset: format!(
            "{} ({}), its 60,000 training images",
            dataset.title(),
            dataset.authors()
        ),
        input: Input {
            height: SIDE,
            width: SIDE,
        },
        layers,
        classes: dataset.classes().map(str::to_owned).to_vec(),
    }
}

/// Returns the weights of the linear layers in the layout of the model file.
fn linears(network: &Network, moments: &[Moments]) -> Result<Vec<Linear>, TrainingError> {
    let blocks = network.blocks.iter().zip(moments);
    let mut linears = blocks
        .map(|(block, moments)| folded(block, moments))
        .collect::<candle_core::Result<Vec<_>>>()?;
    let (windows, channels) = (
        network.architecture.window_count(),
        network.architecture.channels,
    );
    let hidden = &mut linears[1].weight;
    *hidden = Array2::from_shape_fn(hidden.dim(), |(output, input)| {
        let (channel, window) = (input / windows, input % windows);
        hidden[[output, window * channels + channel]]
    });
    linears.push(linear(&network.last_weight, &network.last_bias)?);
    Ok(linears)
}

/// Folds the normalisation of a block into one linear layer.
fn folded(block: &Block, moments: &Moments) -> candle_core::Result<Linear> {
    let (factor, shift) = block.factor_and_shift(moments)?;
    linear(&block.weight.broadcast_mul(&factor)?, &shift)
}

/// Converts shapes `[inputs, outputs]` and `[1, outputs]` to the model's `[outputs, inputs]` and
/// `[outputs]`.
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
