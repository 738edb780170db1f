//! What the vault refuses. No error carries a pixel, a score or a key.

use inkognito_ckks::{CkksError, wire::WireError};
use inkognito_network::{CircuitError, ModelError};

/// Input that the vault cannot use, or randomness that it cannot get.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The model file is not one.
    #[error("the model cannot be read: {0}")]
    Model(#[from] ModelError),
    /// The network has no encrypted circuit, or the image does not fit it.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
    /// The evaluator's answer is not a result message.
    #[error("the evaluator's answer cannot be read: {0}")]
    Wire(#[from] WireError),
    /// Values that cannot be encoded.
    #[error(transparent)]
    Ckks(#[from] CkksError),
    /// The system gives no randomness.
    #[error("no randomness from the system: {0}")]
    Randomness(getrandom::Error),
}
