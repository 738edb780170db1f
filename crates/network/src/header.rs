//! The header of a model file: the description of the network, and the types, shapes and offsets of
//! the tensors.
//!
//! A model file is a safetensors file. `safetensors` parses the JSON of the header and checks that
//! the tensors' ranges follow one another. This module reads the eight bytes before it itself,
//! because the length that they hold can overflow the addresses of a 32-bit machine.
//!
//! Not for the weights, which `model.rs` reads.

use safetensors::tensor::{Dtype, Metadata};

use crate::description::Description;
use crate::error::ModelError;

/// The key of the file's metadata whose value is the description.
pub(crate) const METADATA_KEY: &str = "inkognito";
/// Bytes of the header's length at the beginning of the file.
const LENGTH_BYTES: usize = 8;
/// Largest header, in bytes. A header of 64 layers is far smaller.
const MAX_HEADER: usize = 1 << 20;

impl Description {
    /// Reads a description from the beginning of a model file.
    ///
    /// Only the header is read. The weights after it may be missing and are not checked.
    ///
    /// # Errors
    /// - [`ModelError::TooShort`] if the bytes end before the header does.
    /// - [`ModelError::OutOfLimits`] if the header exceeds this program's limit.
    /// - [`ModelError::Header`] if the header is not a safetensors header.
    /// - [`ModelError::NoDescription`] if its metadata have no key `inkognito`.
    /// - [`ModelError::Description`] if the value of that key is not the JSON of a description.
    /// - [`ModelError::UnknownFormat`] and the other errors of [`Description::shapes`].
    /// - [`ModelError::MissingTensor`], [`ModelError::TensorType`], [`ModelError::TensorShape`] or
    ///   [`ModelError::TensorCount`] if the header lists other tensors than the description has.
    ///
    /// ```
    /// use inkognito_network::{Description, ModelError};
    ///
    /// let json = r#"{"__metadata__": {"author": "A. Student"}}"#;
    /// let file = [&(json.len() as u64).to_le_bytes()[..], json.as_bytes()].concat();
    /// let refused = Description::from_bytes(&file).unwrap_err();
    /// assert!(matches!(refused, ModelError::NoDescription));
    ///
    /// let refused = Description::from_bytes(&file[..20]).unwrap_err();
    /// assert!(matches!(refused, ModelError::TooShort { actual: 20, .. }));
    /// ```
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        Ok(Header::read(bytes)?.description)
    }
}

/// The header of a model file, checked against the description in it.
pub(crate) struct Header {
    pub(crate) description: Description,
    pub(crate) metadata: Metadata,
    /// Offset of the tensors' bytes in the file.
    pub(crate) data_start: usize,
}

impl Header {
    /// Reads and checks everything before the weights.
    ///
    /// # Errors
    /// Those of [`Description::from_bytes`].
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

/// Checks that the file holds the tensors of the description, with their types and shapes, and no
/// others.
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

/// Returns the names of a layer's weight and bias tensors.
pub(crate) fn tensor_names(layer: usize) -> (String, String) {
    (
        format!("layers.{layer}.weight"),
        format!("layers.{layer}.bias"),
    )
}

/// Checks that a tensor has the expected shape.
pub(crate) fn check_shape(
    name: &str,
    expected: &[usize],
    actual: &[usize],
) -> Result<(), ModelError> {
    if expected == actual {
        return Ok(());
    }
    Err(ModelError::TensorShape {
        name: name.to_owned(),
        expected: expected.to_vec(),
        actual: actual.to_vec(),
    })
}
