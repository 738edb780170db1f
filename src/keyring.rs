//! A secret key with everything that its owner does: encode and encrypt, decrypt and decode, make
//! evaluation keys.
//!
//! Relies on `secret.rs` and `random.rs`. Not for networks, their packing and their queries, which
//! a [`Vault`](crate::Vault) has.

use inkognito_ckks::{
    Ciphertext, CkksError, Complex64, Encoder, KeyRequest, Mask, Parameters, SeededCiphertext,
    SeededSwitchingKey, TruncatedCiphertext,
};
use inkognito_ring::{Poly, Seed};
use zeroize::Zeroize;

use crate::{
    error::VaultError, random::Randomness, release::Flooding, secret::SecretKey,
    wipe::with_stack_wiped,
};

/// The owner's side of the scheme, for any parameter set and any vector.
///
/// # Examples
///
/// ```
/// use inkognito::Keyring;
/// use inkognito::ckks::{CkksError, Complex64, Parameters, ParametersLiteral};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let parameters = Parameters::new(ParametersLiteral::n8192_levels5())?;
/// let mut keyring = Keyring::generate(&parameters)?;
/// let slots = [Complex64::new(0.5, -2.0)];
/// let encrypted = keyring.encrypt(&slots, 3, parameters.scale())?;
/// assert_eq!(encrypted.level(), 3);
/// let decrypted = keyring.decrypt(&encrypted.expand());
/// assert_eq!(decrypted.len(), parameters.slots());
/// assert!((decrypted[0] - slots[0]).norm() < 1e-4);
///
/// // Another key decrypts to noise.
/// let other = Keyring::generate(&parameters)?;
/// let ciphertext = keyring.encrypt(&slots, 0, parameters.scale())?.expand();
/// assert!((other.decrypt(&ciphertext)[0] - slots[0]).norm() > 1e-3);
///
/// // Refused: a level that the set does not have, a value that no coefficient holds.
/// let refused = keyring.encrypt(&slots, 6, parameters.scale());
/// assert_eq!(refused, Err(CkksError::Level { expected: 5, actual: 6 }));
/// let refused = keyring.encrypt(&[f64::NAN.into()], 5, parameters.scale());
/// assert!(matches!(refused, Err(CkksError::ValueOutOfRange { .. })));
/// # Ok(())
/// # }
/// ```
pub struct Keyring {
    parameters: Parameters,
    encoder: Encoder,
    key: SecretKey,
    /// On the heap: a move would leave a copy of the generator's state behind.
    random: Box<Randomness>,
}

/// An encryption of zero whose mask may be sent before the message is known.
///
/// Its `c_0` decrypts one encryption: that of the message that [`Keyring::encrypt_prepared`] adds
/// to it. It is wiped when dropped.
pub struct PendingEncryption(SeededCiphertext);

impl PendingEncryption {
    /// Returns the mask: level and seed of `c_1`. It says nothing of the message to come.
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
    /// Draws a secret key from the system's randomness.
    ///
    /// # Errors
    /// [`VaultError::Randomness`] if the system gives none.
    pub fn generate(parameters: &Parameters) -> Result<Self, VaultError> {
        with_stack_wiped(|| {
            let random = Randomness::from_system().map_err(VaultError::Randomness)?;
            Ok(Self::with_randomness(parameters, Box::new(random)))
        })
    }

    /// Derives a keyring from a seed, for reproducible experiments. Anybody who knows the seed can
    /// derive the key.
    ///
    /// ```
    /// use inkognito::Keyring;
    /// use inkognito::ckks::{KeyRequest, Parameters, ParametersLiteral};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let parameters = Parameters::new(ParametersLiteral::n8192_levels5())?;
    /// let mut keyrings = [[1; 32], [1; 32], [2; 32]]
    ///     .map(|seed| Keyring::from_seed(&parameters, &seed));
    /// let [one, same, other] = keyrings
    ///     .each_mut()
    ///     .map(|keyring| keyring.switching_key(KeyRequest::relinearization(1)));
    /// assert_eq!(one, same);
    /// assert_ne!(one, other);
    /// # Ok(())
    /// # }
    /// ```
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

    /// Returns the parameter set.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Encrypts up to N/2 slots (zero beyond those given) at `level` and `scale`; `c_0` is in the
    /// NTT domain.
    ///
    /// # Errors
    /// - [`CkksError::Level`] if the set does not have the level.
    /// - [`CkksError::TooManyValues`] for more than N/2 slots.
    /// - [`CkksError::ValueOutOfRange`] if a value is not finite or too large for the scale.
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
        Ok(with_stack_wiped(|| {
            self.key.encrypt(message, scale, &mut self.random)
        }))
    }

    /// Encrypts zero at `level`: the part of an encryption that needs the secret key but not the
    /// message.
    ///
    /// ```
    /// use inkognito::Keyring;
    /// use inkognito::ckks::{CkksError, Complex64, Parameters, ParametersLiteral};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let parameters = Parameters::new(ParametersLiteral::n8192_levels5())?;
    /// let mut keyring = Keyring::generate(&parameters)?;
    /// let pending = keyring.prepare_encryption(2)?;
    /// // The mask may be sent now. Later, when the message is known:
    /// let mask = pending.mask();
    /// let slots = [Complex64::from(0.75)];
    /// let encrypted = keyring.encrypt_prepared(pending, &slots, parameters.scale())?;
    /// assert_eq!(encrypted.mask(), mask);
    /// assert!((keyring.decrypt(&encrypted.expand())[0] - slots[0]).norm() < 1e-4);
    ///
    /// let refused = keyring.prepare_encryption(6).err();
    /// assert_eq!(refused, Some(CkksError::Level { expected: 5, actual: 6 }));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`CkksError::Level`] if the set does not have the level.
    pub fn prepare_encryption(&mut self, level: usize) -> Result<PendingEncryption, CkksError> {
        self.expect_level(level)?;
        let zero = Poly::zero(self.parameters.q_basis(level));
        Ok(with_stack_wiped(|| {
            PendingEncryption(self.key.encrypt(zero, 1.0, &mut self.random))
        }))
    }

    /// Encrypts up to N/2 slots at `scale` and at the level of a pending encryption, which is used
    /// up. The result is distributed as that of [`Keyring::encrypt`].
    ///
    /// # Errors
    /// - [`CkksError::TooManyValues`] for more than N/2 slots.
    /// - [`CkksError::ValueOutOfRange`] if a value is not finite or too large for the scale.
    ///
    /// # Panics
    /// If `pending` was prepared under parameters of another ring degree.
    pub fn encrypt_prepared(
        &self,
        pending: PendingEncryption,
        slots: &[Complex64],
        scale: f64,
    ) -> Result<SeededCiphertext, CkksError> {
        let SeededCiphertext { c0: zero, seed, .. } = &pending.0;
        let message = self.encoder.encode(slots, scale, zero.basis())?;
        Ok(with_stack_wiped(|| {
            let mut c0 = message.into_ntt();
            c0.add_assign(zero);
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

    /// Decrypts and decodes a ciphertext: returns its N/2 slots.
    ///
    /// # Panics
    /// If the ciphertext's moduli are not those of the keyring's parameters at its level.
    pub fn decrypt(&self, ciphertext: &Ciphertext) -> Vec<Complex64> {
        with_stack_wiped(|| {
            let mut message = self.key.decrypt(ciphertext);
            let slots = self.encoder.decode(&message, ciphertext.scale());
            message.zeroize();
            slots
        })
    }

    /// Decrypts truncated ciphertexts: returns their coefficients divided by their scales, one
    /// ciphertext after another.
    ///
    /// ```
    /// use inkognito::Keyring;
    /// use inkognito::ckks::{Complex64, EvaluationKeys, Evaluator, Parameters, ParametersLiteral};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let parameters = Parameters::new(ParametersLiteral::n8192_levels5())?;
    /// let mut keyring = Keyring::generate(&parameters)?;
    /// // The same value in every slot is the constant coefficient of the polynomial.
    /// let slots = vec![Complex64::from(0.5); parameters.slots()];
    /// let ciphertext = keyring.encrypt(&slots, 0, parameters.scale())?.expand();
    /// let evaluator = Evaluator::new(parameters, EvaluationKeys::new());
    /// let truncated = evaluator.truncate(ciphertext, 1)?;
    /// let coefficients = keyring.decrypt_truncated(&[truncated]);
    /// assert_eq!(coefficients.len(), 1);
    /// assert!((coefficients[0] - 0.5).abs() < 1e-4);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    /// If the modulus of a ciphertext is not `q_0` of the keyring's parameters.
    pub fn decrypt_truncated(&self, ciphertexts: &[TruncatedCiphertext]) -> Vec<f64> {
        let values = |ciphertext: &TruncatedCiphertext| {
            let scale = ciphertext.scale();
            let values = self.key.decrypt_truncated(ciphertext).into_iter();
            values.map(move |value| value / scale)
        };
        with_stack_wiped(|| ciphertexts.iter().flat_map(values).collect())
    }

    /// Makes the evaluation key for a request.
    ///
    /// # Panics
    /// If the parameter set does not have the level, or if the request's automorphism is of
    /// another ring degree.
    pub fn switching_key(&mut self, request: KeyRequest) -> SeededSwitchingKey {
        with_stack_wiped(|| self.key.switching_key(request, &mut self.random))
    }

    /// Searches bytes for the secret key or a long enough part of it.
    ///
    /// The answer is `false` for bytes that were made without the key, but for a probability below
    /// 2^-60: it discloses nothing of the key except that it has leaked.
    ///
    /// ```
    /// use inkognito::Keyring;
    /// use inkognito::ckks::{KeyRequest, Parameters, ParametersLiteral, wire};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let parameters = Parameters::new(ParametersLiteral::n8192_levels5())?;
    /// let mut keyring = Keyring::generate(&parameters)?;
    /// let key = keyring.switching_key(KeyRequest::relinearization(1));
    /// assert!(!keyring.key_is_in(&wire::write_evaluation_key(&parameters, &key)));
    /// assert!(keyring.key_search_works());
    /// # Ok(())
    /// # }
    /// ```
    pub fn key_is_in(&self, bytes: &[u8]) -> bool {
        self.key.is_in(bytes)
    }

    /// Checks that [`Keyring::key_is_in`] finds the key where it is planted, in each encoding that
    /// it searches for, and does not find it in noise.
    pub fn key_search_works(&self) -> bool {
        self.key.is_found_where_planted()
    }

    /// Floods and rounds scores with this keyring's randomness.
    pub(crate) fn flood(&mut self, flooding: &Flooding, scores: &[f64]) -> Vec<f64> {
        with_stack_wiped(|| flooding.apply(scores, &mut self.random))
    }
}
