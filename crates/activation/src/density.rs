//! How often each input occurs.

use crate::error::ActivationError;
use crate::interval::Interval;
use crate::quadrature::GaussLegendre;

/// Standard deviations from the mean beyond which a Gaussian weighs nothing in double precision.
const GAUSSIAN_REACH: f64 = 12.0;

/// The density of the inputs, up to a factor; on an interval it is normalised to one.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Density {
    /// Every input as often as any other.
    #[default]
    Uniform,
    /// `1 / sqrt(1 - t^2)` with t from -1 to 1 over the interval: heavy at its ends. The weight of
    /// the Chebyshev polynomials; its least squares are close to minimax.
    Chebyshev,
    /// The normal distribution, as after batch normalisation.
    Gaussian {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        deviation: f64,
    },
    /// What was counted, for example while training.
    Histogram(Histogram),
}

/// Counts of inputs between edges.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    edges: Vec<f64>,
    counts: Vec<f64>,
}

impl Histogram {
    /// `counts[i]` inputs between `edges[i]` and `edges[i + 1]`.
    ///
    /// # Errors
    /// [`ActivationError::Density`] if edges are not finite and increasing, there is not one edge
    /// more than counts, or counts are negative, not finite, or all zero.
    pub fn new(edges: Vec<f64>, counts: Vec<f64>) -> Result<Self, ActivationError> {
        let wrong = |reason| Err(ActivationError::Density { reason });
        if counts.is_empty() || edges.len() != counts.len() + 1 {
            return wrong("needs one edge more than it has counts");
        }
        if edges
            .windows(2)
            .any(|pair| Interval::new(pair[0], pair[1]).is_err())
        {
            return wrong("needs edges that increase");
        }
        if counts
            .iter()
            .any(|count| !(0.0..f64::INFINITY).contains(count))
        {
            return wrong("has a count that is negative or no number");
        }
        if counts.iter().all(|count| *count == 0.0) {
            return wrong("has no counts");
        }
        Ok(Self { edges, counts })
    }

    /// Counts `values` in `bins` parts of equal length from the least to the largest.
    ///
    /// # Errors
    /// As [`Histogram::new`]: no values, no bins, values that are all the same or not finite.
    pub fn of(values: &[f64], bins: usize) -> Result<Self, ActivationError> {
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

    /// The bounds of the bins, one more than there are counts.
    #[must_use]
    pub fn edges(&self) -> &[f64] {
        &self.edges
    }

    /// How many inputs fell into each bin.
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

    /// Its name, for people.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Uniform => "uniform".into(),
            Self::Chebyshev => "Chebyshev".into(),
            Self::Gaussian { mean, deviation } => format!("Gaussian({mean}, {deviation})"),
            Self::Histogram(histogram) => format!("histogram of {} bins", histogram.counts.len()),
        }
    }

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

    /// Points and weights, of sum one, whose sums are the integrals over `pieces` of a function that
    /// is smooth on each of them. `interval` is the whole; exact for a uniform density and
    /// polynomials up to degree `2 count - 1`.
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
                // x = centre + radius cos(angle) takes the singularities at the ends away.
                let angle = |x: f64| interval.position(x).clamp(-1.0, 1.0).acos();
                if let Ok(angles) = Interval::new(angle(piece.high()), angle(piece.low())) {
                    let at = |(angle, weight): (f64, f64)| (interval.at(angle.cos()), weight);
                    nodes.extend(rule.nodes_on(angles).map(at));
                }
            }
            Self::Gaussian { mean, deviation } => {
                let reach = GAUSSIAN_REACH * deviation;
                let heavy = Interval::new(mean - reach, mean + reach);
                let Some(piece) = heavy.ok().and_then(|heavy| heavy.intersection(piece)) else {
                    return;
                };
                // Parts of at most a standard deviation, on which the bell is flat enough.
                let parts = (2.0 * piece.radius() / deviation).ceil().max(1.0);
                let width = 2.0 * piece.radius() / parts;
                let cuts: Vec<f64> = (1..parts as usize)
                    .map(|i| piece.low() + width * i as f64)
                    .collect();
                let bell = |x: f64| (-0.5 * ((x - mean) / deviation).powi(2)).exp();
                for part in piece.split(&cuts) {
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
