//! What crosses between the two sides, as bytes.
//!
//! One envelope for every message: magic `INKO`, version, kind, parameter fingerprint, body length;
//! then the body. All numbers are little-endian. A polynomial is its residues in the NTT domain, modulus
//! after modulus, packed: each has as many bits as its modulus, lowest first ([`push_residues`]). Kinds
//! are a closed list, and none of them is for a secret key.
//!
//! ```text
//! 0   4  "INKO"                      body of 1, evaluation key: purpose u8 (1 relinearization,
//! 4   2  version = 3                   2 galois), level u8, galois element u32 (0 for 1),
//! 6   2  kind                          seed [32], b_j for each digit over q_0..q_level and P
//! 8   8  parameter fingerprint       body of 2, input:  level u8, scale f64, seed [32], c_0
//! 16  8  body length                 body of 3, result: scale f64, extracts u8, for each: count u16,
//!                                      count coefficients of c_0 modulo q_0 as u32, c_1 over q_0
//!                                    body of 4, intermediate: stage u8, level u8, scale f64, c_0, c_1
//!                                    body of 5, mask: level u8, seed [32]
//! ```
//!
//! A reader checks everything that the header and the fixed part claim, and the exact length that
//! follows from them, before it allocates for residues. No bytes make it panic.

mod message;
mod packing;
mod reader;

use thiserror::Error;

pub use message::{MASK_LEN, evaluation_key_len, input_len, intermediate_len, result_len};
pub use message::{read_evaluation_key, read_input, read_intermediate, read_mask, read_result};
pub use message::{
    write_evaluation_key, write_input, write_intermediate, write_mask, write_result,
};
pub use packing::{push_residues, residue_bits};
pub use reader::message_len;

/// Length of the envelope's header in bytes.
pub const HEADER_LEN: usize = 24;
/// The most extracts of a result.
pub const MAX_EXTRACTS: usize = u8::MAX as usize;
/// The format's version.
pub const VERSION: u16 = 3;
pub(crate) const MAGIC: [u8; 4] = *b"INKO";

/// The kinds of message that exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum Kind {
    /// One switching key, from the page to the evaluator.
    EvaluationKey = 1,
    /// A seeded ciphertext, from the page to the evaluator.
    Input = 2,
    /// Extracts, from the evaluator to the page: ciphertexts of which only the scores can be read.
    Result = 3,
    /// A ciphertext from between the layers, from the evaluator to the page: for teaching only, and
    /// only where the page has asked for it.
    Intermediate = 4,
    /// The mask of the input to come, from the page to the evaluator, so that it may begin.
    Mask = 5,
}

impl Kind {
    /// The kind with this number.
    pub const fn from_number(number: u16) -> Option<Self> {
        match number {
            1 => Some(Self::EvaluationKey),
            2 => Some(Self::Input),
            3 => Some(Self::Result),
            4 => Some(Self::Intermediate),
            5 => Some(Self::Mask),
            _ => None,
        }
    }
}

/// Bytes that are not the message they should be.
#[derive(Debug, Error, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum WireError {
    /// The bytes end early or go on too long.
    #[error("message of {actual} bytes where {expected} are needed")]
    Length {
        /// Bytes needed, by the part that was read.
        expected: u64,
        /// Bytes there.
        actual: u64,
    },
    /// The first four bytes are not `INKO`.
    #[error("not a message of this project: it does not start with INKO")]
    Magic,
    /// A version that this program does not read.
    #[error("message version {actual}; this program reads version {VERSION}")]
    Version {
        /// The version found.
        actual: u16,
    },
    /// Another kind of message, or no kind that exists.
    #[error("message of kind {actual} where kind {} ({expected:?}) is needed", *.expected as u16)]
    Kind {
        /// The kind needed.
        expected: Kind,
        /// The number found.
        actual: u16,
    },
    /// Made under another parameter set.
    #[error("message made under another parameter set")]
    Parameters,
    /// A level above the parameter set's highest.
    #[error("level {actual} exceeds the highest level {max}")]
    Level {
        /// The highest level.
        max: usize,
        /// The level found.
        actual: u8,
    },
    /// A scale that is not a finite number between 1 and 2^100.
    #[error("scale {actual} is not a number between 1 and 2^100")]
    Scale {
        /// The scale found.
        actual: f64,
    },
    /// A result of no extracts.
    #[error("a result without scores")]
    Empty,
    /// A residue that is not below its modulus.
    #[error("a residue is not below its modulus")]
    Residue,
    /// An evaluation key for nothing that exists.
    #[error("evaluation key for unknown purpose {purpose} with galois element {element}")]
    Purpose {
        /// The purpose found.
        purpose: u8,
        /// The galois element found.
        element: u32,
    },
}
