//! What the page does with its key, for one network: image in, bytes out; bytes in, scores out.

use inkognito_ckks::{Complex64, KeyRequest, wire};
use inkognito_network::{Description, Plan};
use ndarray::ArrayView2;

use crate::{Keyring, VaultError};

/// One visit: a fresh secret key and the plan of the network it is for.
pub struct Vault {
    plan: Plan,
    keyring: Keyring,
    requests: Vec<KeyRequest>,
    made: usize,
}

impl Vault {
    /// Draws a fresh key for the network that a model file describes. Its weights are not read.
    ///
    /// # Errors
    /// Bytes that are no model file, a network without an encrypted circuit, no randomness.
    pub fn new(model: &[u8]) -> Result<Self, VaultError> {
        let plan = Plan::new(&Description::from_bytes(model)?)?;
        let keyring = Keyring::generate(plan.parameters())?;
        Ok(Self::with_keyring(plan, keyring))
    }

    /// A vault with a keyring of the caller's, made for the plan's parameters.
    pub fn with_keyring(plan: Plan, keyring: Keyring) -> Self {
        Self {
            requests: plan.key_requests(),
            plan,
            keyring,
            made: 0,
        }
    }

    /// The plan of the network.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The keyring, for experiments that look between the layers.
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// How many parts the evaluation keys have.
    pub fn key_part_count(&self) -> usize {
        self.requests.len()
    }

    /// Makes the next part of the evaluation keys, one message of the wire format; `None` when all
    /// have been made. One part at a time, so that a page can draw in between.
    pub fn next_key_part(&mut self) -> Option<Vec<u8>> {
        let request = *self.requests.get(self.made)?;
        self.made += 1;
        let key = self.keyring.switching_key(request);
        Some(wire::write_evaluation_key(self.plan.parameters(), &key))
    }

    /// Encrypts an image of the network's size, pixels from 0 (paper) to 1 (ink): one message of
    /// the wire format.
    ///
    /// # Errors
    /// An image of another size, or pixels outside 0 ..= 1.
    pub fn encrypt(&mut self, image: ArrayView2<'_, f32>) -> Result<Vec<u8>, VaultError> {
        let packed = self.plan.pack(image)?;
        let slots: Vec<_> = packed.into_iter().map(Complex64::from).collect();
        let (level, scale) = (self.plan.input_level(), self.plan.input_scale());
        let input = self.keyring.encrypt(&slots, level, scale)?;
        Ok(wire::write_input(self.plan.parameters(), &input))
    }

    /// Decrypts the evaluator's answer: one score a class.
    ///
    /// # Errors
    /// Bytes that are no result message of this parameter set.
    pub fn decrypt(&self, result: &[u8]) -> Result<Vec<f64>, VaultError> {
        let result = wire::read_result(self.plan.parameters(), result)?;
        Ok(self.plan.scores(&self.keyring.decrypt(&result)))
    }
}
