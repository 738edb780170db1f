//! The interval on which a polynomial is to be close to a function.

use crate::error::ActivationError;

/// A closed interval of finite length, `low < high`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    low: f64,
    high: f64,
}

impl Interval {
    /// The interval `[low, high]`.
    ///
    /// # Errors
    /// If a bound is not finite, or `low` is not below `high`, or their distance overflows.
    pub fn new(low: f64, high: f64) -> Result<Self, ActivationError> {
        if low < high && (high - low).is_finite() {
            Ok(Self { low, high })
        } else {
            Err(ActivationError::Interval { low, high })
        }
    }

    /// The interval `[-radius, radius]`.
    ///
    /// # Errors
    /// If `radius` is not positive and finite.
    pub fn symmetric(radius: f64) -> Result<Self, ActivationError> {
        Self::new(-radius, radius)
    }

    /// Lower bound.
    #[must_use]
    pub fn low(self) -> f64 {
        self.low
    }

    /// Upper bound.
    #[must_use]
    pub fn high(self) -> f64 {
        self.high
    }

    /// The middle.
    #[must_use]
    pub fn centre(self) -> f64 {
        0.5 * self.low + 0.5 * self.high
    }

    /// Half the length.
    #[must_use]
    pub fn radius(self) -> f64 {
        0.5 * (self.high - self.low)
    }

    /// Whether it reaches as far below zero as above.
    #[must_use]
    pub fn is_symmetric(self) -> bool {
        self.low == -self.high
    }

    /// The point `centre + radius t`; the bounds themselves for -1 and 1.
    pub(crate) fn at(self, t: f64) -> f64 {
        (self.centre() + self.radius() * t).clamp(self.low, self.high)
    }

    /// Where `x` lies, -1 for the lower bound and 1 for the upper one.
    pub(crate) fn position(self, x: f64) -> f64 {
        (x - self.centre()) / self.radius()
    }

    /// What both have in common, if that has a length.
    pub(crate) fn intersection(self, other: Self) -> Option<Self> {
        Self::new(self.low.max(other.low), self.high.min(other.high)).ok()
    }

    /// The parts between the points of `cuts` that lie inside, in order.
    pub(crate) fn split(self, cuts: &[f64]) -> Vec<Self> {
        let mut bounds: Vec<f64> = cuts
            .iter()
            .copied()
            .filter(|cut| self.low < *cut && *cut < self.high)
            .chain([self.low, self.high])
            .collect();
        bounds.sort_by(f64::total_cmp);
        bounds.dedup();
        bounds
            .windows(2)
            .map(|pair| Self {
                low: pair[0],
                high: pair[1],
            })
            .collect()
    }
}
