//! A secret key with all that its owner does: encode and encrypt, decrypt and decode, make
//! evaluation keys.

use inkognito_ckks::{
    Ciphertext, CkksError, Complex64, Encoder, KeyRequest, Mask, Parameters, SeededCiphertext,
    SeededSwitchingKey, TruncatedCiphertext,
};
use inkognito_ring::{Poly, Seed};
use zeroize::Zeroize;

use crate::{Flooding, SecretKey, VaultError, random::Randomness, wipe::scrubbed};

/// The owner's side of the scheme, for any parameter set and any vector.
pub struct Keyring {
    parameters: Parameters,
    encoder: Encoder,
    key: SecretKey,
    /// On the heap: a value that is moved leaves a copy behind, which nobody wipes.
    random: Box<Randomness>,
}

/// An encryption of zero that waits for its message, for one: whoever has it reads what is encrypted
/// under it. It is wiped when it is dropped.
pub struct PendingEncryption(SeededCiphertext);

impl PendingEncryption {
    /// What the evaluator may know of it: all that it will see but the message and its error.
    pub fn mask(&self) -> Mask {
        self.0.mask()
    }
}

impl Drop for PendingEncryption {
    fn drop(&mut self) {
        self.0.c0.zeroize();
    }
}

impl Keyring {
    /// A fresh key from the system's randomness.
    ///
    /// # Errors
    /// [`VaultError::Randomness`] if there is none.
    pub fn generate(parameters: &Parameters) -> Result<Self, VaultError> {
        scrubbed(|| {
            let random = Box::new(Randomness::from_system()?);
            Ok(Self::with_randomness(parameters, random))
        })
    }

    /// The keyring that follows from a seed, for reproducible experiments: whoever knows the seed
    /// knows the key.
    pub fn from_seed(parameters: &Parameters, seed: &Seed) -> Self {
        Self::with_randomness(parameters, Box::new(Randomness::from_seed(seed)))
    }

    fn with_randomness(parameters: &Parameters, mut random: Box<Randomness>) -> Self {
        Self {
            parameters: parameters.clone(),
            encoder: Encoder::new(parameters),
            key: SecretKey::generate(parameters, &mut random),
            random,
        }
    }

    /// The parameter set.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Encrypts up to N/2 slots (zero beyond those given) at `level` and `scale`.
    ///
    /// # Errors
    /// A level that the set does not have, too many values, or values too large for the scale.
    pub fn encrypt(
        &mut self,
        slots: &[Complex64],
        level: usize,
        scale: f64,
    ) -> Result<SeededCiphertext, CkksError> {
        self.expect_level(level)?;
        let message = self
            .encoder
            .encode(slots, scale, self.parameters.q_basis(level))?;
        Ok(scrubbed(|| {
            self.key.encrypt(message, scale, &mut self.random)
        }))
    }

    /// A mask for an encryption at `level` that is still to come, with all of it that needs the key.
    ///
    /// # Errors
    /// A level that the set does not have.
    pub fn mask(&mut self, level: usize) -> Result<PendingEncryption, CkksError> {
        self.expect_level(level)?;
        let zero = Poly::zero(self.parameters.q_basis(level));
        Ok(scrubbed(|| {
            PendingEncryption(self.key.encrypt(zero, 1.0, &mut self.random))
        }))
    }

    /// As [`Keyring::encrypt`], at the level of a mask that has been made before: it is used up.
    ///
    /// # Errors
    /// As there.
    pub fn encrypt_under(
        &self,
        pending: PendingEncryption,
        slots: &[Complex64],
        scale: f64,
    ) -> Result<SeededCiphertext, CkksError> {
        let SeededCiphertext {
            c0: masked, seed, ..
        } = &pending.0;
        let message = self.encoder.encode(slots, scale, masked.basis())?;
        Ok(scrubbed(|| {
            let mut c0 = message.into_ntt();
            c0.add_assign(masked);
            SeededCiphertext {
                c0,
                seed: *seed,
                scale,
            }
        }))
    }

    fn expect_level(&self, actual: usize) -> Result<(), CkksError> {
        let expected = self.parameters.max_level();
        if actual > expected {
            return Err(CkksError::Level { expected, actual });
        }
        Ok(())
    }

    /// The N/2 slots of a ciphertext.
    pub fn decrypt(&self, ciphertext: &Ciphertext) -> Vec<Complex64> {
        scrubbed(|| {
            let mut message = self.key.decrypt(ciphertext);
            let slots = self.encoder.decode(&message, ciphertext.scale());
            message.zeroize();
            slots
        })
    }

    /// The coefficients that extracts have, one after another.
    pub fn read(&self, extracts: &[TruncatedCiphertext]) -> Vec<f64> {
        let values = |extract: &TruncatedCiphertext| {
            let scale = extract.scale();
            let values = self.key.read(extract).into_iter();
            values.map(move |value| value / scale)
        };
        scrubbed(|| extracts.iter().flat_map(values).collect())
    }

    /// The evaluation key for a request at a level of the parameter set.
    ///
    /// # Panics
    /// If the level is beyond the set's.
    pub fn switching_key(&mut self, request: KeyRequest) -> SeededSwitchingKey {
        scrubbed(|| self.key.switching_key(request, &mut self.random))
    }

    /// Whether the secret key, or enough of it to tell, is in these bytes. The answer is no for all that
    /// was made without the key: it says nothing of the key but where it has leaked.
    pub fn key_is_in(&self, bytes: &[u8]) -> bool {
        self.key.is_in(bytes)
    }

    /// Whether [`Keyring::key_is_in`] finds the key where it is planted, in each form that it looks for,
    /// and only there.
    pub fn key_search_works(&self) -> bool {
        self.key.is_found_where_planted()
    }

    /// Floods and rounds scores with this keyring's randomness.
    pub(crate) fn flood(&mut self, flooding: &Flooding, scores: &[f64]) -> Vec<f64> {
        scrubbed(|| flooding.apply(scores, &mut self.random))
    }
}
