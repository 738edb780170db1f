//! Errors: a ring that cannot be built.
//!
//! Relies on nothing. Not for mistakes of the program, such as polynomials over two bases: those
//! panic.

use thiserror::Error;

/// The reason why a ring, or a part of it, cannot be built.
///
/// ```
/// use inkognito_ring::{RingError, SubRing};
///
/// let error = SubRing::new(7, 7681).err();
/// assert_eq!(error, Some(RingError::Degree { log_n: 7, min: 8, max: 16 }));
/// ```
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RingError {
    /// The kernels do not support the degree.
    #[error("ring degree 2^{log_n} is outside 2^{min} ..= 2^{max}")]
    Degree {
        /// log2 of the requested degree.
        log_n: u32,
        /// Smallest supported log2.
        min: u32,
        /// Largest supported log2.
        max: u32,
    },
    /// The modulus is not an odd prime below 2^30.
    #[error("modulus {modulus} is not an odd prime below 2^30")]
    NotPrime {
        /// The rejected modulus.
        modulus: u32,
    },
    /// The modulus has no primitive 2N-th root of unity.
    #[error("modulus {modulus} is not 1 modulo 2N = {two_n}")]
    NotNttFriendly {
        /// The rejected modulus.
        modulus: u32,
        /// Twice the ring degree.
        two_n: u32,
    },
    /// A modulus occurs twice in one basis.
    #[error("modulus {modulus} occurs twice in one basis")]
    Repeated {
        /// The repeated modulus.
        modulus: u32,
    },
    /// A basis needs at least one modulus.
    #[error("a basis needs at least one modulus")]
    Empty,
    /// There are too few primes of that size that are 1 modulo 2N.
    #[error("only {found} of {wanted} primes of {bits} bits are 1 modulo 2N")]
    TooFewPrimes {
        /// Size of the primes in bits.
        bits: u32,
        /// Number of primes asked for.
        wanted: usize,
        /// Number of primes that exist.
        found: usize,
    },
    /// A Galois element must be odd and below 2N.
    #[error("galois element {element} is not an odd number below 2N = {two_n}")]
    GaloisElement {
        /// The rejected element.
        element: u32,
        /// Twice the ring degree.
        two_n: u32,
    },
}
