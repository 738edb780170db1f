//! The errors of readers.
//!
//! Not for ciphertexts that are read but do not fit an operation: see
//! [`CkksError`](crate::CkksError).

use thiserror::Error;

use crate::wire::envelope::{Kind, VERSION};

/// The reason why a reader refuses a message.
#[derive(Debug, Error, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum WireError {
    /// The message is too short or too long.
    #[error("message of {actual} bytes where {expected} are needed")]
    Length {
        /// Bytes that the part read so far needs.
        expected: u64,
        /// Bytes found.
        actual: u64,
    },
    /// The first four bytes are not `INKO`.
    #[error("not a message of this project: it does not start with INKO")]
    Magic,
    /// The version is not this program's.
    #[error("message version {actual}; this program reads version {VERSION}")]
    Version {
        /// The version found.
        actual: u16,
    },
    /// The message is of another kind, or of a kind that does not exist.
    #[error("message of kind {actual} where kind {} ({expected:?}) is needed", *.expected as u16)]
    Kind {
        /// The kind needed.
        expected: Kind,
        /// The number found.
        actual: u16,
    },
    /// The message was made under another parameter set.
    #[error("message made under another parameter set")]
    Parameters,
    /// The level is above the parameter set's highest.
    #[error("level {actual} exceeds the highest level {max}")]
    Level {
        /// The highest level.
        max: usize,
        /// The level found.
        actual: u8,
    },
    /// The scale is not a number between 1 and 2^100.
    #[error("scale {actual} is not a number between 1 and 2^100")]
    Scale {
        /// The scale found.
        actual: f64,
    },
    /// The result has no ciphertext.
    #[error("a result without scores")]
    Empty,
    /// A residue is not below its modulus.
    #[error("a residue is not below its modulus")]
    Residue,
    /// The purpose of the evaluation key does not exist.
    #[error("evaluation key for unknown purpose {purpose} with galois element {element}")]
    Purpose {
        /// The purpose found.
        purpose: u8,
        /// The galois element found.
        element: u32,
    },
}
