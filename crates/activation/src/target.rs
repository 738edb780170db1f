//! What is to be approximated: a function, where, and how often each input occurs.

use crate::density::Density;
use crate::error::ActivationError;
use crate::function::Function;
use crate::interval::Interval;

/// Nodes a piece, beyond those that the degree asks for: SiLU and sigmoid are no polynomials.
const SMOOTH_NODES: usize = 32;

/// A function on an interval under a density.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    function: Function,
    interval: Interval,
    density: Density,
    gap: f64,
}

impl Target {
    /// `function` on `interval`, every input occurring as often as any other.
    #[must_use]
    pub fn new(function: Function, interval: Interval) -> Self {
        Self {
            function,
            interval,
            density: Density::Uniform,
            gap: 0.0,
        }
    }

    /// The same under another density.
    ///
    /// # Errors
    /// [`ActivationError::Density`] if it has no weight on the interval.
    pub fn with_density(self, density: Density) -> Result<Self, ActivationError> {
        density.check()?;
        let target = Self { density, ..self };
        target.nodes(1)?;
        Ok(target)
    }

    /// The same without the inputs of magnitude below `gap`: no polynomial comes near the jump of
    /// the sign function.
    ///
    /// # Errors
    /// [`ActivationError::Gap`] if the gap is not finite, negative, or leaves nothing.
    pub fn with_gap(self, gap: f64) -> Result<Self, ActivationError> {
        let largest = self.interval.high().abs().max(self.interval.low().abs());
        if !(0.0..largest).contains(&gap) {
            return Err(ActivationError::Gap { gap });
        }
        Ok(Self { gap, ..self })
    }

    /// The function.
    #[must_use]
    pub fn function(&self) -> Function {
        self.function
    }

    /// The interval.
    #[must_use]
    pub fn interval(&self) -> Interval {
        self.interval
    }

    /// The density.
    #[must_use]
    pub fn density(&self) -> &Density {
        &self.density
    }

    /// Inputs of smaller magnitude do not count.
    #[must_use]
    pub fn gap(&self) -> f64 {
        self.gap
    }

    /// The parts on which the function is smooth and counts: cut at zero where it has a kink, and
    /// without the gap.
    pub(crate) fn pieces(&self) -> Vec<Interval> {
        let cuts = match self.function.is_smooth() && self.gap == 0.0 {
            true => vec![],
            false => vec![-self.gap, 0.0, self.gap],
        };
        let mut pieces = self.interval.split(&cuts);
        pieces.retain(|piece| piece.centre().abs() > self.gap || self.gap == 0.0);
        pieces
    }

    /// Points and weights of the density that integrate the function times polynomials of
    /// `degree`, and the square of both.
    pub(crate) fn nodes(&self, degree: usize) -> Result<Vec<(f64, f64)>, ActivationError> {
        let count = degree + 2 + SMOOTH_NODES;
        self.density.nodes(&self.pieces(), self.interval, count)
    }
}
