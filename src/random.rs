//! One seed from the system, four ChaCha20 streams from it.

use std::f64::consts::TAU;

use chacha20::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};
use inkognito_ring::{Seed, Stream};
use zeroize::Zeroizing;

use crate::VaultError;

/// All randomness of one keyring. The streams are independent under ChaCha20's security: what is
/// published (the seeds of uniform polynomials) says nothing about what is secret.
pub(crate) struct Randomness {
    /// Coefficients of the secret key.
    pub(crate) secret: ChaCha20Rng,
    /// Errors of encryptions and evaluation keys.
    pub(crate) error: Stream,
    /// Seeds that are sent in the clear.
    public: ChaCha20Rng,
    /// Noise that drowns what is released.
    flooding: ChaCha20Rng,
}

impl Randomness {
    /// From the system's generator (in the browser `crypto.getRandomValues`).
    pub(crate) fn from_system() -> Result<Self, VaultError> {
        let mut seed = Zeroizing::new(Seed::default());
        getrandom::fill(&mut *seed).map_err(VaultError::Randomness)?;
        Ok(Self::from_seed(&seed))
    }

    pub(crate) fn from_seed(seed: &Seed) -> Self {
        let stream = |number| {
            let mut rng = ChaCha20Rng::from_seed(*seed);
            rng.set_stream(number);
            rng
        };
        Self {
            secret: stream(0),
            error: Stream::new(seed, 1),
            public: stream(2),
            flooding: stream(3),
        }
    }

    /// A fresh seed to be published.
    pub(crate) fn public_seed(&mut self) -> Seed {
        let mut seed = Seed::default();
        self.public.fill_bytes(&mut seed);
        seed
    }

    /// A standard normal number (Box and Muller 1958). Not for what floating point must not betray:
    /// its low bits are no noise, and the caller rounds them away.
    pub(crate) fn gaussian(&mut self) -> f64 {
        // multiples of 2^-53 in (0, 1]
        let mut uniform = || ((self.flooding.next_u64() >> 11) + 1) as f64 / (1u64 << 53) as f64;
        let radius = (-2.0 * uniform().ln()).sqrt();
        radius * (TAU * uniform()).cos()
    }
}
