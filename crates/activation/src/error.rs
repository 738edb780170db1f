//! The errors of this crate.

/// An approximation cannot be computed, or one of its arguments is not valid.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ActivationError {
    /// A bound is not finite, or the bounds are not in order.
    #[error("[{low}, {high}] is not an interval")]
    Interval {
        /// Lower bound.
        low: f64,
        /// Upper bound.
        high: f64,
    },
    /// The degree is below what the method needs or above its limit.
    #[error("degree {actual} is not from {least} to {limit}")]
    Degree {
        /// The smallest degree.
        least: usize,
        /// The largest degree.
        limit: usize,
        /// The degree given.
        actual: usize,
    },
    /// A composition has no polynomial, or a polynomial without coefficients.
    #[error("a composition needs a polynomial, and each polynomial a coefficient")]
    Empty,
    /// The gap around zero is negative or NaN, or covers the whole interval.
    #[error("a gap of {gap} around zero does not fit the interval")]
    Gap {
        /// Half the width of the gap.
        gap: f64,
    },
    /// No polynomial is close to a jump. The target needs a gap around the jump.
    #[error("a function with a jump at zero needs a gap around it")]
    NeedsGap,
    /// The density has invalid parameters, or no weight on the interval.
    #[error("the input density {reason}")]
    Density {
        /// The fault of the density.
        reason: &'static str,
    },
    /// The method does not apply to this function, interval or density.
    #[error("{method} needs {needs}")]
    Method {
        /// Name of the method.
        method: &'static str,
        /// The targets that the method applies to.
        needs: &'static str,
    },
    /// Rounding or overflow spoils every form in which the polynomial can be written.
    #[error("64-bit floats are too coarse for degree {degree} with this interval and density")]
    Precision {
        /// The degree.
        degree: usize,
    },
    /// The exchange algorithm did not converge.
    #[error("the minimax polynomial of degree {degree} was not found in {iterations} exchanges")]
    NotConverged {
        /// The degree.
        degree: usize,
        /// Number of exchanges.
        iterations: usize,
    },
}
