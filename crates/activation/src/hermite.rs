//! Hermite expansion: least squares for Gaussian inputs on the whole real line.
//!
//! Relies on `least_squares.rs` for the projection. Not for densities other than a Gaussian.

use crate::approximation::{Approximation, Method};
use crate::degree::check_degree_within;
use crate::density::Density;
use crate::error::ActivationError;
use crate::interval::Interval;
use crate::least_squares::fit;
use crate::target::Target;

/// Half the width, in standard deviations, of the interval that replaces the real line. Powers up
/// to [`MAX_HERMITE_DEGREE`] times the density beyond it are below double precision.
const REACH: f64 = 12.0;

/// The largest degree for which [`REACH`] suffices.
const MAX_HERMITE_DEGREE: usize = 20;

/// The polynomial of smallest mean square error over all inputs of a Gaussian, those outside the
/// interval included. It is the truncated expansion in Hermite polynomials of
/// `(x - mean) / deviation`. For ReLU under N(0, 1) the expansion is
/// `1/sqrt(2 pi) + x/2 + (x^2 - 1) / (2 sqrt(2 pi)) + …`. The method needs a Gaussian density, and
/// its degree is at most 20.
///
/// Errors are measured on the target's interval, under its density.
///
/// ```
/// use inkognito_activation::{
///     ActivationError, Density, Function, Hermite, Interval, Method, Target,
/// };
///
/// let relu = Target::new(Function::Relu, Interval::symmetric(6.0)?);
/// let normal = relu.clone().with_density(Density::STANDARD_NORMAL)?;
/// let found = Hermite.approximate(2, &normal)?;
/// assert!((found.polynomial().coefficients()[1] - 0.5).abs() < 1e-12);
///
/// let refused = Hermite.approximate(2, &relu).unwrap_err();
/// assert!(matches!(refused, ActivationError::Method { .. }));
/// # Ok::<(), ActivationError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hermite;

impl Method for Hermite {
    fn name(&self) -> &'static str {
        "Hermite"
    }

    fn approximate(
        &self,
        degree: usize,
        target: &Target,
    ) -> Result<Approximation, ActivationError> {
        check_degree_within(0, MAX_HERMITE_DEGREE, degree)?;
        let &Density::Gaussian { mean, deviation } = target.density() else {
            return Err(ActivationError::Method {
                method: self.name(),
                needs: "a Gaussian density",
            });
        };
        let function = target.function();
        let line = Interval::new(mean - REACH * deviation, mean + REACH * deviation)?;
        let whole = Target::new(function, line).with_density(target.density().clone())?;
        let nodes = whole.nodes(degree)?;
        let series = fit(&nodes, degree, target.interval(), |x| function.at(x))?;
        Approximation::of(series, target)
    }
}
