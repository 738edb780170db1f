//! What every method gives, and the one interface to all of them.

use crate::composition::Composition;
use crate::error::ActivationError;
use crate::interval::Interval;
use crate::polynomial::Polynomial;
use crate::series::Series;
use crate::target::Target;

/// The largest degree of a single polynomial.
pub const MAX_DEGREE: usize = 128;

/// Samples of the error on each piece, before the largest are refined.
const SAMPLES: usize = 4096;

/// A way to find a polynomial that is close to a function.
pub trait Method {
    /// Its name, for people.
    fn name(&self) -> &'static str;

    /// The method's polynomial of at most `degree` for `target`.
    ///
    /// # Errors
    /// If the degree is beyond [`MAX_DEGREE`], or if the method is not for such a target.
    fn approximate(&self, degree: usize, target: &Target)
    -> Result<Approximation, ActivationError>;
}

/// A polynomial and how far from its target it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Approximation {
    composition: Composition,

    target: Target,
    mean_square_error: f64,
    max_error: f64,
}

impl Approximation {
    /// Measures how far any polynomial, or chain of polynomials, is from a target.
    ///
    /// # Errors
    /// [`ActivationError::Density`] if the density has no weight on the interval.
    pub fn of(
        composition: impl Into<Composition>,
        target: &Target,
    ) -> Result<Self, ActivationError> {
        let composition = composition.into();
        let degree = composition.degree();
        let error = |x: f64| composition.at(x) - target.function().at(x);
        let nodes = target.nodes(degree)?;
        let mean_square_error = nodes.iter().map(|&(x, weight)| weight * error(x).powi(2));
        let mean_square_error = mean_square_error.sum();
        let max_error = target
            .pieces()
            .iter()
            .map(|piece| largest_magnitude(*piece, target.gap() > 0.0, error))
            .fold(0.0, f64::max);
        Ok(Self {
            mean_square_error,
            max_error,
            composition,
            target: target.clone(),
        })
    }

    /// How the polynomial is put together.
    #[must_use]
    pub fn composition(&self) -> &Composition {
        &self.composition
    }

    /// The polynomial in the Chebyshev basis of the target's interval, multiplied out.
    #[must_use]
    pub fn series(&self) -> Series {
        self.composition.expanded(self.target.interval())
    }

    /// The polynomial in powers, multiplied out: as exact as the degree allows, which is less and
    /// less beyond 20.
    #[must_use]
    pub fn polynomial(&self) -> Polynomial {
        self.series().to_polynomial()
    }

    /// What was approximated.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The value at `x`.
    #[must_use]
    pub fn at(&self, x: f64) -> f64 {
        self.composition.at(x)
    }

    /// Mean of the squared error over the interval, weighted by the density.
    #[must_use]
    pub fn mean_square_error(&self) -> f64 {
        self.mean_square_error
    }

    /// Largest magnitude of the error on the interval.
    #[must_use]
    pub fn max_error(&self) -> f64 {
        self.max_error
    }

    /// Multiplications in a row that the encrypted circuit needs, those with constants included.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.composition.schedule().depth()
    }

    /// Products of two ciphertexts that the encrypted circuit needs.
    #[must_use]
    pub fn products(&self) -> usize {
        self.composition.schedule().products()
    }
}

pub(crate) fn check_degree(least: usize, degree: usize) -> Result<(), ActivationError> {
    if (least..=MAX_DEGREE).contains(&degree) {
        Ok(())
    } else {
        Err(ActivationError::Degree {
            least,
            limit: MAX_DEGREE,
            actual: degree,
        })
    }
}

/// The largest magnitude of a smooth function: sampled, then refined around the largest sample.
/// With a jump at zero, that point itself does not count.
fn largest_magnitude(interval: Interval, open: bool, function: impl Fn(f64) -> f64) -> f64 {
    let tiny = if open { 1e-12 } else { 0.0 };
    let magnitude = |t: f64| {
        let x = interval.at(t.clamp(-1.0, 1.0));
        if x.abs() < tiny {
            0.0
        } else {
            function(x).abs()
        }
    };
    // Denser towards the ends, where polynomials swing most.
    let at = |i: usize| -(std::f64::consts::PI * i as f64 / SAMPLES as f64).cos();
    let (mut best, mut largest) = (0, 0.0);
    for i in 0..=SAMPLES {
        let value = magnitude(at(i));
        if value > largest {
            (best, largest) = (i, value);
        }
    }
    maximum(
        at(best.saturating_sub(1)),
        at((best + 1).min(SAMPLES)),
        magnitude,
    )
    .1
    .max(largest)
}

/// The maximum, and where, of a function with only one between `low` and `high`.
pub(crate) fn maximum(mut low: f64, mut high: f64, function: impl Fn(f64) -> f64) -> (f64, f64) {
    for _ in 0..90 {
        let third = (high - low) / 3.0;
        if function(low + third) < function(high - third) {
            low += third;
        } else {
            high -= third;
        }
    }
    let middle = 0.5 * (low + high);
    (middle, function(middle))
}
