//! The description of a parameter set, unchecked.
//!
//! Relies on [`ntt_primes_below`] for the primes. Not for computing: only a checked set has tables.

use inkognito_ring::ntt_primes_below;
use sha2::{Digest, Sha256};

use crate::error::ParameterError;

/// Describes a parameter set. Any value may be written down; [`Parameters::new`] checks it.
///
/// [`Parameters::new`]: crate::Parameters::new
///
/// ```
/// use inkognito_ckks::{Parameters, ParametersLiteral};
///
/// let literal = ParametersLiteral {
///     log_n: 12,
///     moduli_q_bits: vec![28, 26],
///     special_moduli_bits: vec![29],
///     log_scale: 26,
/// };
/// assert_eq!(Parameters::new(literal)?.max_level(), 1);
/// # Ok::<(), inkognito_ckks::ParameterError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParametersLiteral {
    /// log2 of the ring degree N.
    pub log_n: u32,
    /// Bits of each ciphertext modulus `q_0, q_1, ..`: one more than there are levels.
    pub moduli_q_bits: Vec<u32>,
    /// Bits of each special modulus of the set. A level may use further special moduli, namely
    /// ciphertext moduli that have been dropped.
    pub special_moduli_bits: Vec<u32>,
    /// log2 of the scale of a fresh encryption.
    pub log_scale: u32,
}

impl ParametersLiteral {
    /// Returns a set with five levels at N = 8192 and 214 bits, the default of the digit readers.
    pub fn n8192_levels5() -> Self {
        Self {
            log_n: 13,
            moduli_q_bits: vec![28, 26, 26, 26, 26, 26],
            special_moduli_bits: vec![28, 28],
            log_scale: 26,
        }
    }

    /// Returns a set with eleven levels at N = 16384 and 428 of 430 bits, for deeper networks.
    ///
    /// The scale is four times the default's, so that each level loses less precision.
    pub fn n16384_levels11() -> Self {
        Self {
            log_n: 14,
            moduli_q_bits: [vec![30], vec![28; 11]].concat(),
            special_moduli_bits: vec![30, 30, 30],
            log_scale: 28,
        }
    }

    /// Returns distinct primes of the given sizes: ciphertext moduli in order, then special moduli.
    ///
    /// The special moduli get the largest primes, so that P outweighs every digit of the same
    /// bits.
    pub(super) fn choose_moduli(&self) -> Result<Vec<u32>, ParameterError> {
        let sizes = [&self.special_moduli_bits[..], &self.moduli_q_bits[..]].concat();
        let mut chosen = vec![0; sizes.len()];
        for (first, &bits) in sizes.iter().enumerate() {
            if sizes[..first].contains(&bits) {
                continue;
            }
            let indices = || (first..sizes.len()).filter(|&i| sizes[i] == bits);
            let primes = ntt_primes_below(bits, self.log_n, indices().count())?;
            for (i, prime) in indices().zip(primes) {
                chosen[i] = prime;
            }
        }
        chosen.rotate_left(self.special_moduli_bits.len());
        Ok(chosen)
    }

    /// Returns the first eight bytes of SHA-256 of degree, scale and moduli.
    pub(super) fn fingerprint(&self, moduli: &[u32]) -> [u8; 8] {
        let mut hash = Sha256::new();
        hash.update(b"inkognito ckks parameters 2");
        hash.update(self.log_n.to_le_bytes());
        hash.update(self.log_scale.to_le_bytes());
        hash.update((self.moduli_q_bits.len() as u32).to_le_bytes());
        for q in moduli {
            hash.update(q.to_le_bytes());
        }
        let digest = hash.finalize();
        std::array::from_fn(|i| digest[i])
    }
}
