//! Both sides of the scheme in one process, without a network.

use inkognito::Keyring;
use inkognito_ckks::{
    Ciphertext, Complex64, Encoder, EvaluationKeys, Evaluator, KeyRequest, NoiseModel, Parameters,
    ParametersLiteral,
};

use crate::bounds::{SIGMAS, bits, largest_slot_error};

/// The owner of a secret key and an evaluator with its evaluation keys.
pub struct SchemeSides {
    /// The owner.
    pub keyring: Keyring,
    /// The evaluator.
    pub evaluator: Evaluator,
    /// The encoder of both.
    pub encoder: Encoder,
    /// The errors to expect.
    pub noise: NoiseModel,
}

impl SchemeSides {
    /// Makes both sides under N = 8192 with five levels, with the evaluation keys for `requests`.
    ///
    /// # Panics
    /// If a request is at a level that the set does not have.
    pub fn new(seed: u8, requests: impl FnOnce(&Parameters) -> Vec<KeyRequest>) -> Self {
        let parameters = Parameters::new(ParametersLiteral::n8192_levels5());
        Self::with_parameters(parameters.expect("a secure set"), seed, requests)
    }

    /// Makes both sides under a parameter set, with the evaluation keys for `requests`.
    ///
    /// # Panics
    /// If a request is at a level that the set does not have.
    pub fn with_parameters(
        parameters: Parameters,
        seed: u8,
        requests: impl FnOnce(&Parameters) -> Vec<KeyRequest>,
    ) -> Self {
        let mut keyring = Keyring::from_seed(&parameters, &[seed; 32]);
        let mut keys = EvaluationKeys::new();
        for request in requests(&parameters) {
            keys.insert(keyring.switching_key(request));
        }
        Self {
            keyring,
            encoder: Encoder::new(&parameters),
            noise: NoiseModel::new(&parameters),
            evaluator: Evaluator::new(parameters, keys),
        }
    }

    /// Returns the parameter set.
    pub fn parameters(&self) -> &Parameters {
        self.evaluator.parameters()
    }

    /// Encrypts slots at a level and the set's scale.
    ///
    /// # Panics
    /// If the slots do not fit the scale, or the set does not have the level.
    pub fn encrypt(&mut self, slots: &[Complex64], level: usize) -> Ciphertext {
        let scale = self.parameters().scale();
        self.encrypt_at(slots, level, scale)
    }

    /// Encrypts slots at a level and a scale.
    ///
    /// # Panics
    /// If the slots do not fit the scale, or the set does not have the level.
    pub fn encrypt_at(&mut self, slots: &[Complex64], level: usize, scale: f64) -> Ciphertext {
        let encrypted = self.keyring.encrypt(slots, level, scale);
        encrypted.expect("slots that fit").expand()
    }

    /// Decrypts a ciphertext and returns the largest error of its slots.
    ///
    /// # Panics
    /// If more slots are expected than there are.
    pub fn error(&self, ciphertext: &Ciphertext, expected: &[Complex64]) -> f64 {
        largest_slot_error(expected, &self.keyring.decrypt(ciphertext))
    }

    /// Asserts that the slots are `expected` within six standard deviations, and to `least_bits`
    /// bits. An error far below the deviation fails, too: it would mean that there is no noise.
    ///
    /// # Panics
    /// If the error is outside those bounds; the message begins with `operation`.
    pub fn expect(
        &self,
        operation: &str,
        ciphertext: &Ciphertext,
        expected: &[Complex64],
        deviation: f64,
        least_bits: f64,
    ) {
        let error = self.error(ciphertext, expected);
        let (found, bound) = (bits(error), bits(SIGMAS * deviation));
        println!("{operation}: {found:.1} bits, bound {bound:.1}");
        assert!(
            error <= SIGMAS * deviation,
            "{operation}: error {error:e}, deviation {deviation:e}"
        );
        assert!(
            found >= least_bits,
            "{operation}: {found:.2} bits of {least_bits}"
        );
        assert!(
            error > deviation / 10.0,
            "{operation}: error {error:e} is too small for this noise"
        );
    }
}
