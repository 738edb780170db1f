//! Loaded images and labels.
//!
//! Not for reading files, which is in `idx.rs`.

use ndarray::{Array2, Array3, Axis};

use crate::error::DatasetError;
use crate::idx;

/// Rows and columns of an image.
pub const SIDE: usize = 28;
/// Number of classes.
pub const CLASSES: usize = 10;

/// The two splits of a data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Splits {
    /// The 60,000 training images.
    pub train: Split,
    /// The 10,000 test images.
    pub test: Split,
}

/// Images and their labels.
///
/// ```
/// use inkognito_dataset::{DatasetError, SIDE, Split};
///
/// // one white image with the label 7
/// let header = [0x0803, 1, SIDE as u32, SIDE as u32].map(u32::to_be_bytes);
/// let images = [header.as_flattened(), &[255; SIDE * SIDE]].concat();
/// let header = [0x0801, 1].map(u32::to_be_bytes);
/// let labels = |label| [header.as_flattened(), &[label]].concat();
///
/// let split = Split::from_idx(&images, &labels(7))?;
/// assert_eq!((split.len(), split.labels()), (1, &[7][..]));
/// assert_eq!(split.image(0)[[0, 0]], 1.0);
///
/// // a label must be below 10
/// let refused = Split::from_idx(&images, &labels(10)).unwrap_err();
/// assert!(matches!(refused, DatasetError::Label { actual: 10, .. }));
/// # Ok::<(), DatasetError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    images: Array3<u8>,
    labels: Vec<u8>,
}

impl Split {
    /// Reads a split from the bytes of its two idx files.
    ///
    /// # Errors
    /// - [`DatasetError::TooShort`], [`DatasetError::Magic`] or [`DatasetError::Length`] if either
    ///   is not a complete idx file of bytes.
    /// - [`DatasetError::ImageSize`] for images of another size than 28x28 pixels.
    /// - [`DatasetError::Label`] for a label that is not below 10.
    /// - [`DatasetError::LabelCount`] if the numbers of images and labels differ.
    pub fn from_idx(images: &[u8], labels: &[u8]) -> Result<Self, DatasetError> {
        let images = idx::images(images, SIDE)?;
        let labels = idx::labels(labels, CLASSES)?;
        if images.len_of(Axis(0)) != labels.len() {
            return Err(DatasetError::LabelCount {
                images: images.len_of(Axis(0)),
                labels: labels.len(),
            });
        }
        Ok(Self { images, labels })
    }

    /// Returns the number of images.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Returns whether there are no images.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Returns all images, `[len, 28, 28]`, from 0 (background) to 255.
    #[must_use]
    pub fn images(&self) -> &Array3<u8> {
        &self.images
    }

    /// Returns the label of each image: its class, 0 to 9.
    #[must_use]
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// Returns one image as networks read it: `[28, 28]`, from 0 (background) to 1 (ink).
    ///
    /// # Panics
    /// If `index` is not below [`Split::len`].
    #[must_use]
    pub fn image(&self, index: usize) -> Array2<f32> {
        let image = self.images.index_axis(Axis(0), index);
        image.mapv(|pixel| f32::from(pixel) / 255.0)
    }
}
