//! Everything that can be wrong with parameters and operations. No message or key is ever part of
//! an error.

use inkognito_ring::RingError;
use thiserror::Error;

use crate::KeyPurpose;

/// In tenths of bits, rounded up, and without the formatting to a precision, which is 2 KB of a module.
fn tenths(bits: f64) -> f64 {
    (bits * 10.0).ceil() / 10.0
}

/// A parameter set that is refused.
#[derive(Debug, Error, Clone, PartialEq)]
#[non_exhaustive]
pub enum ParameterError {
    /// Beyond the table of the 2024 guidelines: less than 128 bits of security.
    #[error(
        "log2 QP = {} exceeds {limit}, the most for 128-bit security at N = 2^{log_n}",
        tenths(*actual)
    )]
    NotSecure {
        /// log2 of the ring degree.
        log_n: u32,
        /// Size of the product of all moduli.
        actual: f64,
        /// Largest size allowed.
        limit: u32,
    },
    /// The table has no row for this degree.
    #[error("no 128-bit security bound is tabulated for N = 2^{log_n}")]
    DegreeNotTabulated {
        /// log2 of the ring degree.
        log_n: u32,
    },
    /// The special moduli must outweigh each digit, or key switching drowns the message.
    #[error(
        "special moduli of {} bits cannot carry a digit of {} bits",
        tenths(*special),
        tenths(*digit)
    )]
    SpecialTooSmall {
        /// Size of the product of the special moduli.
        special: f64,
        /// Size of the largest digit.
        digit: f64,
    },
    /// The scale must be a whole number of bits that fits a modulus.
    #[error("a scale of {log_scale} bits is outside 10 ..= 30")]
    Scale {
        /// log2 of the rejected scale.
        log_scale: u32,
    },
    /// The moduli themselves are wrong.
    #[error(transparent)]
    Ring(#[from] RingError),
}

/// An operation that cannot be done.
#[derive(Debug, Error, Clone, PartialEq)]
#[non_exhaustive]
pub enum CkksError {
    /// Two operands are at different levels, or one is not at the level that was asked for.
    #[error("operand at level {actual} where level {expected} is needed")]
    Level {
        /// The level needed.
        expected: usize,
        /// The level found.
        actual: usize,
    },
    /// What is lifted at this level is not lifted one level below: the moduli there are others.
    #[error("keys at level {level} and one level below have other moduli")]
    ModuliDiffer {
        /// The upper level.
        level: usize,
    },
    /// No modulus is left to drop.
    #[error("a ciphertext at level 0 cannot be rescaled")]
    LevelsExhausted,
    /// Two operands are at scales that differ by more than rounding.
    #[error("operand at scale 2^{} where scale 2^{} is needed", actual.log2(), expected.log2())]
    Scale {
        /// The scale needed.
        expected: f64,
        /// The scale found.
        actual: f64,
    },
    /// The evaluation key for this operation was never received.
    #[error("no evaluation key for {purpose} at level {level}")]
    MissingKey {
        /// What the key is for.
        purpose: KeyPurpose,
        /// The level at which it is needed.
        level: usize,
    },
    /// More values than slots.
    #[error("{actual} values do not fit {slots} slots")]
    TooManyValues {
        /// Number of slots, N/2.
        slots: usize,
        /// Number of values.
        actual: usize,
    },
    /// A value times the scale leaves the range of exact 64-bit coefficients, or is not a number.
    #[error("a value is not finite or too large for scale 2^{}", scale.log2())]
    ValueOutOfRange {
        /// The scale asked for.
        scale: f64,
    },
}
