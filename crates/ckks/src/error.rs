//! The errors of parameter sets and of operations. No error contains a message or a key.
//!
//! Not for the errors of readers of messages, which are in `wire/error.rs`.

use inkognito_ring::RingError;
use thiserror::Error;

use crate::keys::purpose::KeyPurpose;

/// Rounds up to tenths of bits. The formatter's own rounding would add 2 KB to a module.
fn tenths(bits: f64) -> f64 {
    (bits * 10.0).ceil() / 10.0
}

/// The reason why a parameter set is refused.
#[derive(Debug, Error, Clone, PartialEq)]
#[non_exhaustive]
pub enum ParameterError {
    /// The moduli are larger than the 2024 guidelines allow for 128 bits of security.
    #[error(
        "log2 QP = {} exceeds {limit}, the most for 128-bit security at N = 2^{log_n}",
        tenths(*actual)
    )]
    NotSecure {
        /// log2 of the ring degree.
        log_n: u32,
        /// log2 QP of the refused set.
        actual: f64,
        /// Largest log2 QP allowed.
        limit: u32,
    },
    /// The table of the guidelines has no row for this degree.
    #[error("no 128-bit security bound is tabulated for N = 2^{log_n}")]
    DegreeNotTabulated {
        /// log2 of the ring degree.
        log_n: u32,
    },
    /// A digit is larger than the special moduli, so key switching would drown the message.
    #[error(
        "special moduli of {} bits cannot carry a digit of {} bits",
        tenths(*special),
        tenths(*digit)
    )]
    SpecialTooSmall {
        /// log2 of the product of the special moduli.
        special: f64,
        /// log2 of the largest digit.
        digit: f64,
    },
    /// The scale is outside the range that the moduli allow.
    #[error("a scale of {log_scale} bits is outside 10 ..= 30")]
    Scale {
        /// log2 of the refused scale.
        log_scale: u32,
    },
    /// There are no such moduli.
    #[error(transparent)]
    Ring(#[from] RingError),
}

/// The reason why an operation is refused.
#[derive(Debug, Error, Clone, PartialEq)]
#[non_exhaustive]
pub enum CkksError {
    /// An operand is not at the level that the operation or the other operand needs.
    #[error("operand at level {actual} where level {expected} is needed")]
    Level {
        /// The level needed.
        expected: usize,
        /// The level found.
        actual: usize,
    },
    /// Giant steps cannot work one level below, since keys at the two levels are over different
    /// moduli.
    #[error("keys at level {level} and one level below are over different moduli")]
    ModuliDiffer {
        /// The upper level.
        level: usize,
    },
    /// No modulus is left to divide by.
    #[error("a ciphertext at level 0 cannot be rescaled")]
    LevelsExhausted,
    /// The scales of two operands differ by more than rounding.
    #[error("operand at scale 2^{} where scale 2^{} is needed", actual.log2(), expected.log2())]
    Scale {
        /// The scale needed.
        expected: f64,
        /// The scale found.
        actual: f64,
    },
    /// The evaluator has no key for this operation.
    #[error("no evaluation key for {purpose} at level {level}")]
    MissingKey {
        /// The purpose of the key.
        purpose: KeyPurpose,
        /// The level at which the operation needs it.
        level: usize,
    },
    /// There are more values than slots, or more than coefficients.
    #[error("{actual} values do not fit {slots} slots")]
    TooManyValues {
        /// Number of slots or coefficients.
        slots: usize,
        /// Number of values.
        actual: usize,
    },
    /// A value times the scale is not a number, or not below 2^62 in magnitude.
    #[error("a value is not finite or too large for scale 2^{}", scale.log2())]
    ValueOutOfRange {
        /// The scale asked for.
        scale: f64,
    },
}
