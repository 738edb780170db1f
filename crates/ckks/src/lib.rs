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

mod error;
mod evaluator;
mod keys;
mod scheme;
mod transforms;
pub mod wire;

pub use error::{CkksError, ParameterError};
pub use evaluator::arithmetic::Evaluator;
pub use evaluator::ciphertext_qp::{Automorphism, CiphertextQp};
pub use evaluator::offline::OfflineLinear;
pub use evaluator::operation_count::OperationCount;
pub use inkognito_ring::GaloisElement;
pub use keys::{EvaluationKeys, KeyPurpose, KeyRequest, SeededSwitchingKey, SwitchingKey};
pub use num_complex::Complex64;
pub use scheme::ciphertext::{Ciphertext, Mask, Plaintext, SeededCiphertext};
pub use scheme::encoder::Encoder;
pub use scheme::noise::{NoiseModel, Precision};
pub use scheme::parameters::{Parameters, ParametersLiteral};
pub use transforms::coefficients::{CoefficientMatVec, TruncatedCiphertext};
pub use transforms::linear::{BabyGiant, LinearTransform};
