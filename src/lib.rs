//! The vault: keys, encryption and decryption for a neural network that reads digits blind.
//!
//! The one crate in which a secret key exists. In the browser it is a WebAssembly module of its own
//! whose imports reach neither network nor storage nor workers; what leaves it are evaluation keys
//! and ciphertexts in the wire format of `inkognito-ckks`, what comes back are encrypted scores.
//!
//! Relies on `inkognito-network` for the plan (where pixels go, which keys are needed) and on
//! `inkognito-ckks` for everything that needs no secret. Not for: evaluating the network.

mod error;
mod ink;
mod keyring;
mod random;
mod release;
mod secret;
mod vault;
#[cfg(target_arch = "wasm32")]
mod web;
mod wipe;

pub use error::VaultError;
pub use ink::{Drawing, MAX_POINTS, SIDE};
pub use keyring::{Keyring, PendingEncryption};
pub use release::{FLOODING, Flooding, MAX_RELEASES};
pub use secret::SecretKey;
pub use vault::{OpenedStage, Query, QueryId, Vault};
