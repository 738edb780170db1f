//! Encrypts a few numbers, squares them without the secret key, and decrypts the squares.
//!
//! Run with `cargo run --release --example encrypt_square_decrypt`.

use std::error::Error;

use inkognito::Keyring;
use inkognito::ckks::{
    Complex64, EvaluationKeys, Evaluator, KeyRequest, Parameters, ParametersLiteral,
};

fn main() -> Result<(), Box<dyn Error>> {
    // Both sides agree on a parameter set. It is checked against a table of 128-bit security.
    let parameters = Parameters::new(ParametersLiteral::n8192_levels5())?;
    println!(
        "N = {}: {} slots, {} levels, log2 QP = {:.1}",
        parameters.degree(),
        parameters.slots(),
        parameters.max_level(),
        parameters.log_qp()
    );

    // The owner draws a secret key. It never leaves the keyring.
    let mut keyring = Keyring::generate(&parameters)?;

    // The owner encrypts four numbers, one for each slot. The other slots are zero.
    let numbers = [0.5, -1.25, 3.0, 0.1];
    let slots = numbers.map(Complex64::from);
    let (level, scale) = (parameters.max_level(), parameters.scale());
    let ciphertext = keyring.encrypt(&slots, level, scale)?.expand();
    println!("encrypted at level {level} and scale 2^{}", scale.log2());

    // A product of two ciphertexts needs a relinearisation key at their level.
    let mut keys = EvaluationKeys::new();
    keys.insert(keyring.switching_key(KeyRequest::relinearization(level)));

    // The evaluator squares all slots at once. The result is rescaled: it is one level lower.
    let evaluator = Evaluator::new(parameters, keys);
    let squares = evaluator.square(&ciphertext)?;
    println!("squared without the secret key: level {}", squares.level());

    // The owner decrypts. CKKS is approximate: each result has a small error.
    let decrypted = keyring.decrypt(&squares);
    for (number, slot) in numbers.iter().zip(&decrypted) {
        let error = (slot.re - number * number).abs();
        println!("{number:>6} squared is {:>9.5}, error {error:.1e}", slot.re);
        assert!(error < 1e-3, "an error beyond the scheme's precision");
    }
    Ok(())
}
