//! A network with its weights, read from and written to a model file (safetensors).
//!
//! The reader trusts no byte. [`Header::read`] bounds and checks everything before the weights. The
//! file's length is compared with the header before anything is allocated, and weights that are not
//! finite are refused.
//!
//! Relies on `safetensors` and on [`Header`]. Not for evaluation, which is in `plain.rs` and
//! `encrypted/`.

use ndarray::{Array1, Array2};
use safetensors::tensor::{Dtype, TensorView};

use crate::description::Description;
use crate::error::ModelError;
use crate::header::{Header, METADATA_KEY, check_shape, tensor_names};
use crate::layer::Layer;

/// Bytes of one 32-bit float.
const FLOAT_BYTES: usize = 4;

/// Weights and biases of one linear layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Linear {
    /// `[outputs, inputs]`; a convolution's `inputs` are the taps of its kernel, row by row.
    pub weight: Array2<f32>,
    /// `[outputs]`.
    pub bias: Array1<f32>,
}

/// A network with its weights. Every value of this type has passed all checks of the reader.
///
/// ```
/// use inkognito_network::{Description, FORMAT, Input, Layer, Linear, Model, ModelError};
/// use ndarray::{Array2, array};
///
/// let description = Description {
///     format: FORMAT,
///     name: "left or right".into(),
///     dataset: "none".into(),
///     input: Input { height: 1, width: 2 },
///     layers: vec![Layer::Dense { inputs: 2, outputs: 2, range: 1.0 }],
///     classes: vec!["left".into(), "right".into()],
/// };
/// let weights = Linear { weight: Array2::eye(2), bias: array![0.0, 0.0] };
/// let model = Model::new(description, vec![weights])?;
///
/// // written and read again
/// let bytes = model.to_bytes()?;
/// let model = Model::from_bytes(&bytes)?;
/// assert_eq!(model.scores(array![[0.25, 0.75]].view()), array![0.25, 0.75]);
///
/// // a file without its last byte is refused
/// let refused = Model::from_bytes(&bytes[..bytes.len() - 1]).unwrap_err();
/// assert!(matches!(refused, ModelError::Length { .. }));
/// # Ok::<(), ModelError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    description: Description,
    /// One for each layer of the description; `None` for the layers without weights.
    weights: Vec<Option<Linear>>,
}

impl Model {
    /// Makes a model of a description and the weights of its linear layers, first to last. The
    /// weights of a convolution are a matrix, as [`Linear`] describes.
    ///
    /// # Errors
    /// - The errors of [`Description::shapes`].
    /// - [`ModelError::LayerCount`] if `linears` has another length than the description has
    ///   linear layers.
    /// - [`ModelError::TensorShape`] if weights or biases have another shape than described.
    /// - [`ModelError::NotFinite`] if a weight or a bias is infinite or NaN.
    pub fn new(description: Description, linears: Vec<Linear>) -> Result<Self, ModelError> {
        description.shapes()?;
        let expected = description
            .layers
            .iter()
            .filter(|layer| layer.tensor_shapes().is_some())
            .count();
        let actual = linears.len();
        if expected != actual {
            return Err(ModelError::LayerCount { expected, actual });
        }
        let mut linears = linears.into_iter();
        let mut weights = Vec::with_capacity(description.layers.len());
        for (index, layer) in description.layers.iter().enumerate() {
            let Some((weight_shape, bias_shape)) = layer.tensor_shapes() else {
                weights.push(None);
                continue;
            };
            let linear = linears
                .next()
                .ok_or(ModelError::LayerCount { expected, actual })?;
            let rows = bias_shape[0];
            let columns = weight_shape[1..].iter().product();
            let (weight, bias) = tensor_names(index);
            check_shape(&weight, &[rows, columns], linear.weight.shape())?;
            check_shape(&bias, &bias_shape, linear.bias.shape())?;
            check_finite(&weight, linear.weight.iter())?;
            check_finite(&bias, linear.bias.iter())?;
            weights.push(Some(linear));
        }
        Ok(Self {
            description,
            weights,
        })
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// - The errors of [`Description::from_bytes`].
    /// - [`ModelError::Length`] if the file is longer or shorter than its header states.
    /// - [`ModelError::NotFinite`] if a weight or a bias is infinite or NaN.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        let Header {
            description,
            metadata,
            data_start,
        } = Header::read(bytes)?;
        let data = &bytes[data_start..];
        if data.len() != metadata.data_len() {
            return Err(ModelError::Length {
                expected: data_start as u64 + metadata.data_len() as u64,
                actual: bytes.len() as u64,
            });
        }
        // `Header::read` has checked that each tensor exists. `Metadata` has checked that their
        // ranges follow one another without gaps, so that the length above bounds each of them.
        let tensor = |name: &str| {
            let (start, end) = metadata.info(name).map_or((0, 0), |info| info.data_offsets);
            floats(&data[start..end])
        };
        let mut linears = Vec::new();
        for (index, layer) in description.layers.iter().enumerate() {
            let Some((weight_shape, bias_shape)) = layer.tensor_shapes() else {
                continue;
            };
            let (weight_name, bias_name) = tensor_names(index);
            let shape = (bias_shape[0], weight_shape[1..].iter().product());
            let weight = Array2::from_shape_vec(shape, tensor(&weight_name));
            linears.push(Linear {
                weight: weight.map_err(|_| ModelError::MissingTensor { name: weight_name })?,
                bias: Array1::from_vec(tensor(&bias_name)),
            });
        }
        Self::new(description, linears)
    }

    /// Writes the model file. Equal models are written as equal bytes.
    ///
    /// # Errors
    /// [`ModelError::Write`] if the description or the tensors cannot be serialised.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ModelError> {
        let write = |error: &dyn std::fmt::Display| ModelError::Write(error.to_string());
        let json = serde_json::to_string(&self.description).map_err(|error| write(&error))?;

        let mut tensors = Vec::new();
        for (index, (layer, linear)) in self.layers().enumerate() {
            let (Some(linear), Some((weight, bias))) = (linear, layer.tensor_shapes()) else {
                continue;
            };
            let (weight_name, bias_name) = tensor_names(index);
            tensors.push((weight_name, weight, little_endian(linear.weight.iter())));
            tensors.push((bias_name, bias, little_endian(linear.bias.iter())));
        }
        let views = tensors
            .iter()
            .map(|(name, shape, data)| {
                Ok((name, TensorView::new(Dtype::F32, shape.clone(), data)?))
            })
            .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()
            .map_err(|error| write(&error))?;
        let metadata = std::iter::once((METADATA_KEY.to_owned(), json)).collect();
        safetensors::serialize(views, Some(metadata)).map_err(|error| write(&error))
    }

    /// Returns the architecture.
    #[must_use]
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// Returns the layers, first to last, each with its weights if it has any.
    pub fn layers(&self) -> impl ExactSizeIterator<Item = (&Layer, Option<&Linear>)> {
        self.description
            .layers
            .iter()
            .zip(self.weights.iter().map(Option::as_ref))
    }
}

fn check_finite<'a>(
    name: &str,
    mut values: impl Iterator<Item = &'a f32>,
) -> Result<(), ModelError> {
    match values.position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(index) => Err(ModelError::NotFinite {
            name: name.to_owned(),
            index,
        }),
    }
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    let (chunks, _) = bytes.as_chunks::<FLOAT_BYTES>();
    chunks
        .iter()
        .map(|chunk| f32::from_le_bytes(*chunk))
        .collect()
}

fn little_endian<'a>(values: impl Iterator<Item = &'a f32>) -> Vec<u8> {
    values.flat_map(|value| value.to_le_bytes()).collect()
}
