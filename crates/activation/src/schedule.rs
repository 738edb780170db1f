//! The schedules of activations: one part that a circuit evaluates, and one that the weights around
//! it absorb.
//!
//! Relies on `series_schedule.rs` for polynomials of degree three and more. Not for levels and
//! scales of ciphertexts, which `inkognito-network` chooses.

use crate::interval::Interval;
use crate::polynomial::Polynomial;
use crate::series::Series;
use crate::series_schedule::{NEGLIGIBLE, SeriesSchedule};

/// The largest shift of a square `(x + shift)^2`, relative to the largest magnitude of x. The
/// squared values grow with the shift, and the precision of the result falls.
const LARGEST_SHIFT: f64 = 64.0;

/// The evaluation of a polynomial or a [`Composition`](crate::Composition) by a circuit.
/// Linear layers before and after the activation absorb affine maps.
///
/// ```
/// use inkognito_activation::{ActivationError, Interval, Polynomial, Schedule};
///
/// // x^2 / 4 + x / 2 + 3/16 = ((x + 1)^2 - 1/4) / 4
/// let quadratic = Polynomial::new(vec![0.1875, 0.5, 0.25]);
/// let schedule = Schedule::of_polynomial(&quadratic, Interval::symmetric(4.0)?);
/// let square = Schedule::Square { factor: 0.25, shift: 1.0, offset: -0.0625 };
/// assert_eq!(schedule, square);
/// assert_eq!((schedule.depth(), schedule.products()), (1, 1));
/// # Ok::<(), ActivationError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Schedule {
    /// The output does not depend on the input, and nothing is evaluated.
    Constant,
    /// `factor x + offset`. The linear layers absorb it as a whole.
    Affine {
        /// The slope.
        factor: f64,
        /// The value at zero.
        offset: f64,
    },
    /// `factor (x + shift)^2 + offset`. The circuit evaluates one square.
    Square {
        /// The factor of the square. The weights after the activation absorb it.
        factor: f64,
        /// The summand before the square. The bias before the activation absorbs it.
        shift: f64,
        /// The summand after the square. The bias after the activation absorbs it.
        offset: f64,
    },
    /// Any other composition.
    Chain(Chain),
}

/// A chain of series. Each series but the first reads the output of the one before it.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    /// The interval of the input. The first series reads t, which is -1 to 1 over this interval.
    pub input: Interval,
    /// The series, first to last.
    pub stages: Vec<SeriesSchedule>,
    /// For a gated chain, the summand g of the last product `(t + g) y`, where y is the output of
    /// the last series.
    pub gate: Option<f64>,
    /// The factor of the result. The weights after the activation absorb it.
    pub factor: f64,
}

impl Schedule {
    /// Returns the schedule of a polynomial in powers of x, for inputs in `interval`.
    #[must_use]
    pub fn of_polynomial(polynomial: &Polynomial, interval: Interval) -> Self {
        let series = Series::from_polynomial(polynomial, interval);
        match (degree(&series), polynomial.coefficients()) {
            // the coefficients as given, without a change of basis that would round them
            (2, &[c, b, a]) => Self::quadratic(c, b, a, &series),
            _ => Self::of_series(&series),
        }
    }

    /// Returns the schedule of a single series.
    pub(crate) fn of_series(series: &Series) -> Self {
        let first_powers = |count: usize| {
            let first = series.coefficients().iter().take(count).copied().collect();
            Series::new(series.interval(), first).to_polynomial()
        };
        match degree(series) {
            0 => Self::Constant,
            1 => {
                let powers = first_powers(2);
                Self::Affine {
                    factor: powers.coefficients()[1],
                    offset: powers.coefficients()[0],
                }
            }
            2 => {
                let powers = first_powers(3);
                let c = powers.coefficients();
                Self::quadratic(c[0], c[1], c[2], series)
            }
            _ => Self::chain_of_one(series),
        }
    }

    /// Returns the schedule of `c + b x + a x^2`, which `series` is as well.
    fn quadratic(c: f64, b: f64, a: f64, series: &Series) -> Self {
        let shift = b / (2.0 * a);
        let interval = series.interval();
        if shift.abs() > LARGEST_SHIFT * interval.low().abs().max(interval.high().abs()) {
            return Self::chain_of_one(series);
        }
        Self::Square {
            factor: a,
            shift,
            offset: c - b * b / (4.0 * a),
        }
    }

    fn chain_of_one(series: &Series) -> Self {
        SeriesSchedule::new(series.coefficients(), true).map_or(Self::Constant, |stage| {
            Self::Chain(Chain {
                input: series.interval(),
                gate: None,
                factor: stage.factor,
                stages: vec![stage],
            })
        })
    }

    /// Returns the number of levels that the evaluation needs.
    #[must_use]
    pub fn depth(&self) -> usize {
        match self {
            Self::Constant | Self::Affine { .. } => 0,
            Self::Square { .. } => 1,
            Self::Chain(chain) => {
                let stages: usize = chain.stages.iter().map(|stage| stage.depth).sum();
                stages + usize::from(chain.gate.is_some())
            }
        }
    }

    /// Returns the number of products of two ciphertexts.
    #[must_use]
    pub fn products(&self) -> usize {
        match self {
            Self::Constant | Self::Affine { .. } => 0,
            Self::Square { .. } => 1,
            Self::Chain(chain) => {
                let stages: usize = chain.stages.iter().map(SeriesSchedule::products).sum();
                stages + usize::from(chain.gate.is_some())
            }
        }
    }
}

/// Returns the degree, without leading coefficients that are zero up to rounding.
fn degree(series: &Series) -> usize {
    let coefficients = series.coefficients();
    let largest = coefficients.iter().fold(0.0_f64, |l, c| l.max(c.abs()));
    coefficients
        .iter()
        .rposition(|c| c.abs() > largest * NEGLIGIBLE)
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn low_degrees_need_no_chain() {
        let of = |powers: Vec<f64>| {
            let interval = Interval::new(-4.0, 4.0).expect("an interval");
            Schedule::of_polynomial(&Polynomial::new(powers), interval)
        };
        assert_eq!(of(vec![3.0]), Schedule::Constant);
        assert_eq!(of(vec![]), Schedule::Constant);
        let line = of(vec![3.0, 0.5, 0.0]);
        assert_eq!((line.depth(), line.products()), (0, 0));
        assert_eq!(
            of(vec![0.1875, 0.5, 0.25]),
            Schedule::Square {
                factor: 0.25,
                shift: 1.0,
                offset: -0.0625
            }
        );
        // the shift of this square would be too large
        assert_eq!(of(vec![0.0, 1.0, 1e-4]).depth(), 2);
        assert_eq!(of(vec![0.0, 1.0, 0.5, 0.1]).depth(), 2);
        assert_eq!(of(vec![0.0, 1.0, 0.5, 0.1, 0.1]).depth(), 2);
    }
}
