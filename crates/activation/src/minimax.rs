//! Minimax: the polynomial of smallest largest error.

use crate::approximation::{Approximation, Method, check_degree};
use crate::error::ActivationError;
use crate::exchange::Problem;
use crate::function::{Function, Parity};
use crate::interval::Interval;
use crate::series::Series;
use crate::target::Target;

/// The best approximation in the maximum norm, by Remez's exchange algorithm. The error reaches
/// its largest magnitude `degree + 2` times, with alternating sign.
///
/// On an interval that is symmetric about zero the approximation is found among even or odd
/// polynomials on one side: with both sides the system is degenerate, since a degree more may
/// change nothing. The density has no say.
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
        let straight = function.straight();
        // a slope is beyond degree zero
        let mirrored = interval.is_symmetric() && (degree > 0 || straight[1] == 0.0);
        let series = if mirrored {
            one_sided(degree, target)?
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

/// The best approximation on a symmetric interval, from its upper half.
fn one_sided(degree: usize, target: &Target) -> Result<Series, ActivationError> {
    let (function, interval) = (target.function(), target.interval());
    let [constant, slope] = function.straight();
    let half = Interval::new(target.gap(), interval.high())?;
    let first = match function.parity() {
        Parity::Even => 0,
        Parity::Odd => 1,
    };
    let indices: Vec<usize> = (first..=degree).step_by(2).collect();
    let problem = Problem {
        pieces: &[half],
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

/// The odd minimax polynomial of the sign function on `[-high, -low]` and `[low, high]`, and its
/// largest error.
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
