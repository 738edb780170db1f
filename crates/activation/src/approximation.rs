//! Approximations: the common result of all methods, and their common interface.
//!
//! Relies on `series.rs` and `target.rs`. Not for finding polynomials, for which each method has a
//! file of its own.

use crate::composition::Composition;
use crate::degree::check_degree_within;
use crate::error::ActivationError;
use crate::interval::Interval;
use crate::polynomial::Polynomial;
use crate::series::Series;
use crate::target::Target;

/// The largest degree of a composition whose errors are measured.
const MAX_COMPOSITION_DEGREE: usize = 4096;

/// Samples of the error on each piece. The search around the largest sample starts from them.
const SAMPLES: usize = 4096;

/// A method that finds a polynomial close to a function.
pub trait Method {
    /// Returns the name that users see.
    fn name(&self) -> &'static str;

    /// Finds a polynomial of at most `degree` for `target`.
    ///
    /// # Errors
    /// - [`ActivationError::Degree`] if the degree exceeds [`MAX_DEGREE`](crate::MAX_DEGREE) or a
    ///   limit of the method.
    /// - [`ActivationError::Method`], [`ActivationError::NeedsGap`] or [`ActivationError::Density`]
    ///   if the method does not apply to the target.
    /// - [`ActivationError::NotConverged`] if an iteration does not converge.
    /// - [`ActivationError::Precision`] if 64-bit floats are too coarse for the polynomial.
    fn approximate(&self, degree: usize, target: &Target)
    -> Result<Approximation, ActivationError>;
}

/// A polynomial, or a composition of polynomials, with its errors against a target.
///
/// ```
/// use inkognito_activation::{ActivationError, Approximation, Function, Interval, Series, Target};
///
/// // (1 + x) / 2 on [-1, 1], as an approximation of ReLU
/// let unit = Interval::symmetric(1.0)?;
/// let line = Series::new(unit, vec![0.5, 0.5]);
/// let measured = Approximation::of(line, &Target::new(Function::Relu, unit))?;
/// assert!((measured.max_error() - 0.5).abs() < 1e-12);
/// assert!((measured.mean_square_error() - 1.0 / 12.0).abs() < 1e-12);
/// assert_eq!((measured.depth(), measured.products()), (0, 0));
/// # Ok::<(), ActivationError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Approximation {
    composition: Composition,
    target: Target,
    mean_square_error: f64,
    max_error: f64,
}

impl Approximation {
    /// Measures the errors of any polynomial or composition against a target.
    ///
    /// # Errors
    /// [`ActivationError::Degree`] if the composition's degree exceeds 4096;
    /// [`ActivationError::Density`] if the density has no weight on the interval;
    /// [`ActivationError::Precision`] if an error overflows.
    pub fn of(
        composition: impl Into<Composition>,
        target: &Target,
    ) -> Result<Self, ActivationError> {
        let composition = composition.into();
        let degree = composition.degree();
        check_degree_within(0, MAX_COMPOSITION_DEGREE, degree)?;
        let error = |x: f64| composition.at(x) - target.function().at(x);
        let nodes = target.nodes(degree)?;
        let mean_square_error = nodes.iter().map(|&(x, weight)| weight * error(x).powi(2));
        let mean_square_error: f64 = mean_square_error.sum();
        let max_error = target
            .pieces()
            .iter()
            .map(|piece| largest_magnitude(*piece, error))
            .fold(0.0, f64::max);
        if !(mean_square_error.is_finite() && max_error.is_finite()) {
            return Err(ActivationError::Precision { degree });
        }
        Ok(Self {
            mean_square_error,
            max_error,
            composition,
            target: target.clone(),
        })
    }

    /// Returns the composition.
    #[must_use]
    pub fn composition(&self) -> &Composition {
        &self.composition
    }

    /// Expands the composition into one series on the target's interval.
    #[must_use]
    pub fn series(&self) -> Series {
        self.composition.expanded(self.target.interval())
    }

    /// Expands the composition into one polynomial in powers of x. Beyond degree 20 cancellation
    /// costs more and more of its digits.
    #[must_use]
    pub fn polynomial(&self) -> Polynomial {
        match self.composition.single() {
            Some(series) => series.to_polynomial(),
            None => self.series().to_polynomial(),
        }
    }

    /// Returns the target.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Returns the value at `x`.
    #[must_use]
    pub fn at(&self, x: f64) -> f64 {
        self.composition.at(x)
    }

    /// Returns the mean of the squared error over the interval under the density.
    #[must_use]
    pub fn mean_square_error(&self) -> f64 {
        self.mean_square_error
    }

    /// Returns the largest magnitude of the error on the interval, without the gap.
    #[must_use]
    pub fn max_error(&self) -> f64 {
        self.max_error
    }

    /// Returns the number of levels that a circuit needs for the evaluation.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.composition.schedule().depth()
    }

    /// Returns the number of products of two ciphertexts that a circuit needs.
    #[must_use]
    pub fn products(&self) -> usize {
        self.composition.schedule().products()
    }
}

/// Returns the largest magnitude of a smooth function: samples it, then searches around the largest
/// sample. A value that is not a number counts as infinite.
fn largest_magnitude(interval: Interval, function: impl Fn(f64) -> f64) -> f64 {
    let magnitude = |t: f64| {
        let value = function(interval.point(t.clamp(-1.0, 1.0))).abs();
        if value.is_nan() { f64::INFINITY } else { value }
    };
    // samples are denser towards the ends, where polynomials oscillate most
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

/// Returns the point and the value of the maximum of a function that has one maximum between `low`
/// and `high`, by ternary search.
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
