//! What every method gives, and the one interface to all of them.

use crate::error::ActivationError;
use crate::interval::Interval;
use crate::polynomial::Polynomial;
use crate::quadrature::GaussLegendre;

/// The largest degree; beyond it the monomial basis loses half of double precision.
pub const MAX_DEGREE: usize = 32;

/// Samples of the error on each side of zero, before the largest are refined.
const SAMPLES: usize = 2048;

/// The rectifier, `max(0, x)`.
#[must_use]
pub fn relu(x: f64) -> f64 {
    x.max(0.0)
}

/// A way to find a polynomial that is close to ReLU.
pub trait Method {
    /// Its name, for people.
    fn name(&self) -> &'static str;

    /// The method's polynomial of at most `degree` on `interval`.
    ///
    /// # Errors
    /// If the degree is beyond [`MAX_DEGREE`].
    fn approximate(
        &self,
        degree: usize,
        interval: Interval,
    ) -> Result<Approximation, ActivationError>;
}

/// A polynomial and how far from ReLU it is on an interval.
#[derive(Debug, Clone, PartialEq)]
pub struct Approximation {
    polynomial: Polynomial,
    interval: Interval,
    mean_square_error: f64,
    max_error: f64,
}

impl Approximation {
    /// Measures how far any polynomial is from ReLU on `interval`.
    #[must_use]
    pub fn of(polynomial: Polynomial, interval: Interval) -> Self {
        let error = |x: f64| polynomial.at(x) - relu(x);
        let pieces = interval.pieces();
        // The square of the error has at most twice the degree, or two where the degree is zero.
        let rule = GaussLegendre::exact_for(2 * polynomial.coefficients().len().max(2));
        let integral: f64 = pieces
            .iter()
            .map(|piece| rule.integrate(*piece, |x| error(x).powi(2)))
            .sum();
        let max_error = pieces
            .iter()
            .map(|piece| largest_magnitude(*piece, error))
            .fold(0.0, f64::max);
        Self {
            mean_square_error: integral / (2.0 * interval.radius()),
            max_error,
            polynomial,
            interval,
        }
    }

    /// The polynomial.
    #[must_use]
    pub fn polynomial(&self) -> &Polynomial {
        &self.polynomial
    }

    /// The interval on which the errors hold.
    #[must_use]
    pub fn interval(&self) -> Interval {
        self.interval
    }

    /// Mean of the squared error over the interval.
    #[must_use]
    pub fn mean_square_error(&self) -> f64 {
        self.mean_square_error
    }

    /// Largest magnitude of the error on the interval.
    #[must_use]
    pub fn max_error(&self) -> f64 {
        self.max_error
    }
}

pub(crate) fn check_degree(degree: usize) -> Result<(), ActivationError> {
    if degree <= MAX_DEGREE {
        Ok(())
    } else {
        Err(ActivationError::Degree {
            limit: MAX_DEGREE,
            actual: degree,
        })
    }
}

/// The largest magnitude of a smooth function: sampled, then refined around the largest sample.
fn largest_magnitude(interval: Interval, function: impl Fn(f64) -> f64) -> f64 {
    let step = 2.0 * interval.radius() / SAMPLES as f64;
    let magnitude = |x: f64| function(x.clamp(interval.low(), interval.high())).abs();
    let at = |i: usize| interval.low() + step * i as f64;
    let largest = (0..=SAMPLES)
        .max_by(|a, b| magnitude(at(*a)).total_cmp(&magnitude(at(*b))))
        .map_or(interval.low(), at);
    // Ternary search; one maximum between the neighbours of the largest sample.
    let (mut low, mut high) = (largest - step, largest + step);
    for _ in 0..80 {
        let third = (high - low) / 3.0;
        if magnitude(low + third) < magnitude(high - third) {
            low += third;
        } else {
            high -= third;
        }
    }
    magnitude(0.5 * (low + high)).max(magnitude(largest))
}
