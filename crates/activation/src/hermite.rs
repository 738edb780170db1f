//! Hermite expansion: least squares for Gaussian inputs on the whole line.

use crate::approximation::{Approximation, Method, check_degree};
use crate::density::Density;
use crate::error::ActivationError;
use crate::interval::Interval;
use crate::least_squares::project;
use crate::target::Target;

/// Half the width, in standard deviations, of what stands for the whole line: powers up to
/// [`MAX_HERMITE_DEGREE`] times the density beyond it are below double precision.
const REACH: f64 = 12.0;

/// The largest degree for which that holds.
const MAX_HERMITE_DEGREE: usize = 20;

/// The polynomial of smallest mean square error over all of a Gaussian's inputs, those beyond the
/// interval too: the expansion in Hermite polynomials of `(x - mean) / deviation`, cut off. For ReLU
/// under N(0, 1): `1/sqrt(2 pi) + x/2 + (x^2 - 1) / (2 sqrt(2 pi)) + …`.
///
/// Errors are measured on the target's interval, under its density.
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
        check_degree(0, degree)?;
        if degree > MAX_HERMITE_DEGREE {
            return Err(ActivationError::Degree {
                least: 0,
                limit: MAX_HERMITE_DEGREE,
                actual: degree,
            });
        }
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
        let series = project(&nodes, degree, target.interval(), |x| function.at(x))?;
        Approximation::of(series, target)
    }
}
