//! Minimax approximation: the polynomial whose largest error is smallest.
//!
//! Relies on `exchange.rs`. Not for the error under a density of inputs, which `least_squares.rs`
//! makes smallest.

use crate::approximation::{Approximation, Method};
use crate::degree::check_degree;
use crate::error::ActivationError;
use crate::exchange::Problem;
use crate::function::{Function, Parity};
use crate::interval::Interval;
use crate::series::Series;
use crate::target::Target;

/// The best approximation in the maximum norm, by Remez's exchange algorithm (Remez 1934). The
/// error reaches its largest magnitude `degree + 2` times, with alternating sign.
///
/// On an interval that is symmetric about zero, the method solves for an even or odd polynomial on
/// one half. The problem on both halves is degenerate, because one more degree may change nothing.
/// The density has no effect.
///
/// ```
/// use inkognito_activation::{ActivationError, Function, Interval, Method, Minimax, Target};
///
/// // |x| on [-1, 1] is x^2 + 1/8 up to 1/8
/// let unit = Interval::symmetric(1.0)?;
/// let found = Minimax.approximate(2, &Target::new(Function::Abs, unit))?;
/// assert!((found.max_error() - 0.125).abs() < 1e-9);
///
/// let sign = Target::new(Function::Sign, unit);
/// assert_eq!(Minimax.approximate(3, &sign), Err(ActivationError::NeedsGap));
/// assert!(Minimax.approximate(3, &sign.with_gap(0.1)?).is_ok());
/// # Ok::<(), ActivationError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Minimax;

impl Method for Minimax {
    fn name(&self) -> &'static str {
        "minimax"
    }

    fn approximate(
        &self,
        degree: usize,
        target: &Target,
    ) -> Result<Approximation, ActivationError> {
        check_degree(0, degree)?;
        let (function, interval) = (target.function(), target.interval());
        let has_zero = interval.low() <= 0.0 && 0.0 <= interval.high();
        if function == Function::Sign && has_zero && target.gap() == 0.0 {
            return Err(ActivationError::NeedsGap);
        }
        let [_, slope] = function.affine_part();
        // a constant cannot absorb a slope
        let from_one_half = interval.is_symmetric() && (degree > 0 || slope == 0.0);
        let series = if from_one_half {
            symmetric(degree, target)?
        } else {
            let problem = Problem {
                pieces: &target.pieces(),
                interval,
                indices: &(0..=degree).collect::<Vec<_>>(),
                function: |x| function.at(x),
            };
            problem.solve()?.0
        };
        Approximation::of(series, target)
    }
}

/// Finds the best approximation on a symmetric interval from its upper half.
fn symmetric(degree: usize, target: &Target) -> Result<Series, ActivationError> {
    let (function, interval) = (target.function(), target.interval());
    let [constant, slope] = function.affine_part();
    let upper_half = Interval::new(target.gap(), interval.high())?;
    let first = match function.parity() {
        Parity::Even => 0,
        Parity::Odd => 1,
    };
    let indices: Vec<usize> = (first..=degree).step_by(2).collect();
    let problem = Problem {
        pieces: &[upper_half],
        interval,
        indices: &indices,
        function: |x| function.at(x) - constant - slope * x,
    };
    let (rest, _) = problem.solve()?;
    let mut coefficients = rest.coefficients().to_vec();
    coefficients.resize(degree + 1, 0.0);
    coefficients[0] += constant;
    if slope != 0.0 {
        // T_1 is x / radius
        coefficients[1] += slope * interval.radius();
    }
    Ok(Series::new(interval, coefficients))
}

/// Returns the odd minimax polynomial of the sign function on `[-high, -low]` and `[low, high]`,
/// and its largest error.
pub(crate) fn sign_stage(
    degree: usize,
    low: f64,
    high: f64,
) -> Result<(Series, f64), ActivationError> {
    let problem = Problem {
        pieces: &[Interval::new(low, high)?],
        interval: Interval::symmetric(high)?,
        indices: &(1..=degree).step_by(2).collect::<Vec<_>>(),
        function: |_| 1.0,
    };
    problem.solve()
}
