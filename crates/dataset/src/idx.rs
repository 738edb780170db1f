//! A reader of the idx format: a magic number that states the type and the number of dimensions,
//! the size of each dimension, the values.
//!
//! All numbers of the header are big-endian and 32 bits wide. Not for other types and dimensions
//! than those of MNIST: unsigned bytes of one and of three dimensions.

use ndarray::Array3;

use crate::error::DatasetError;

/// The magic number of unsigned bytes (0x08) in three dimensions.
const IMAGES_MAGIC: u32 = 0x0000_0803;
/// The magic number of unsigned bytes (0x08) in one dimension.
const LABELS_MAGIC: u32 = 0x0000_0801;

/// Reads images, `[count, side, side]`. Compares the length with the header before it allocates.
///
/// # Errors
/// [`DatasetError::TooShort`], [`DatasetError::Magic`], [`DatasetError::ImageSize`] or
/// [`DatasetError::Length`].
pub(crate) fn images(bytes: &[u8], side: usize) -> Result<Array3<u8>, DatasetError> {
    let ([count, rows, columns], values) = header(bytes, IMAGES_MAGIC)?;
    if rows != side || columns != side {
        return Err(DatasetError::ImageSize {
            side,
            rows,
            columns,
        });
    }
    check_length(count as u64 * (side * side) as u64, values)?;
    Array3::from_shape_vec((count, side, side), values.to_vec()).map_err(|_| DatasetError::Length {
        expected: count as u64 * (side * side) as u64,
        actual: values.len() as u64,
    })
}

/// Reads labels, which must be below `classes`.
///
/// # Errors
/// [`DatasetError::TooShort`], [`DatasetError::Magic`], [`DatasetError::Length`] or
/// [`DatasetError::Label`].
pub(crate) fn labels(bytes: &[u8], classes: usize) -> Result<Vec<u8>, DatasetError> {
    let ([count], values) = header(bytes, LABELS_MAGIC)?;
    check_length(count as u64, values)?;
    match values
        .iter()
        .position(|label| usize::from(*label) >= classes)
    {
        None => Ok(values.to_vec()),
        Some(index) => Err(DatasetError::Label {
            index,
            classes,
            actual: values[index],
        }),
    }
}

/// Splits a file into the sizes of its dimensions and its values.
fn header<const DIMENSIONS: usize>(
    bytes: &[u8],
    magic: u32,
) -> Result<([usize; DIMENSIONS], &[u8]), DatasetError> {
    let expected = 4 * (DIMENSIONS + 1);
    let (header, values) = bytes
        .split_at_checked(expected)
        .ok_or(DatasetError::TooShort {
            expected,
            actual: bytes.len(),
        })?;
    let (words, _) = header.as_chunks::<4>();
    let actual = u32::from_be_bytes(words[0]);
    if actual != magic {
        return Err(DatasetError::Magic {
            expected: magic,
            actual,
        });
    }
    let sizes = std::array::from_fn(|i| u32::from_be_bytes(words[i + 1]) as usize);
    Ok((sizes, values))
}

/// Checks the number of bytes of the values.
fn check_length(expected: u64, values: &[u8]) -> Result<(), DatasetError> {
    let actual = values.len() as u64;
    if expected == actual {
        Ok(())
    } else {
        Err(DatasetError::Length { expected, actual })
    }
}
