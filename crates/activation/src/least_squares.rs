//! Least squares: the polynomial of smallest mean square error under a density.
//!
//! The residual is orthogonal to every polynomial of the degree. The integrals are sums over
//! quadrature nodes. They are exact if function and density are polynomials on each piece. The
//! orthogonal polynomials of the density come from the Stieltjes procedure (Gautschi, *Orthogonal
//! Polynomials: Computation and Approximation*, 2004, section 2.2.3), so that no ill-conditioned
//! system of equations is solved.
//!
//! Relies on `quadrature.rs` through the density. Not for the largest error, which `minimax.rs`
//! makes smallest.

use crate::approximation::{Approximation, Method};
use crate::degree::check_degree;
use crate::error::ActivationError;
use crate::interval::Interval;
use crate::series::Series;
use crate::target::Target;

/// The polynomial of smallest mean square error under the target's density.
///
/// ```
/// use inkognito_activation::{ActivationError, Function, Interval, LeastSquares, Method, Target};
///
/// // ReLU on [-1, 1] by 3/32 + x/2 + 15/32 x^2
/// let relu = Target::new(Function::Relu, Interval::symmetric(1.0)?);
/// let found = LeastSquares.approximate(2, &relu)?;
/// assert!((found.mean_square_error() - 1.0 / 768.0).abs() < 1e-12);
///
/// let refused = LeastSquares.approximate(129, &relu).unwrap_err();
/// assert!(matches!(refused, ActivationError::Degree { limit: 128, .. }));
/// # Ok::<(), ActivationError>(())
/// ```
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
        let function = |x| target.function().at(x);
        Approximation::of(fit(&nodes, degree, target.interval(), function)?, target)
    }
}

/// The relative loss of the smallest error that counts as rounding, and the error, relative to the
/// function's values, below which all is rounding.
const LOSS: f64 = 1e-6;
const ROUNDING: f64 = 1e-12;

/// Returns the series of `degree` with the smallest weighted sum of squared errors over `nodes`.
///
/// The series is on `interval` if that is precise. Where the density has next to no weight, the
/// polynomial may be so large that a series on the whole interval loses all digits. The series is
/// then on the part that has the weight.
///
/// # Errors
/// - [`ActivationError::Density`] if the nodes with weight are too few for the degree.
/// - [`ActivationError::Precision`] if no series has the smallest sum.
pub(crate) fn fit(
    nodes: &[(f64, f64)],
    degree: usize,
    interval: Interval,
    function: impl Fn(f64) -> f64,
) -> Result<Series, ActivationError> {
    let mean_square = |error: &dyn Fn(f64) -> f64| -> f64 {
        let terms = nodes.iter().map(|(x, weight)| weight * error(*x).powi(2));
        terms.sum()
    };
    let rounding = ROUNDING.powi(2) * mean_square(&function);
    for basis in std::iter::once(interval).chain(support(nodes, degree)) {
        let (series, least) = project(nodes, degree, basis, &function)?;
        let actual = mean_square(&|x| series.at(x) - function(x));
        if actual <= (1.0 + LOSS) * least + rounding && actual.is_finite() {
            return Ok(series);
        }
    }
    Err(ActivationError::Precision { degree })
}

/// Returns the interval of the nodes whose weight is at least `exp(-(degree + 1))` of the largest.
/// Under a Gaussian these are `sqrt(2 (degree + 1))` deviations. The orthogonal polynomials
/// oscillate a little further, but a series on a longer interval loses more digits in the middle.
fn support(nodes: &[(f64, f64)], degree: usize) -> Option<Interval> {
    let largest = nodes.iter().fold(0.0_f64, |most, node| most.max(node.1));
    let least = largest * (-((degree + 1) as f64)).exp();
    let mut inside = nodes
        .iter()
        .filter(|node| node.1 >= least)
        .map(|node| node.0);
    let first = inside.next()?;
    let (low, high) = inside.fold((first, first), |(low, high), x| (low.min(x), high.max(x)));
    Interval::new(low, high).ok()
}

/// Projects a function onto the polynomials of `degree`. Returns the projection as a series on
/// `interval`, and the weighted sum of squared errors over `nodes`.
///
/// # Errors
/// [`ActivationError::Density`] if the nodes with weight are too few for the degree.
fn project(
    nodes: &[(f64, f64)],
    degree: usize,
    interval: Interval,
    function: impl Fn(f64) -> f64,
) -> Result<(Series, f64), ActivationError> {
    let mut rest: Vec<f64> = nodes.iter().map(|(x, _)| function(*x)).collect();
    let inner = |a: &[f64], b: &[f64]| -> f64 {
        let terms = nodes.iter().zip(a).zip(b);
        terms.map(|(((_, weight), a), b)| weight * a * b).sum()
    };
    // All polynomials are evaluated at the nodes, for the integrals, and after them at the roots,
    // from which the series is interpolated.
    let roots = Series::roots(interval, degree);
    let points: Vec<f64> = nodes.iter().map(|node| node.0).chain(roots).collect();
    let count = nodes.len();
    let mut previous = vec![0.0; points.len()];
    let mut current = vec![1.0; points.len()];
    let mut sum = vec![0.0; points.len() - count];
    for n in 0..=degree {
        // the norm, which is also the factor of the previous polynomial in the recurrence
        let norm = inner(&current[..count], &current[..count]).sqrt();
        if !(norm > 0.0 && norm.is_finite()) {
            return Err(ActivationError::Density {
                reason: "leaves too few inputs for this degree",
            });
        }
        current.iter_mut().for_each(|value| *value /= norm);
        let coefficient = inner(&current[..count], &rest);
        let values = rest.iter_mut().zip(&current);
        values.for_each(|(rest, value)| *rest -= coefficient * value);
        let values = sum.iter_mut().zip(&current[count..]);
        values.for_each(|(sum, value)| *sum += coefficient * value);
        if n == degree {
            break;
        }
        let times_t: Vec<f64> = points
            .iter()
            .zip(&current)
            .map(|(x, value)| interval.to_unit(*x) * value)
            .collect();
        let middle = inner(&times_t[..count], &current[..count]);
        let next = (0..points.len())
            .map(|i| times_t[i] - middle * current[i] - norm * previous[i])
            .collect();
        previous = std::mem::replace(&mut current, next);
    }
    Ok((Series::through(interval, &sum), inner(&rest, &rest)))
}
