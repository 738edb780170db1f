//! The one error type of this crate.

/// Why an approximation cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ActivationError {
    /// The bounds are not finite, or not in order.
    #[error("[{low}, {high}] is not an interval")]
    Interval {
        /// Lower bound.
        low: f64,
        /// Upper bound.
        high: f64,
    },
    /// The degree is beyond what double precision carries in the monomial basis.
    #[error("degree {actual} is beyond the limit of {limit}")]
    Degree {
        /// The largest degree.
        limit: usize,
        /// The degree asked for.
        actual: usize,
    },
}
