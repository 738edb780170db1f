//! The release of scores: flooded with noise, rounded, and few.
//!
//! A decryption of an approximate scheme is the result plus an error that depends on the key. From
//! many decryptions and their ciphertexts the key can be computed (Li and Micciancio, *On the
//! security of homomorphic encryption on approximate numbers*, Eurocrypt 2021). Scores that leave
//! the page are therefore flooded: Gaussian noise is added, whose standard deviation is
//! [`FLOODING_FACTOR`] times the largest error that an honest evaluation leaves in a score. The sum
//! is rounded to a grid that is no finer than the noise (Li, Micciancio, Schultz and Sorrell,
//! *Securing approximate homomorphic encryption using differential privacy*, Crypto 2022).
//!
//! The bound. Let `E` bound the error of each of `c` scores, and let `sigma` be the standard
//! deviation of the noise. The Kullback-Leibler divergence between releases with the error and
//! without it is at most `c E^2 / (2 sigma^2)` for one release (their section 4; rounding can only
//! lower it). Over the [`MAX_RELEASES`] of one key, Pinsker's inequality bounds the advantage of
//! any distinguisher by `sqrt(c MAX_RELEASES / 4) / FLOODING_FACTOR`: 0.099 for ten scores. 128
//! bits by the same argument would take noise of 2^64 times the error, and no score would survive.
//! Few and coarse releases are the protection; `docs/security.md` discusses its worth.
//!
//! Relies on the plan for the range of scores. Not for scores that stay in the page.

use inkognito_network::Plan;

use crate::random::Randomness;

/// The standard deviation of the noise, in units of the error that it hides.
pub const FLOODING_FACTOR: f64 = 64.0;

/// The number of results that may be released under one key.
pub const MAX_RELEASES: u32 = 16;

/// A bound on the error of a score, as a share of the range of scores. The errors come from the
/// layers before and pass through their weights, which a plan does not know. `lab report` measures
/// the bound: of 100,000 scores of each shipped network, the largest error is less than half of it.
const ERROR_SHARE: f64 = 1.0 / 4096.0;

/// The flooding of scores under one plan; every field is in the unit of the scores.
///
/// ```
/// use inkognito::network::{Description, Plan};
/// use inkognito::{FLOODING_FACTOR, Flooding};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let model_file: &[u8] =
///     include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/digits.safetensors"));
/// let plan = Plan::new(&Description::from_bytes(model_file)?)?;
/// let flooding = Flooding::of(&plan);
/// assert_eq!(flooding.deviation, FLOODING_FACTOR * flooding.error);
/// assert!(flooding.grid >= flooding.deviation);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flooding {
    /// Bound `E` on the error of one score after an honest evaluation.
    pub error: f64,
    /// Standard deviation `sigma` of the noise that is added.
    pub deviation: f64,
    /// Released scores are multiples of this power of two.
    pub grid: f64,
}

impl Flooding {
    /// Returns the flooding of a plan's scores.
    pub fn of(plan: &Plan) -> Self {
        let error = ERROR_SHARE * plan.score_range();
        let deviation = FLOODING_FACTOR * error;
        Self {
            error,
            deviation,
            // the next power of two: a finer grid would show bits of the noise alone
            grid: deviation.log2().ceil().exp2(),
        }
    }

    /// Adds noise to scores and rounds the sums.
    pub(crate) fn apply(&self, scores: &[f64], random: &mut Randomness) -> Vec<f64> {
        let noisy = |score| score + self.deviation * random.gaussian();
        let rounded = |noisy: f64| (noisy / self.grid).round() * self.grid;
        scores.iter().copied().map(noisy).map(rounded).collect()
    }
}
