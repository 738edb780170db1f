//! Interpolation at the roots of a Chebyshev polynomial.

use crate::approximation::{Approximation, Method, check_degree};
use crate::error::ActivationError;
use crate::series::Series;
use crate::target::Target;

/// The polynomial that agrees with the function at the Chebyshev nodes of the interval: no more
/// than a factor `2/pi ln(degree + 1) + 1` from minimax (Rivlin 1969), for next to no work. It
/// knows nothing of density or gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChebyshevInterpolation;

impl Method for ChebyshevInterpolation {
    fn name(&self) -> &'static str {
        "Chebyshev interpolation"
    }

    fn approximate(
        &self,
        degree: usize,
        target: &Target,
    ) -> Result<Approximation, ActivationError> {
        check_degree(0, degree)?;
        let function = |x| target.function().at(x);
        Approximation::of(
            Series::interpolating(target.interval(), degree, function),
            target,
        )
    }
}
