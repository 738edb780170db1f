//! Scores that are to leave the page: flooded with noise, rounded, and few.
//!
//! A decryption of an approximate scheme is the result plus an error that depends on the key, and
//! who learns many of them with the ciphertexts can work the key out (Li and Micciancio, *On the
//! security of homomorphic encryption on approximate numbers*, Eurocrypt 2021). What the visitor
//! passes on is therefore drowned: Gaussian noise of standard deviation [`FLOODING`] times the
//! largest error an honest evaluation leaves in a score, then rounding to a grid that the noise
//! covers (Li, Micciancio, Schultz and Sorrell, *Securing approximate homomorphic encryption using
//! differential privacy*, Crypto 2022).
//!
//! The bound. Let `E` bound the error of each of `c` scores. Between what is released with the
//! error and without it, the Kullback-Leibler divergence is at most `c E^2 / (2 sigma^2)` a release
//! (section 4 there; rounding can only lower it), so over the [`MAX_RELEASES`] of a key no event
//! becomes likelier by more than `sqrt(c MAX_RELEASES / 4) / FLOODING` (Pinsker), 0.099 for ten
//! scores. 128 bits by the same argument would take noise of 2^64 times the error, which nothing
//! survives: few, coarse releases are what protects, and `docs/security.md` says what that is worth.

use inkognito_network::Plan;

use crate::random::Randomness;

/// Standard deviations of the noise, in units of the error that it hides.
pub const FLOODING: f64 = 64.0;

/// How many results may be released under one key.
pub const MAX_RELEASES: u32 = 16;

/// The share of the range of scores that no error exceeds. Errors come from the layers before and pass through
/// their weights, which a plan does not know; that of 100,000 scores of each shipped network the largest is
/// less than half of the bound is measured (`lab report`).
const ERROR_SHARE: f64 = 1.0 / 4096.0;

/// How scores are flooded under one plan; all in the scores' own unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flooding {
    /// Bound `E` on the error of one score after an honest evaluation.
    pub error: f64,
    /// Standard deviation of the noise that is added.
    pub deviation: f64,
    /// What the noisy scores are rounded to multiples of.
    pub grid: f64,
}

impl Flooding {
    /// The flooding of a plan's scores.
    pub fn of(plan: &Plan) -> Self {
        let error = ERROR_SHARE * plan.score_range();
        let deviation = FLOODING * error;
        Self {
            error,
            deviation,
            // the power of two above it: a grid that says no more than the noise lets through
            grid: deviation.log2().ceil().exp2(),
        }
    }

    /// Floods and rounds scores.
    pub(crate) fn apply(&self, scores: &[f64], random: &mut Randomness) -> Vec<f64> {
        let noisy = |score| score + self.deviation * random.gaussian();
        let rounded = |noisy: f64| (noisy / self.grid).round() * self.grid;
        scores.iter().copied().map(noisy).map(rounded).collect()
    }
}
