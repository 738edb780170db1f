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
    /// The degree is beyond the limit, or below what the method needs.
    #[error("degree {actual} is not from {least} to {limit}")]
    Degree {
        /// The smallest degree.
        least: usize,
        /// The largest degree.
        limit: usize,
        /// The degree asked for.
        actual: usize,
    },
    /// A gap around zero that leaves nothing of the interval, or is no number from zero up.
    #[error("a gap of {gap} around zero does not fit the interval")]
    Gap {
        /// Half the width of the gap.
        gap: f64,
    },
    /// No polynomial comes near a jump: the points around it must be left out.
    #[error("a function with a jump at zero needs a gap around it")]
    NeedsGap,
    /// The density has parameters that make no sense, or no weight on the interval.
    #[error("the input density {reason}")]
    Density {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The method is for other functions or intervals.
    #[error("{method} needs {needs}")]
    Method {
        /// The method.
        method: &'static str,
        /// What it works for.
        needs: &'static str,
    },
    /// The exchange algorithm came to no end.
    #[error("the minimax polynomial of degree {degree} was not found in {iterations} exchanges")]
    NotConverged {
        /// The degree.
        degree: usize,
        /// Exchanges made.
        iterations: usize,
    },
}
