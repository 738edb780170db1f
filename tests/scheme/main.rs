//! The scheme from both sides: the evaluator's results on ciphertexts, decrypted by the owner of
//! the key and compared with plain arithmetic.
//!
//! Errors are measured in the slots or coefficients. [`NoiseModel`](inkognito_ckks::NoiseModel)
//! predicts them; every bound is stated in standard deviations or bits.

#![cfg(not(target_arch = "wasm32"))]

mod arithmetic;
mod coefficient_mat_vec;
mod encryption;
mod linear_combination;
mod linear_transform;
mod noise_model;
mod rotations;

use inkognito_ckks::Complex64;
use inkognito_test_kit::Random;

/// Draws values of the unit disc for all slots at N = 8192.
fn values(seed: u64) -> Vec<Complex64> {
    Random::new(seed).disc(4096)
}

/// Applies a function to two vectors, slot by slot.
fn zip(
    a: &[Complex64],
    b: &[Complex64],
    f: impl Fn(Complex64, Complex64) -> Complex64,
) -> Vec<Complex64> {
    a.iter().zip(b).map(|(&a, &b)| f(a, b)).collect()
}
