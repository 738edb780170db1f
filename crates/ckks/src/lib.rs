//! CKKS (Cheon, Kim, Kim and Song 2017) in its RNS form (Cheon et al. 2018), as *both* sides of a
//! conversation see it: parameters, encoding, ciphertexts, evaluation keys, operations on
//! ciphertexts and the bytes that travel.
//!
//! Relies on `inkognito-ring`. Not for: making keys, encrypting or decrypting. This crate has no
//! notion of a secret; those live in the vault, the package `inkognito`, alone.
//!
//! Notation: N ring degree; `q_0 .. q_L` the ciphertext moduli, of which a ciphertext at level l
//! uses the first l + 1; P the product of a level's special moduli; a ciphertext `(c_0, c_1)` at scale
//! `D` holds the vector `z` of N/2 complex slots when `c_0 + c_1 s = D encode(z) + error`.

mod busy;
mod ciphertext;
mod combine;
mod count;
mod encoder;
mod error;
mod evaluator;
mod key_switch;
mod keys;
mod lifted;
mod linear;
mod noise;
mod offline;
mod parallel;
mod parameters;
mod readout;
mod scratch;
mod special;
pub mod wire;

pub use busy::{busy_time, count_busy_time};
pub use ciphertext::{Ciphertext, Mask, Plaintext, SeededCiphertext};
pub use count::OperationCount;
pub use encoder::Encoder;
pub use error::{CkksError, ParameterError};
pub use evaluator::Evaluator;
pub use inkognito_ring::GaloisElement;
pub use keys::{EvaluationKeys, KeyPurpose, KeyRequest, SeededSwitchingKey, SwitchingKey};
pub use lifted::{Automorphism, CiphertextQp};
pub use linear::{BabyGiant, LinearTransform};
pub use noise::{NoiseModel, Precision};
pub use num_complex::Complex64;
pub use offline::OfflineLinear;
pub use parallel::awake;
pub use parameters::{Parameters, ParametersLiteral};
pub use readout::{CoefficientMatVec, TruncatedCiphertext};
