//! CKKS (Cheon, Kim, Kim and Song 2017) in its RNS form (Cheon et al. 2018), as *both* sides of a
//! conversation see it: parameters, encoding, ciphertexts, evaluation keys, operations on
//! ciphertexts, and messages.
//!
//! Relies on `inkognito-ring` for polynomials and on `inkognito-threads` for threads. Not for:
//! making keys, encrypting or decrypting. This crate has no notion of a secret; secrets exist in
//! the package `inkognito` alone.
//!
//! Notation: N is the ring degree. `q_0 .. q_L` are the ciphertext moduli; a ciphertext at level l
//! uses the first l + 1 of them. P is the product of a level's special moduli. A ciphertext
//! `(c_0, c_1)` at scale `D` holds the vector `z` of N/2 complex slots when
//! `c_0 + c_1 s = D encode(z) + error`.

mod error;
mod evaluator;
mod keys;
mod scheme;
mod transforms;
pub mod wire;

pub use error::{CkksError, ParameterError};
pub use evaluator::Evaluator;
pub use evaluator::automorphism::Automorphism;
pub use evaluator::ciphertext_qp::CiphertextQp;
pub use evaluator::offline::OfflineLinear;
pub use evaluator::operation_count::OperationCount;
pub use inkognito_ring::GaloisElement;
pub use keys::evaluation_keys::EvaluationKeys;
pub use keys::purpose::KeyPurpose;
pub use keys::request::KeyRequest;
pub use keys::switching_key::SeededSwitchingKey;
pub use num_complex::Complex64;
pub use scheme::ciphertext::{Ciphertext, Mask, Plaintext, SeededCiphertext};
pub use scheme::encoder::Encoder;
pub use scheme::noise::{NoiseModel, Precision};
pub use scheme::parameters::Parameters;
pub use scheme::parameters::literal::ParametersLiteral;
pub use transforms::baby_giant::BabyGiant;
pub use transforms::coefficients::{CoefficientMatVec, TruncatedCiphertext};
pub use transforms::linear::LinearTransform;

/// Runs the README's example as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
