//! Chains of polynomials: what a method gives, and what the encrypted circuit evaluates.

use crate::error::ActivationError;
use crate::interval::Interval;
use crate::polynomial::Polynomial;
use crate::schedule::SeriesSchedule;
use crate::series::Series;

/// The largest shift, over the input's largest magnitude, with which a quadratic is completed to a
/// bare square: what is squared grows by as much.
const LARGEST_SHIFT: f64 = 64.0;

/// `p_n(… p_2(p_1(x)))`, or that times x: with a chain for the sign function, `x (1 + sign x) / 2`
/// is ReLU.
#[derive(Debug, Clone, PartialEq)]
pub struct Composition {
    stages: Vec<Series>,
    gated: bool,
}

/// How a [`Composition`] is evaluated on ciphertexts.
#[derive(Debug, Clone, PartialEq)]
pub enum Schedule {
    /// Nothing to evaluate: the output does not depend on the input.
    Constant,
    /// `factor x + offset`: all of it goes into the neighbouring weights.
    Affine {
        /// The slope.
        factor: f64,
        /// The value at zero.
        offset: f64,
    },
    /// `factor (x + shift)^2 + offset`: one square, the rest goes into the neighbouring weights.
    Square {
        /// What the square is multiplied with, in the weights behind.
        factor: f64,
        /// What is added before, in the bias before.
        shift: f64,
        /// What is added to the whole, in the bias behind.
        offset: f64,
    },
    /// Anything else.
    Chain(Chain),
}

/// A chain of series, each of what the one before gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    /// The first series is one of t, from -1 to 1 over this interval.
    pub input: Interval,
    /// The series, first to last.
    pub stages: Vec<SeriesSchedule>,
    /// What is added to t before it is multiplied with the last series, if it is.
    pub gate: Option<f64>,
    /// What the whole is multiplied with, in the weights behind.
    pub factor: f64,
}

impl Composition {
    /// A chain, first polynomial first; `gated` if the result is multiplied with the input.
    ///
    /// # Errors
    /// [`ActivationError::Degree`] if there is no stage, or one without coefficients.
    pub fn new(stages: Vec<Series>, gated: bool) -> Result<Self, ActivationError> {
        let shortest = stages.iter().map(|stage| stage.coefficients().len()).min();
        if shortest.unwrap_or(0) == 0 {
            return Err(ActivationError::Degree {
                least: 0,
                limit: crate::MAX_DEGREE,
                actual: 0,
            });
        }
        Ok(Self { stages, gated })
    }

    /// The polynomials, first to last.
    #[must_use]
    pub fn stages(&self) -> &[Series] {
        &self.stages
    }

    /// Whether the result is multiplied with the input.
    #[must_use]
    pub fn is_gated(&self) -> bool {
        self.gated
    }

    /// The value at `x`.
    #[must_use]
    pub fn at(&self, x: f64) -> f64 {
        let y = self.stages.iter().fold(x, |y, stage| stage.at(y));
        if self.gated { x * y } else { y }
    }

    /// The degree when multiplied out.
    #[must_use]
    pub fn degree(&self) -> usize {
        let degrees = self
            .stages
            .iter()
            .map(|s| s.coefficients().len().max(1) - 1);
        degrees.fold(1, usize::saturating_mul) + usize::from(self.gated)
    }

    /// The one series on `interval` that this is when multiplied out.
    #[must_use]
    pub fn expanded(&self, interval: Interval) -> Series {
        match &*self.stages {
            [only] if !self.gated && only.interval() == interval => only.clone(),
            _ => Series::interpolating(interval, self.degree(), |x| self.at(x)),
        }
    }

    /// How it is evaluated.
    #[must_use]
    pub fn schedule(&self) -> Schedule {
        if let ([only], false) = (&*self.stages, self.gated) {
            return Schedule::of_series(only);
        }
        let count = self.stages.len();
        let stages: Option<Vec<_>> = (0..count)
            .map(|i| {
                let mut coefficients = self.stages[i].coefficients().to_vec();
                if let Some(next) = self.stages.get(i + 1) {
                    // give t of the next stage's interval
                    let next = next.interval();
                    coefficients[0] -= next.centre();
                    coefficients.iter_mut().for_each(|c| *c /= next.radius());
                }
                SeriesSchedule::new(&coefficients, i + 1 == count)
            })
            .collect();
        let (Some(stages), Some(first)) = (stages, self.stages.first()) else {
            return self.degenerate();
        };
        let input = first.interval();
        let last = stages.last().map_or(1.0, |stage| stage.factor);
        Schedule::Chain(Chain {
            input,
            gate: self.gated.then(|| input.centre() / input.radius()),
            factor: if self.gated {
                last * input.radius()
            } else {
                last
            },
            stages,
        })
    }

    /// With a constant stage, all that follows is constant.
    fn degenerate(&self) -> Schedule {
        if self.gated {
            let factor = self.stages.iter().fold(0.0, |y, stage| stage.at(y));
            Schedule::Affine {
                factor,
                offset: 0.0,
            }
        } else {
            Schedule::Constant
        }
    }
}

impl From<Series> for Composition {
    fn from(series: Series) -> Self {
        Self {
            stages: vec![series],
            gated: false,
        }
    }
}

impl Schedule {
    /// How a polynomial in powers is evaluated whose inputs lie in `interval`.
    #[must_use]
    pub fn of_polynomial(polynomial: &Polynomial, interval: Interval) -> Self {
        let series = Series::from_polynomial(polynomial, interval);
        match (degree(&series), polynomial.coefficients()) {
            // without a detour, so that no bit changes
            (2, &[c, b, a]) => Self::quadratic(c, b, a, &series),
            _ => Self::of_series(&series),
        }
    }

    fn of_series(series: &Series) -> Self {
        let powers = |count: usize| {
            let short = series.coefficients().iter().take(count).copied().collect();
            Series::new(series.interval(), short).to_polynomial()
        };
        match degree(series) {
            0 => Self::Constant,
            1 => {
                let powers = powers(2);
                Self::Affine {
                    factor: powers.coefficients()[1],
                    offset: powers.coefficients()[0],
                }
            }
            2 => {
                let powers = powers(3);
                let c = powers.coefficients();
                Self::quadratic(c[0], c[1], c[2], series)
            }
            _ => Self::chain_of_one(series),
        }
    }

    /// `c + b x + a x^2`.
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

    /// Levels that it takes.
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

    /// Products of two ciphertexts.
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

/// The degree, without leading coefficients that are zero up to rounding.
fn degree(series: &Series) -> usize {
    let coefficients = series.coefficients();
    let largest = coefficients.iter().fold(0.0_f64, |l, c| l.max(c.abs()));
    coefficients
        .iter()
        .rposition(|c| c.abs() > largest * crate::schedule::NEGLIGIBLE)
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn interval(low: f64, high: f64) -> Interval {
        Interval::new(low, high).expect("an interval")
    }

    /// The value by the steps of the schedule.
    fn evaluated(schedule: &Schedule, x: f64) -> f64 {
        match schedule {
            Schedule::Constant => f64::NAN,
            Schedule::Affine { factor, offset } => factor * x + offset,
            Schedule::Square {
                factor,
                shift,
                offset,
            } => factor * (x + shift).powi(2) + offset,
            Schedule::Chain(chain) => {
                let t = chain.input.position(x);
                let last = chain.stages.len() - 1;
                let stages = chain.stages.iter().enumerate();
                // the last one's factor is part of the whole's
                let y = stages.fold(t, |y, (i, stage)| {
                    stage.at(y) / if i == last { stage.factor } else { 1.0 }
                });
                chain.factor * chain.gate.map_or(y, |offset| (t + offset) * y)
            }
        }
    }

    #[test]
    fn low_degrees_need_no_chain() {
        let of = |powers: Vec<f64>| {
            Schedule::of_polynomial(&Polynomial::new(powers), interval(-4.0, 4.0))
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
        // too flat a square
        assert_eq!(of(vec![0.0, 1.0, 1e-4]).depth(), 2);
        assert_eq!(of(vec![0.0, 1.0, 0.5, 0.1]).depth(), 2);
        assert_eq!(of(vec![0.0, 1.0, 0.5, 0.1, 0.1]).depth(), 2);
    }

    proptest! {
        #[test]
        fn schedules_give_the_composition(
            first in prop::collection::vec(-1.0..1.0_f64, 1..6),
            second in prop::collection::vec(-1.0..1.0_f64, 0..6),
            low in -3.0..-0.5_f64, high in 0.5..3.0_f64, at in 0.0..1.0_f64, gated in any::<bool>(),
        ) {
            let mut stages = vec![Series::new(interval(low, high), first)];
            if !second.is_empty() {
                stages.push(Series::new(interval(-5.0, 6.0), second));
            }
            let composition = Composition::new(stages, gated).expect("stages");
            let x = low + at * (high - low);
            let schedule = composition.schedule();
            let expected = composition.at(x);
            if schedule == Schedule::Constant {
                let mean = composition.at(low + 0.3);
                prop_assert!((mean - expected).abs() < 1e-7);
            } else {
                prop_assert!((evaluated(&schedule, x) - expected).abs() < 1e-7);
            }
            let wide = composition.expanded(interval(low, high));
            prop_assert!((wide.at(x) - expected).abs() < 1e-8);
        }
    }
}
