//! Targets of an approximation: a function on an interval under a density of inputs.
//!
//! Relies on `function.rs`, `interval.rs` and `density.rs`. Not for polynomials, which an
//! [`Approximation`](crate::Approximation) holds.

use crate::density::Density;
use crate::error::ActivationError;
use crate::function::Function;
use crate::interval::Interval;

/// Nodes on each piece beyond those that the degree needs: SiLU and sigmoid are not polynomials.
const SMOOTH_NODES: usize = 32;

/// A function on an interval under a density of inputs.
///
/// ```
/// use inkognito_activation::{ActivationError, Function, Interval, Target};
///
/// let sign = Target::new(Function::Sign, Interval::symmetric(1.0)?);
/// assert_eq!(sign.clone().with_gap(0.1)?.gap(), 0.1);
///
/// let refused = sign.with_gap(1.0);
/// assert_eq!(refused, Err(ActivationError::Gap { gap: 1.0 }));
/// # Ok::<(), ActivationError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    function: Function,
    interval: Interval,
    density: Density,
    gap: f64,
}

impl Target {
    /// Makes a target under the uniform density, without a gap.
    #[must_use]
    pub fn new(function: Function, interval: Interval) -> Self {
        Self {
            function,
            interval,
            density: Density::Uniform,
            gap: 0.0,
        }
    }

    /// Replaces the density.
    ///
    /// # Errors
    /// [`ActivationError::Density`] if the density has invalid parameters or no weight on the
    /// interval.
    pub fn with_density(self, density: Density) -> Result<Self, ActivationError> {
        density.check()?;
        let target = Self { density, ..self };
        target.nodes(1)?;
        Ok(target)
    }

    /// Leaves out the inputs of magnitude below `gap`: no polynomial is close to the jump of the
    /// sign function.
    ///
    /// # Errors
    /// [`ActivationError::Gap`] if the gap is negative or not finite, or no piece of the interval
    /// remains.
    pub fn with_gap(self, gap: f64) -> Result<Self, ActivationError> {
        let largest = self.interval.high().abs().max(self.interval.low().abs());
        if !(0.0..largest).contains(&gap) {
            return Err(ActivationError::Gap { gap });
        }
        let target = Self { gap, ..self };
        if target.pieces().is_empty() {
            return Err(ActivationError::Gap { gap });
        }
        Ok(target)
    }

    /// Returns the function.
    #[must_use]
    pub fn function(&self) -> Function {
        self.function
    }

    /// Returns the interval.
    #[must_use]
    pub fn interval(&self) -> Interval {
        self.interval
    }

    /// Returns the density.
    #[must_use]
    pub fn density(&self) -> &Density {
        &self.density
    }

    /// Returns half the width of the gap around zero.
    #[must_use]
    pub fn gap(&self) -> f64 {
        self.gap
    }

    /// Returns the parts of the interval on which the function is smooth, without the gap. The
    /// interval is split at zero if the function has a kink or a jump there.
    pub(crate) fn pieces(&self) -> Vec<Interval> {
        let breakpoints = match self.function.is_smooth() && self.gap == 0.0 {
            true => vec![],
            false => vec![-self.gap, 0.0, self.gap],
        };
        let mut pieces = self.interval.split(&breakpoints);
        pieces.retain(|piece| piece.centre().abs() > self.gap || self.gap == 0.0);
        pieces
    }

    /// Returns nodes and weights that integrate, under the density, the product of the function and
    /// a polynomial of `degree`, and the square of their difference.
    ///
    /// # Errors
    /// [`ActivationError::Density`] if the density has no weight on the pieces.
    pub(crate) fn nodes(&self, degree: usize) -> Result<Vec<(f64, f64)>, ActivationError> {
        let count = degree + 2 + SMOOTH_NODES;
        self.density.nodes(&self.pieces(), self.interval, count)
    }
}
