//! The ring degrees that the kernels support.
//!
//! Not for the security of a degree, which `inkognito-ckks` checks.

use crate::error::RingError;

/// Smallest log2 of the degree: AVX-512 works on blocks of 2^8 words.
pub(crate) const MIN_LOG_N: u32 = 8;

/// Largest log2 of the degree: 2^16 is the largest ring of the security guidelines, and a `u32`
/// indexes it easily.
pub(crate) const MAX_LOG_N: u32 = 16;

/// Checks that `log_n` is in 8 ..= 16.
///
/// # Errors
/// [`RingError::Degree`] if it is not.
pub(crate) fn check_log_n(log_n: u32) -> Result<(), RingError> {
    if (MIN_LOG_N..=MAX_LOG_N).contains(&log_n) {
        return Ok(());
    }
    Err(RingError::Degree {
        log_n,
        min: MIN_LOG_N,
        max: MAX_LOG_N,
    })
}
