//! The randomness of a keyring: one seed from the system, four ChaCha20 streams from the seed.
//!
//! Relies on ChaCha20 (RFC 8439) and on the system's generator. Not for sampling polynomials, which
//! `inkognito-ring` does.

use std::f64::consts::TAU;

use chacha20::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};
use inkognito_ring::{Seed, Stream};
use zeroize::Zeroizing;

/// All randomness of one keyring. The streams are independent if ChaCha20 is secure: the published
/// seeds of uniform polynomials say nothing about the secret streams.
pub(crate) struct Randomness {
    /// Coefficients of the secret key.
    pub(crate) secret: ChaCha20Rng,
    /// Errors of encryptions and evaluation keys.
    pub(crate) error: Stream,
    /// Seeds that are sent in the clear.
    public: ChaCha20Rng,
    /// Noise that floods released scores.
    flooding: ChaCha20Rng,
}

impl Randomness {
    /// Draws the seed from the system's generator (in the browser `crypto.getRandomValues`).
    ///
    /// # Errors
    /// The system's error if it gives no randomness.
    pub(crate) fn from_system() -> Result<Self, getrandom::Error> {
        let mut seed = Zeroizing::new(Seed::default());
        getrandom::fill(&mut *seed)?;
        Ok(Self::from_seed(&seed))
    }

    /// Derives the four streams from a seed.
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

    /// Draws a seed that is to be published.
    pub(crate) fn public_seed(&mut self) -> Seed {
        let mut seed = Seed::default();
        self.public.fill_bytes(&mut seed);
        seed
    }

    /// Draws a standard normal number (Box and Muller 1958). Its low bits depend on floating-point
    /// rounding and are not uniform: the caller rounds them away.
    pub(crate) fn gaussian(&mut self) -> f64 {
        // multiples of 2^-53 in (0, 1]
        let mut uniform = || ((self.flooding.next_u64() >> 11) + 1) as f64 / (1u64 << 53) as f64;
        let radius = (-2.0 * uniform().ln()).sqrt();
        radius * (TAU * uniform()).cos()
    }
}
