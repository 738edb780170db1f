//! Least squares: the polynomial of smallest mean square error under a density.
//!
//! The residual is orthogonal to every polynomial of the degree. The integrals are sums over
//! quadrature nodes, exact where function and density are polynomials piece by piece. The density's
//! own orthogonal polynomials come from the procedure of Stieltjes (Gautschi 2004, section 2.2.3), so
//! that no system of equations is solved, well or ill conditioned.

use crate::approximation::{Approximation, Method, check_degree};
use crate::error::ActivationError;
use crate::interval::Interval;
use crate::series::Series;
use crate::target::Target;

/// The method of least squares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LeastSquares;

impl Method for LeastSquares {
    fn name(&self) -> &'static str {
        "least squares"
    }

    fn approximate(
        &self,
        degree: usize,
        target: &Target,
    ) -> Result<Approximation, ActivationError> {
        check_degree(0, degree)?;
        let nodes = target.nodes(degree)?;
        let series = project(&nodes, degree, target.interval(), |x| {
            target.function().at(x)
        })?;
        Approximation::of(series, target)
    }
}

/// The series of `degree` with the smallest weighted sum of squared errors over `nodes`.
pub(crate) fn project(
    nodes: &[(f64, f64)],
    degree: usize,
    interval: Interval,
    function: impl Fn(f64) -> f64,
) -> Result<Series, ActivationError> {
    let mut rest: Vec<f64> = nodes.iter().map(|(x, _)| function(*x)).collect();
    let inner = |a: &[f64], b: &[f64]| -> f64 {
        let terms = nodes.iter().zip(a).zip(b);
        terms.map(|(((_, weight), a), b)| weight * a * b).sum()
    };
    // Everything at the nodes, where integrals are taken, and at those points behind them that
    // the series is read off from.
    let roots = Series::roots(interval, degree);
    let points: Vec<f64> = nodes.iter().map(|node| node.0).chain(roots).collect();
    let count = nodes.len();
    let mut previous = vec![0.0; points.len()];
    let mut current = vec![1.0; points.len()];
    let mut sum = vec![0.0; points.len() - count];
    for n in 0..=degree {
        // from the second on: the factor of the one before in the recurrence
        let length = inner(&current[..count], &current[..count]).sqrt();
        if !(length > 0.0 && length.is_finite()) {
            return Err(ActivationError::Density {
                reason: "leaves too few inputs for this degree",
            });
        }
        current.iter_mut().for_each(|value| *value /= length);
        let part = inner(&current[..count], &rest);
        let values = rest.iter_mut().zip(&current);
        values.for_each(|(rest, value)| *rest -= part * value);
        let values = sum.iter_mut().zip(&current[count..]);
        values.for_each(|(sum, value)| *sum += part * value);
        if n == degree {
            break;
        }
        let raised: Vec<f64> = points
            .iter()
            .zip(&current)
            .map(|(x, value)| interval.position(*x) * value)
            .collect();
        let middle = inner(&raised[..count], &current[..count]);
        let next = (0..points.len())
            .map(|i| raised[i] - middle * current[i] - length * previous[i])
            .collect();
        previous = std::mem::replace(&mut current, next);
    }
    Ok(Series::through(interval, &sum))
}
