//! Compositions: chains of polynomials, each of which reads the output of the one before it.
//!
//! Relies on `series.rs` for each polynomial. Not for the choice of the chain, which `composite.rs`
//! makes.

use crate::error::ActivationError;
use crate::interval::Interval;
use crate::schedule::{Chain, Schedule};
use crate::series::Series;
use crate::series_schedule::SeriesSchedule;

/// The composition `p_n(… p_2(p_1(x)))`, or x times that if it is gated. With a chain for the sign
/// function, the gated chain `x (1 + sign x) / 2` is ReLU.
///
/// ```
/// use inkognito_activation::{ActivationError, Composition, Interval, Series};
///
/// let unit = Interval::symmetric(1.0)?;
/// // T_2(T_2(x)) = T_4(x)
/// let square = Series::new(unit, vec![0.0, 0.0, 1.0]);
/// let composition = Composition::new(vec![square.clone(), square], false)?;
/// assert_eq!(composition.degree(), 4);
/// assert!((composition.at(0.5) - -0.5).abs() < 1e-15);
///
/// assert_eq!(Composition::new(vec![], false), Err(ActivationError::Empty));
/// # Ok::<(), ActivationError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Composition {
    stages: Vec<Series>,
    gated: bool,
}

impl Composition {
    /// Makes a composition of polynomials, first to last. If `gated`, the result is multiplied by
    /// the input.
    ///
    /// # Errors
    /// [`ActivationError::Empty`] without stages, or if a stage has no coefficients.
    pub fn new(stages: Vec<Series>, gated: bool) -> Result<Self, ActivationError> {
        if stages.is_empty() || stages.iter().any(|stage| stage.coefficients().is_empty()) {
            return Err(ActivationError::Empty);
        }
        Ok(Self { stages, gated })
    }

    /// Returns the polynomials, first to last.
    #[must_use]
    pub fn stages(&self) -> &[Series] {
        &self.stages
    }

    /// Returns the only polynomial of a composition that is nothing else.
    pub(crate) fn single(&self) -> Option<&Series> {
        match &*self.stages {
            [only] if !self.gated => Some(only),
            _ => None,
        }
    }

    /// Returns whether the result is multiplied by the input.
    #[must_use]
    pub fn is_gated(&self) -> bool {
        self.gated
    }

    /// Returns the value at `x`.
    #[must_use]
    pub fn at(&self, x: f64) -> f64 {
        let y = self.stages.iter().fold(x, |y, stage| stage.at(y));
        if self.gated { x * y } else { y }
    }

    /// Returns the degree of the composition as one polynomial, or `usize::MAX` if it overflows.
    #[must_use]
    pub fn degree(&self) -> usize {
        let degrees = self
            .stages
            .iter()
            .map(|s| s.coefficients().len().max(1) - 1);
        let degree = degrees.fold(1, usize::saturating_mul);
        degree.saturating_add(usize::from(self.gated))
    }

    /// Expands the composition into one series on `interval`, in a number of steps that grows with
    /// the square of [`Composition::degree`].
    ///
    /// # Panics
    /// If memory does not suffice for as many coefficients.
    #[must_use]
    pub fn expanded(&self, interval: Interval) -> Series {
        match self.single() {
            Some(only) if only.interval() == interval => only.clone(),
            _ => Series::interpolating(interval, self.degree(), |x| self.at(x)),
        }
    }

    /// Returns the schedule by which a circuit evaluates the composition.
    #[must_use]
    pub fn schedule(&self) -> Schedule {
        if let Some(only) = self.single() {
            return Schedule::of_series(only);
        }
        let count = self.stages.len();
        let stages: Option<Vec<_>> = (0..count)
            .map(|i| {
                let mut coefficients = self.stages[i].coefficients().to_vec();
                if let Some(next) = self.stages.get(i + 1) {
                    // map the output to t of the next stage's interval
                    let next = next.interval();
                    coefficients[0] -= next.centre();
                    coefficients.iter_mut().for_each(|c| *c /= next.radius());
                }
                SeriesSchedule::new(&coefficients, i + 1 == count)
            })
            .collect();
        let (Some(stages), Some(first)) = (stages, self.stages.first()) else {
            return self.constant_stage_schedule();
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

    /// Returns the schedule of a composition with a constant stage, whose last stage is constant
    /// therefore.
    fn constant_stage_schedule(&self) -> Schedule {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn interval(low: f64, high: f64) -> Interval {
        Interval::new(low, high).expect("an interval")
    }

    /// Evaluates the steps of a schedule.
    fn evaluate(schedule: &Schedule, x: f64) -> f64 {
        match schedule {
            Schedule::Constant => f64::NAN,
            Schedule::Affine { factor, offset } => factor * x + offset,
            Schedule::Square {
                factor,
                shift,
                offset,
            } => factor * (x + shift).powi(2) + offset,
            Schedule::Chain(chain) => {
                let t = chain.input.to_unit(x);
                let last = chain.stages.len() - 1;
                let stages = chain.stages.iter().enumerate();
                // the factor of the last stage is part of the chain's factor
                let y = stages.fold(t, |y, (i, stage)| {
                    stage.at(y) / if i == last { stage.factor } else { 1.0 }
                });
                chain.factor * chain.gate.map_or(y, |offset| (t + offset) * y)
            }
        }
    }

    #[test]
    fn empty_compositions_are_refused() {
        let empty = Series::new(interval(-1.0, 1.0), vec![]);
        for stages in [vec![], vec![empty]] {
            let refused = Composition::new(stages, true).unwrap_err();
            assert_eq!(refused, ActivationError::Empty);
        }
    }

    #[test]
    fn degrees_do_not_overflow() {
        let long = Series::new(interval(-1.0, 1.0), vec![1.0; 1 << 16]);
        let composition = Composition::new(vec![long; 5], true).expect("stages");
        assert_eq!(composition.degree(), usize::MAX);
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
                prop_assert!((evaluate(&schedule, x) - expected).abs() < 1e-7);
            }
            let wide = composition.expanded(interval(low, high));
            prop_assert!((wide.at(x) - expected).abs() < 1e-8);
        }
    }
}
