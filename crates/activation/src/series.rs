//! Polynomials in the Chebyshev basis of an interval. This basis is well conditioned for degrees
//! for which powers lose all precision.
//!
//! Relies on the interval. Not for values outside it, where the basis grows fast.

use crate::interval::Interval;
use crate::polynomial::Polynomial;
use std::f64::consts::PI;

/// The series `c0 + c1 T_1(t) + c2 T_2(t) + …`, where the affine map from x to t takes an interval
/// to [-1, 1].
///
/// ```
/// use inkognito_activation::{ActivationError, Interval, Polynomial, Series};
///
/// // T_2(x / 2) = x^2 / 2 - 1
/// let series = Series::new(Interval::symmetric(2.0)?, vec![0.0, 0.0, 1.0]);
/// assert_eq!(series.at(2.0), 1.0);
/// assert_eq!(series.to_polynomial(), Polynomial::new(vec![-1.0, 0.0, 0.5]));
/// # Ok::<(), ActivationError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    interval: Interval,
    coefficients: Vec<f64>,
}

impl Series {
    /// Makes a series of these coefficients, constant first. No coefficients make the zero series.
    #[must_use]
    pub fn new(interval: Interval, coefficients: Vec<f64>) -> Self {
        Self {
            interval,
            coefficients,
        }
    }

    /// Interpolates `function` by a polynomial of `degree` at the `degree + 1` roots of
    /// `T_(degree + 1)` over the interval, in a number of steps that grows with the square of the
    /// degree. A polynomial of at most this degree is its own interpolant.
    ///
    /// # Panics
    /// If memory does not suffice for `degree + 1` values.
    #[must_use]
    pub fn interpolating(interval: Interval, degree: usize, function: impl Fn(f64) -> f64) -> Self {
        let values: Vec<f64> = Self::roots(interval, degree).map(function).collect();
        Self::through(interval, &values)
    }

    /// Returns the roots of `T_(degree + 1)` over the interval, in descending order.
    pub(crate) fn roots(interval: Interval, degree: usize) -> impl Iterator<Item = f64> {
        (0..=degree).map(move |i| interval.point(angle(i, degree + 1).cos()))
    }

    /// Returns the polynomial with these values at the [`Series::roots`].
    pub(crate) fn through(interval: Interval, values: &[f64]) -> Self {
        let count = values.len();
        let coefficients = (0..count).map(|k| {
            let terms = values.iter().enumerate();
            let sum: f64 = terms
                .map(|(i, value)| value * (k as f64 * angle(i, count)).cos())
                .sum();
            sum * if k == 0 { 1.0 } else { 2.0 } / count as f64
        });
        Self::new(interval, coefficients.collect())
    }

    /// Converts a polynomial in powers to a series on `interval`.
    #[must_use]
    pub fn from_polynomial(polynomial: &Polynomial, interval: Interval) -> Self {
        // Horner's rule over series: multiply by x = centre + radius t, add a coefficient. The
        // product t T_k is the mean of T_(k - 1) and T_(k + 1).
        let powers = polynomial.coefficients();
        let (centre, radius) = (interval.centre(), interval.radius());
        let mut sum = vec![0.0; powers.len()];
        for power in powers.iter().rev() {
            let mut next: Vec<f64> = sum.iter().map(|c| centre * c).collect();
            for (k, c) in sum.iter().enumerate() {
                let share = if k == 0 { radius * c } else { 0.5 * radius * c };
                if k > 0 {
                    next[k - 1] += share;
                }
                // the coefficient above the last one is zero
                if let Some(above) = next.get_mut(k + 1) {
                    *above += share;
                }
            }
            if let Some(constant) = next.first_mut() {
                *constant += power;
            }
            sum = next;
        }
        Self::new(interval, sum)
    }

    /// Converts the series to a polynomial in powers. Each degree loses about 1.3 bits to
    /// cancellation.
    #[must_use]
    pub fn to_polynomial(&self) -> Polynomial {
        let count = self.coefficients.len();
        let mut sum = vec![0.0; count];
        let (mut previous, mut current) = (vec![0.0; count], vec![0.0; count]);
        if let Some(one) = current.first_mut() {
            *one = 1.0;
        }
        for (k, coefficient) in self.coefficients.iter().enumerate() {
            for (sum, power) in sum.iter_mut().zip(&current) {
                *sum += coefficient * power;
            }
            // T_1 = t T_0, and T_(k+1) = 2 t T_k - T_(k-1)
            let factor = if k == 0 { 1.0 } else { 2.0 };
            let next = (0..count)
                .map(|i| if i == 0 { 0.0 } else { factor * current[i - 1] } - previous[i])
                .collect();
            previous = std::mem::replace(&mut current, next);
        }
        Polynomial::new(sum).substitute_affine(self.interval.centre(), self.interval.radius())
    }

    /// Returns the coefficients, constant first.
    #[must_use]
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// Returns the interval of the basis.
    #[must_use]
    pub fn interval(&self) -> Interval {
        self.interval
    }

    /// Returns the value at `x`, by Clenshaw's recurrence.
    #[must_use]
    pub fn at(&self, x: f64) -> f64 {
        let t = self.interval.to_unit(x);
        let (mut b1, mut b2) = (0.0, 0.0);
        for coefficient in self.coefficients.iter().skip(1).rev() {
            (b1, b2) = (2.0 * t * b1 - b2 + coefficient, b1);
        }
        t * b1 - b2 + self.coefficients.first().unwrap_or(&0.0)
    }
}

/// Returns the angle whose cosine is the i-th of the `count` roots of `T_count`.
fn angle(i: usize, count: usize) -> f64 {
    PI * (i as f64 + 0.5) / count as f64
}

/// Returns `T_0(t)`, …, `T_degree(t)`.
pub(crate) fn chebyshev(degree: usize, t: f64) -> Vec<f64> {
    let mut values = vec![1.0, t];
    for k in 1..degree {
        values.push(2.0 * t * values[k] - values[k - 1]);
    }
    values.truncate(degree + 1);
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_series_give_known_polynomials() {
        let unit = Interval::symmetric(1.0).expect("an interval");
        // T_3 = 4 t^3 - 3 t
        let third = Series::new(unit, vec![0.0, 0.0, 0.0, 1.0]);
        assert_eq!(third.to_polynomial().coefficients(), [0.0, -3.0, 0.0, 4.0]);
        assert_eq!(chebyshev(3, 0.5), [1.0, 0.5, -0.5, -1.0]);
        assert_eq!(chebyshev(0, 0.5), [1.0]);
        assert_eq!(Series::new(unit, vec![]).at(0.3), 0.0);
    }

    proptest! {
        #[test]
        fn powers_and_series_are_the_same_polynomial(
            coefficients in prop::collection::vec(-1.0..1.0_f64, 1..12),
            low in -3.0..0.0_f64, length in 0.5..4.0_f64, at in 0.0..1.0_f64,
        ) {
            let interval = Interval::new(low, low + length).expect("an interval");
            let powers = Polynomial::new(coefficients);
            let x = low + at * length;
            let series = Series::from_polynomial(&powers, interval);
            let scale: f64 = series.coefficients().iter().map(|c| c.abs()).sum();
            prop_assert!((series.at(x) - powers.at(x)).abs() < 1e-12 * (1.0 + scale));
            let back = series.to_polynomial();
            prop_assert!((back.at(x) - powers.at(x)).abs() < 1e-9 * (1.0 + scale));
            let found = Series::interpolating(interval, 11, |x| powers.at(x));
            prop_assert!((found.at(x) - powers.at(x)).abs() < 1e-12 * (1.0 + scale));
        }
    }
}
