//! The interval on which a polynomial is to be close to ReLU.

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

    /// The parts on which ReLU is a polynomial: below and above zero, or all in one.
    pub(crate) fn pieces(self) -> Vec<Self> {
        if self.low < 0.0 && 0.0 < self.high {
            vec![
                Self {
                    low: self.low,
                    high: 0.0,
                },
                Self {
                    low: 0.0,
                    high: self.high,
                },
            ]
        } else {
            vec![self]
        }
    }
}
