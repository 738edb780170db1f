//! The client side of a neural network that reads digits encrypted under CKKS: keys, encryption,
//! decryption.
//!
//! This is the only crate of the project in which a secret key exists. Two kinds of user depend on
//! it:
//!
//! - The page loads it as a WebAssembly module of its own, the *vault*. The module imports no
//!   function that reaches a network, a store or a worker. Evaluation keys and ciphertexts leave it
//!   in the wire format of [`ckks::wire`]; encrypted scores come back.
//! - Rust programs use it as a client library, with the two crates that it re-exports: [`ckks`]
//!   has the scheme as both sides see it, [`network`] the models and the evaluator.
//!
//! [`Keyring`] is the owner's side of the scheme, for any parameter set and any vector. [`Vault`]
//! is a whole visit of one network: images in, messages out; messages in, scores out. [`Drawing`]
//! renders strokes of a pen as an image. The crate does not evaluate networks.
//!
//! # Example
//!
//! Parameters, keys, encryption, one operation without the secret key, decryption:
//!
//! ```
//! use inkognito::Keyring;
//! use inkognito::ckks::{
//!     Complex64, EvaluationKeys, Evaluator, KeyRequest, Parameters, ParametersLiteral,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A checked set: N = 8192, so 4096 slots, and 5 levels at 128 bits of security.
//! let parameters = Parameters::new(ParametersLiteral::n8192_levels5())?;
//! let (level, scale) = (parameters.max_level(), parameters.scale());
//!
//! // The owner draws a secret key, and a relinearisation key for the evaluator.
//! let mut keyring = Keyring::generate(&parameters)?;
//! let mut keys = EvaluationKeys::new();
//! keys.insert(keyring.switching_key(KeyRequest::relinearization(level)));
//! let slots = [1.5, -0.25].map(Complex64::from);
//! let ciphertext = keyring.encrypt(&slots, level, scale)?.expand();
//!
//! // The evaluator squares every slot. It has no secret key.
//! let evaluator = Evaluator::new(parameters, keys);
//! let squares = evaluator.square(&ciphertext)?;
//! assert_eq!(squares.level(), level - 1);
//!
//! // The owner decrypts: the result is approximate.
//! let decrypted = keyring.decrypt(&squares);
//! assert!((decrypted[0].re - 2.25).abs() < 1e-3);
//! assert!((decrypted[1].re - 0.0625).abs() < 1e-3);
//! # Ok(())
//! # }
//! ```
//!
//! The examples `encrypt_square_decrypt`, `rotate_and_add` and `read_digit` are whole programs.
//!
//! # What it does not protect
//!
//! CKKS is approximate: a decryption contains an error that depends on the secret key. Decryptions
//! must stay with the owner. [`Vault::release`] is the only way to scores that may be passed on;
//! its documentation states the bound. An evaluator may answer with any ciphertext: a client that
//! knows the weights should compare the scores with those of [`network::Model::scores`].

mod answer;
mod error;
mod ink;
mod keyring;
mod query;
mod random;
mod release;
mod secret;
mod vault;
#[cfg(target_arch = "wasm32")]
mod web;
mod wipe;

pub use error::VaultError;
pub use ink::{Drawing, IMAGE_SIDE, MAX_POINTS};
pub use inkognito_ckks as ckks;
pub use inkognito_network as network;
pub use keyring::{Keyring, PendingEncryption};
pub use ndarray;
pub use query::{OpenedStage, Query, QueryId};
pub use release::{FLOODING_FACTOR, Flooding, MAX_RELEASES};
pub use secret::SecretKey;
pub use vault::Vault;
