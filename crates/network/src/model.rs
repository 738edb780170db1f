//! The model file: a [`Description`] with the weights it asks for, as safetensors.
//!
//! The reader trusts no byte. It bounds the header before it parses it, compares every tensor's
//! type and shape and the file's length with the description before it allocates, and refuses
//! weights that are not finite. `safetensors` parses and checks the header; the frame around it
//! (eight bytes of length) is read here, because there a length can overflow 32-bit addresses.

use crate::description::{Description, Layer};
use crate::error::ModelError;
use ndarray::{Array1, Array2};
use safetensors::tensor::{Dtype, Metadata, TensorView};

/// The key of the file's metadata under which the description stands.
const METADATA_KEY: &str = "inkognito";
/// Bytes of the header's length at the very beginning of the file.
const LENGTH_BYTES: usize = 8;
/// Largest header, in bytes. 64 layers of ten lines each stay far below it.
const MAX_HEADER: usize = 1 << 20;
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

/// A network with its weights. One that exists has passed every check of the reader.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    description: Description,
    /// One for each layer of the description; `None` for the layers without weights.
    weights: Vec<Option<Linear>>,
}

impl Model {
    /// Puts a model together; `linears` are the weights of the linear layers, first to last.
    ///
    /// # Errors
    /// If the description makes no sense ([`Description::shapes`]), or if the weights are not of
    /// the shapes that it asks for, or not finite.
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
    /// If the bytes are not a whole model file; see [`ModelError`] for what is checked.
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
        // `Header::read` has seen that each tensor exists, and `Metadata` that their ranges
        // follow one another without gaps, so that the length above bounds each of them.
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

    /// Writes the model file. The same model always gives the same bytes.
    ///
    /// # Errors
    /// [`ModelError::Write`] if the file cannot be put together.
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

    /// The architecture.
    #[must_use]
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// The layers, first to last, each with its weights if it has any.
    pub fn layers(&self) -> impl ExactSizeIterator<Item = (&Layer, Option<&Linear>)> {
        self.description
            .layers
            .iter()
            .zip(self.weights.iter().map(Option::as_ref))
    }
}

/// The header of a model file, checked against the description in it.
pub(crate) struct Header {
    pub(crate) description: Description,
    metadata: Metadata,
    /// Where the tensors' bytes begin.
    data_start: usize,
}

impl Header {
    /// Reads and checks everything that comes before the weights.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, ModelError> {
        let too_short = |expected| ModelError::TooShort {
            expected,
            actual: bytes.len() as u64,
        };
        let (length, rest) = bytes
            .split_first_chunk::<LENGTH_BYTES>()
            .ok_or_else(|| too_short(LENGTH_BYTES as u64))?;
        let length = u64::from_le_bytes(*length);
        let header_length = usize::try_from(length).unwrap_or(usize::MAX);
        if header_length > MAX_HEADER {
            return Err(ModelError::OutOfLimits {
                what: "the length of the header",
                limit: MAX_HEADER,
                actual: header_length,
            });
        }
        let header = rest
            .get(..header_length)
            .ok_or_else(|| too_short(LENGTH_BYTES as u64 + length))?;
        let metadata: Metadata = serde_json::from_slice(header).map_err(ModelError::Header)?;
        let json = metadata
            .metadata()
            .as_ref()
            .and_then(|entries| entries.get(METADATA_KEY))
            .ok_or(ModelError::NoDescription)?;
        let description = Description::from_json(json)?;
        check_tensors(&description, &metadata)?;
        Ok(Self {
            description,
            metadata,
            data_start: LENGTH_BYTES + header_length,
        })
    }
}

/// Checks that the file holds the tensors that the description asks for, and no others.
fn check_tensors(description: &Description, metadata: &Metadata) -> Result<(), ModelError> {
    let mut expected = 0;
    for (index, layer) in description.layers.iter().enumerate() {
        let Some((weight_shape, bias_shape)) = layer.tensor_shapes() else {
            continue;
        };
        let (weight, bias) = tensor_names(index);
        for (name, shape) in [(weight, weight_shape), (bias, bias_shape)] {
            let Some(info) = metadata.info(&name) else {
                return Err(ModelError::MissingTensor { name });
            };
            if info.dtype != Dtype::F32 {
                return Err(ModelError::TensorType {
                    name,
                    actual: info.dtype.to_string(),
                });
            }
            check_shape(&name, &shape, &info.shape)?;
            expected += 1;
        }
    }
    let actual = metadata.offset_keys().len();
    if actual == expected {
        Ok(())
    } else {
        Err(ModelError::TensorCount { expected, actual })
    }
}

/// Names of the weight and bias tensors of a layer.
fn tensor_names(layer: usize) -> (String, String) {
    (
        format!("layers.{layer}.weight"),
        format!("layers.{layer}.bias"),
    )
}

fn check_shape(name: &str, expected: &[usize], actual: &[usize]) -> Result<(), ModelError> {
    if expected == actual {
        return Ok(());
    }
    Err(ModelError::TensorShape {
        name: name.to_owned(),
        expected: expected.to_vec(),
        actual: actual.to_vec(),
    })
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
