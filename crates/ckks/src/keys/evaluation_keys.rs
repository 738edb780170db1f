//! The set of keys that an evaluator has received.
//!
//! Relies on `switching_key.rs`. Not for making keys, which takes the secret.

use inkognito_ring::GaloisElement;

use crate::{
    error::CkksError,
    keys::{
        purpose::KeyPurpose,
        request::KeyRequest,
        switching_key::{GaloisKey, SeededSwitchingKey, SwitchingKey},
    },
};

/// The switching keys that an evaluator has received, at most one for each request.
///
/// ```
/// use inkognito_ckks::{EvaluationKeys, KeyRequest};
///
/// let keys = EvaluationKeys::new();
/// assert!(keys.is_empty());
/// assert!(!keys.contains(&KeyRequest::relinearization(1)));
/// ```
#[derive(Default)]
pub struct EvaluationKeys {
    /// In ascending order. A map would not be faster, and takes more code in a module.
    keys: Vec<(KeyRequest, SwitchingKey)>,
}

impl EvaluationKeys {
    /// Returns an empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Inserts a key. It replaces a key with the same request.
    ///
    /// The key must have one polynomial for each digit of its level, over
    /// [`qp_basis`](crate::Parameters::qp_basis) of that level. An operation panics if it uses a
    /// key of another shape. [`read_evaluation_key`](crate::wire::read_evaluation_key) returns only
    /// keys of the right shape.
    ///
    /// # Panics
    /// If the degrees of the key's polynomials differ, or if one is over fewer moduli than the
    /// first.
    pub fn insert(&mut self, key: SeededSwitchingKey) {
        let expanded = SwitchingKey::expand(&key);
        match self.find(&key.request) {
            Ok(i) => self.keys[i].1 = expanded,
            Err(i) => self.keys.insert(i, (key.request, expanded)),
        }
    }

    /// Returns whether the set has a key for `request`.
    pub fn contains(&self, request: &KeyRequest) -> bool {
        self.find(request).is_ok()
    }

    /// Returns the number of keys.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Returns whether the set has no key.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Returns the relinearisation key at `level`.
    ///
    /// # Errors
    /// [`CkksError::MissingKey`] if the set does not have it.
    pub(crate) fn relinearization(&self, level: usize) -> Result<&SwitchingKey, CkksError> {
        self.get(KeyPurpose::Relinearization, level)
    }

    /// Returns the key for the automorphism `X -> X^g` at `level`.
    ///
    /// # Errors
    /// [`CkksError::MissingKey`] if the set does not have it.
    pub(crate) fn galois(
        &self,
        g: GaloisElement,
        level: usize,
    ) -> Result<GaloisKey<'_>, CkksError> {
        let purpose = KeyPurpose::Galois(g);
        let key = self.get(purpose, level)?;
        // every key with this purpose has an automorphism
        let key = key.as_galois_key();
        key.ok_or(CkksError::MissingKey { purpose, level })
    }

    /// Returns the index of a key, or else the index where it would be inserted.
    fn find(&self, request: &KeyRequest) -> Result<usize, usize> {
        self.keys.binary_search_by(|(other, _)| other.cmp(request))
    }

    fn get(&self, purpose: KeyPurpose, level: usize) -> Result<&SwitchingKey, CkksError> {
        match self.find(&KeyRequest { purpose, level }) {
            Ok(i) => Ok(&self.keys[i].1),
            Err(_) => Err(CkksError::MissingKey { purpose, level }),
        }
    }
}
