//! Requests for evaluation keys.
//!
//! Relies on `purpose.rs`. Not for the choice of the keys that a network needs, which its plan
//! makes.

use inkognito_ring::GaloisElement;

use crate::{keys::purpose::KeyPurpose, scheme::parameters::Parameters};

/// Names one key that an evaluation needs.
///
/// ```
/// use inkognito_ckks::{KeyPurpose, KeyRequest, Parameters, ParametersLiteral};
///
/// let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
/// let rotation = KeyRequest::rotation(&parameters, 1, 5);
/// assert!(matches!(rotation.purpose, KeyPurpose::Galois(g) if g.value() == 5));
/// let relinearization = KeyRequest::relinearization(4);
/// assert_eq!(relinearization.purpose, KeyPurpose::Relinearization);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyRequest {
    /// The secret that the key switches from.
    pub purpose: KeyPurpose,
    /// The level of the ciphertexts that the key works on.
    pub level: usize,
}

impl KeyRequest {
    /// Returns the request for the key that rotates slots left by `steps` at `level`.
    pub fn rotation(parameters: &Parameters, steps: i64, level: usize) -> Self {
        let g = GaloisElement::rotation(steps, parameters.log_n());
        Self {
            purpose: KeyPurpose::Galois(g),
            level,
        }
    }

    /// Returns the request for the key that relinearises at `level`.
    pub fn relinearization(level: usize) -> Self {
        Self {
            purpose: KeyPurpose::Relinearization,
            level,
        }
    }
}
