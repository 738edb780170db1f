//! The limit of degrees.
//!
//! Not for compositions, whose degree has a limit in `approximation.rs`.

use crate::error::ActivationError;

/// The largest degree of a single polynomial.
pub const MAX_DEGREE: usize = 128;

/// Checks that a degree is from `least` to [`MAX_DEGREE`].
///
/// # Errors
/// [`ActivationError::Degree`] otherwise.
pub(crate) fn check_degree(least: usize, degree: usize) -> Result<(), ActivationError> {
    check_degree_within(least, MAX_DEGREE, degree)
}

/// Checks that a degree is from `least` to `limit`.
///
/// # Errors
/// [`ActivationError::Degree`] otherwise.
pub(crate) fn check_degree_within(
    least: usize,
    limit: usize,
    degree: usize,
) -> Result<(), ActivationError> {
    if (least..=limit).contains(&degree) {
        Ok(())
    } else {
        Err(ActivationError::Degree {
            least,
            limit,
            actual: degree,
        })
    }
}
