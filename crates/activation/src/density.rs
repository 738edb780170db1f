//! The density of the inputs of an activation: how often each input occurs.
//!
//! Relies on `quadrature.rs` for integrals. Not for drawing samples.

use crate::error::ActivationError;
use crate::interval::Interval;
use crate::quadrature::GaussLegendre;

/// Standard deviations from the mean beyond which a Gaussian is negligible in double precision.
const GAUSSIAN_REACH: f64 = 12.0;

/// The density of the inputs, up to a factor. On an interval it is normalised to integral one.
///
/// ```
/// use inkognito_activation::{ActivationError, Density, Function, Interval, Target};
///
/// let relu = Target::new(Function::Relu, Interval::symmetric(4.0)?);
/// assert!(relu.clone().with_density(Density::STANDARD_NORMAL).is_ok());
///
/// let degenerate = Density::Gaussian { mean: 0.0, deviation: 0.0 };
/// let refused = relu.with_density(degenerate).unwrap_err();
/// assert!(matches!(refused, ActivationError::Density { .. }));
/// # Ok::<(), ActivationError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Density {
    /// The uniform density.
    #[default]
    Uniform,
    /// The density `1 / sqrt(1 - t^2)`, where t is -1 to 1 over the interval. The Chebyshev
    /// polynomials are orthogonal under it, and its least-squares polynomials are close to minimax.
    Chebyshev,
    /// The normal distribution, such as after batch normalisation.
    Gaussian {
        /// The mean.
        mean: f64,
        /// The standard deviation.
        deviation: f64,
    },
    /// Counted inputs, for example of a training set.
    Histogram(Histogram),
}

/// Counts of inputs in bins.
///
/// ```
/// use inkognito_activation::{ActivationError, Histogram};
///
/// let histogram = Histogram::of(&[0.0, 0.1, 0.9, 1.0], 2)?;
/// assert_eq!(histogram.edges(), [0.0, 0.5, 1.0]);
/// assert_eq!(histogram.counts(), [2.0, 2.0]);
///
/// assert!(Histogram::of(&[0.0, f64::NAN, 1.0], 2).is_err());
/// assert!(Histogram::new(vec![0.0, 1.0], vec![]).is_err());
/// # Ok::<(), ActivationError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    edges: Vec<f64>,
    counts: Vec<f64>,
}

impl Histogram {
    /// Makes a histogram with `counts[i]` inputs between `edges[i]` and `edges[i + 1]`.
    ///
    /// # Errors
    /// [`ActivationError::Density`] if the edges are not finite and increasing, if there is not
    /// exactly one edge more than counts, or if a count is negative or not finite, or all are zero.
    pub fn new(edges: Vec<f64>, counts: Vec<f64>) -> Result<Self, ActivationError> {
        let wrong = |reason| Err(ActivationError::Density { reason });
        if counts.is_empty() || edges.len() != counts.len() + 1 {
            return wrong("needs one edge more than counts");
        }
        if edges
            .windows(2)
            .any(|pair| Interval::new(pair[0], pair[1]).is_err())
        {
            return wrong("needs finite edges that increase");
        }
        if counts
            .iter()
            .any(|count| !(0.0..f64::INFINITY).contains(count))
        {
            return wrong("has a count that is negative or not finite");
        }
        if counts.iter().all(|count| *count == 0.0) {
            return wrong("has no counts");
        }
        Ok(Self { edges, counts })
    }

    /// Counts `values` in `bins` bins of equal width, from the smallest value to the largest.
    ///
    /// # Errors
    /// [`ActivationError::Density`] for no bins, for values that are not finite, or if the smallest
    /// value is not below the largest.
    ///
    /// # Panics
    /// If memory does not suffice for `bins` counts.
    pub fn of(values: &[f64], bins: usize) -> Result<Self, ActivationError> {
        if values.iter().any(|value| !value.is_finite()) {
            return Err(ActivationError::Density {
                reason: "needs finite values",
            });
        }
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let interval = Interval::new(low, high).map_err(|_| ActivationError::Density {
            reason: "needs values that differ",
        })?;
        let width = 2.0 * interval.radius() / bins as f64;
        let mut counts = vec![0.0; bins];
        for value in values {
            let bin = ((value - low) / width) as usize;
            if let Some(count) = counts.get_mut(bin.min(bins.saturating_sub(1))) {
                *count += 1.0;
            }
        }
        let edges = (0..=bins).map(|i| low + width * i as f64).collect();
        Self::new(edges, counts)
    }

    /// Returns the bounds of the bins: one more than there are counts.
    #[must_use]
    pub fn edges(&self) -> &[f64] {
        &self.edges
    }

    /// Returns the number of inputs in each bin.
    #[must_use]
    pub fn counts(&self) -> &[f64] {
        &self.counts
    }
}

impl Density {
    /// The standard normal distribution.
    pub const STANDARD_NORMAL: Self = Self::Gaussian {
        mean: 0.0,
        deviation: 1.0,
    };

    /// Returns the name that users see.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Uniform => "uniform".into(),
            Self::Chebyshev => "Chebyshev".into(),
            Self::Gaussian { mean, deviation } => format!("Gaussian({mean}, {deviation})"),
            Self::Histogram(histogram) => format!("histogram of {} bins", histogram.counts.len()),
        }
    }

    /// Checks the parameters of a Gaussian. Those of a histogram are valid by construction.
    ///
    /// # Errors
    /// [`ActivationError::Density`] for a mean or a deviation that is not finite, or a deviation
    /// that is not positive.
    pub(crate) fn check(&self) -> Result<(), ActivationError> {
        match *self {
            Self::Gaussian { mean, deviation }
                if !mean.is_finite() || !deviation.is_finite() || deviation <= 0.0 =>
            {
                Err(ActivationError::Density {
                    reason: "needs a finite mean and a positive deviation",
                })
            }
            _ => Ok(()),
        }
    }

    /// Returns nodes and weights of a quadrature rule over `pieces`, which are parts of `interval`.
    /// The weights sum to one. The rule is for functions that are smooth on each piece. It is exact
    /// for polynomials up to degree `2 count - 1` under the uniform density.
    ///
    /// # Errors
    /// [`ActivationError::Density`] if the density has no weight on the pieces.
    pub(crate) fn nodes(
        &self,
        pieces: &[Interval],
        interval: Interval,
        count: usize,
    ) -> Result<Vec<(f64, f64)>, ActivationError> {
        let rule = GaussLegendre::exact_for(2 * count - 1);
        let mut nodes = Vec::new();
        for piece in pieces {
            self.piece_nodes(*piece, interval, &rule, &mut nodes);
        }
        let total: f64 = nodes.iter().map(|node| node.1).sum();
        if !(total > 0.0 && total.is_finite()) {
            return Err(ActivationError::Density {
                reason: "has no weight on the interval",
            });
        }
        nodes.iter_mut().for_each(|node| node.1 /= total);
        Ok(nodes)
    }

    /// Appends nodes and weights of one piece, not normalised.
    fn piece_nodes(
        &self,
        piece: Interval,
        interval: Interval,
        rule: &GaussLegendre,
        nodes: &mut Vec<(f64, f64)>,
    ) {
        match self {
            Self::Uniform => nodes.extend(rule.nodes_on(piece)),
            Self::Chebyshev => {
                // the substitution x = centre + radius cos(angle) removes the singularities
                let angle = |x: f64| interval.to_unit(x).clamp(-1.0, 1.0).acos();
                if let Ok(angles) = Interval::new(angle(piece.high()), angle(piece.low())) {
                    let node = |(angle, weight): (f64, f64)| (interval.point(angle.cos()), weight);
                    nodes.extend(rule.nodes_on(angles).map(node));
                }
            }
            Self::Gaussian { mean, deviation } => {
                let reach = GAUSSIAN_REACH * deviation;
                let (low, high) = (mean - reach, mean + reach);
                let Ok(piece) = Interval::new(low.max(piece.low()), high.min(piece.high())) else {
                    return;
                };
                // on parts of at most one standard deviation the rule is accurate
                let parts = (2.0 * piece.radius() / deviation).ceil().max(1.0);
                let width = 2.0 * piece.radius() / parts;
                let breakpoints: Vec<f64> = (1..parts as usize)
                    .map(|i| piece.low() + width * i as f64)
                    .collect();
                let bell = |x: f64| (-0.5 * ((x - mean) / deviation).powi(2)).exp();
                for part in piece.split(&breakpoints) {
                    nodes.extend(rule.nodes_on(part).map(|(x, weight)| (x, weight * bell(x))));
                }
            }
            Self::Histogram(Histogram { edges, counts }) => {
                for (edges, count) in edges.windows(2).zip(counts).filter(|bin| *bin.1 > 0.0) {
                    let bin = Interval::new(edges[0], edges[1]);
                    let Some(part) = bin.ok().and_then(|bin| bin.intersection(piece)) else {
                        continue;
                    };
                    let height = count / (edges[1] - edges[0]);
                    nodes.extend(rule.nodes_on(part).map(|(x, weight)| (x, weight * height)));
                }
            }
        }
    }
}
