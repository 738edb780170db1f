//! Interpolation at the roots of a Chebyshev polynomial.
//!
//! Relies on `series.rs`. Not for the smallest error, which `minimax.rs` finds.

use crate::approximation::{Approximation, Method};
use crate::degree::check_degree;
use crate::error::ActivationError;
use crate::series::Series;
use crate::target::Target;

/// The difference from the function at a node, relative to its largest value, that is rounding.
const ROUNDING: f64 = 1e-9;

/// The polynomial that agrees with the function at the Chebyshev nodes of the interval. Its largest
/// error exceeds that of minimax by a factor of at most `2/pi ln(degree + 1) + 2` (Rivlin 1969),
/// and it is cheap to compute. Density and gap have no effect.
///
/// ```
/// use inkognito_activation::{
///     ActivationError, ChebyshevInterpolation, Function, Interval, Method, Target,
/// };
///
/// let silu = Target::new(Function::Silu, Interval::symmetric(3.0)?);
/// let found = ChebyshevInterpolation.approximate(8, &silu)?;
/// assert!(found.max_error() < 0.01);
///
/// let refused = ChebyshevInterpolation.approximate(129, &silu).unwrap_err();
/// assert!(matches!(refused, ActivationError::Degree { limit: 128, .. }));
/// # Ok::<(), ActivationError>(())
/// ```
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
        let series = Series::interpolating(target.interval(), degree, function);
        // on an interval that holds few floats the nodes are not where they should be
        let roots = || Series::roots(target.interval(), degree);
        let largest = roots().fold(0.0_f64, |most, x| most.max(function(x).abs()));
        let agrees = |x: f64| (series.at(x) - function(x)).abs() <= ROUNDING * largest;
        if !roots().all(agrees) {
            return Err(ActivationError::Precision { degree });
        }
        Approximation::of(series, target)
    }
}
