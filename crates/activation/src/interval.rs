//! Intervals of inputs.
//!
//! Relies on nothing but arithmetic in 64-bit floats. Not for unbounded inputs.

use crate::error::ActivationError;

/// A closed interval of finite length with `low < high`.
///
/// ```
/// use inkognito_activation::{ActivationError, Interval};
///
/// let interval = Interval::new(-1.0, 3.0)?;
/// assert_eq!((interval.centre(), interval.radius()), (1.0, 2.0));
///
/// assert!(Interval::new(1.0, 1.0).is_err());
/// assert!(Interval::new(0.0, f64::INFINITY).is_err());
/// # Ok::<(), ActivationError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    low: f64,
    high: f64,
}

impl Interval {
    /// Makes the interval `[low, high]`.
    ///
    /// # Errors
    /// [`ActivationError::Interval`] if a bound is not finite, `low` is not below `high`, or their
    /// distance overflows.
    pub fn new(low: f64, high: f64) -> Result<Self, ActivationError> {
        if low < high && (high - low).is_finite() {
            Ok(Self { low, high })
        } else {
            Err(ActivationError::Interval { low, high })
        }
    }

    /// Makes the interval `[-radius, radius]`.
    ///
    /// # Errors
    /// [`ActivationError::Interval`] if `radius` is not positive and finite, or `2 radius`
    /// overflows.
    pub fn symmetric(radius: f64) -> Result<Self, ActivationError> {
        Self::new(-radius, radius)
    }

    /// Returns the lower bound.
    #[must_use]
    pub fn low(self) -> f64 {
        self.low
    }

    /// Returns the upper bound.
    #[must_use]
    pub fn high(self) -> f64 {
        self.high
    }

    /// Returns the middle.
    #[must_use]
    pub fn centre(self) -> f64 {
        0.5 * self.low + 0.5 * self.high
    }

    /// Returns half the length.
    #[must_use]
    pub fn radius(self) -> f64 {
        0.5 * (self.high - self.low)
    }

    /// Returns whether `low` is `-high`.
    #[must_use]
    pub fn is_symmetric(self) -> bool {
        self.low == -self.high
    }

    /// Maps t in [-1, 1] to `centre + radius t`. Maps -1 and 1 to exactly the bounds.
    pub(crate) fn point(self, t: f64) -> f64 {
        (self.centre() + self.radius() * t).clamp(self.low, self.high)
    }

    /// Maps x to t, the lower bound to -1 and the upper bound to 1.
    pub(crate) fn to_unit(self, x: f64) -> f64 {
        (x - self.centre()) / self.radius()
    }

    /// Returns the intersection, or `None` if that is empty or a point.
    pub(crate) fn intersection(self, other: Self) -> Option<Self> {
        Self::new(self.low.max(other.low), self.high.min(other.high)).ok()
    }

    /// Splits the interval at those breakpoints that lie inside. Returns the parts in order.
    pub(crate) fn split(self, breakpoints: &[f64]) -> Vec<Self> {
        let mut bounds: Vec<f64> = breakpoints
            .iter()
            .copied()
            .filter(|x| self.low < *x && *x < self.high)
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
