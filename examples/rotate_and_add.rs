//! Adds up encrypted numbers: rotates the slots by powers of two and adds, without the secret key.
//!
//! Eight numbers repeat over all slots. After rotations by 4, 2 and 1, each followed by an
//! addition, every slot holds the sum of the eight.
//!
//! Run with `cargo run --release --example rotate_and_add`.

use std::error::Error;

use inkognito::Keyring;
use inkognito::ckks::{
    CkksError, Complex64, EvaluationKeys, Evaluator, KeyRequest, Parameters, ParametersLiteral,
};

fn main() -> Result<(), Box<dyn Error>> {
    let parameters = Parameters::new(ParametersLiteral::n8192_levels5())?;
    let mut keyring = Keyring::generate(&parameters)?;

    // Rotations and additions use up no level. A ciphertext at a low level is the smallest and the
    // fastest; at level 1 the modulus is large enough for sums that exceed their terms.
    let level = 1;
    let numbers = [1.0, 2.0, 3.0, 4.0, -0.5, -1.5, 0.25, 0.75];
    let repeated = numbers.iter().cycle().take(parameters.slots());
    let slots: Vec<Complex64> = repeated.map(|&number| number.into()).collect();
    let mut sum = keyring.encrypt(&slots, level, parameters.scale())?.expand();

    // Each rotation needs a key of its own, made for the level where it is used.
    let steps = [4, 2, 1];
    let mut keys = EvaluationKeys::new();
    for step in steps {
        let request = KeyRequest::rotation(&parameters, step, level);
        keys.insert(keyring.switching_key(request));
    }

    let evaluator = Evaluator::new(parameters, keys);
    for step in steps {
        let rotated = evaluator.rotate(&sum, step)?;
        evaluator.add_assign(&mut sum, &rotated)?;
        println!("rotated by {step} and added");
    }

    let expected: f64 = numbers.iter().sum();
    let decrypted = keyring.decrypt(&sum);
    for (slot, value) in decrypted.iter().take(3).enumerate() {
        println!("slot {slot}: {:.5}, expected {expected}", value.re);
    }
    let errors = decrypted.iter().map(|value| (value.re - expected).abs());
    let largest = errors.fold(0.0, f64::max);
    println!(
        "largest error of all {} slots: {largest:.1e}",
        decrypted.len()
    );
    assert!(largest < 1e-2, "an error beyond the scheme's precision");

    // A rotation without its key is an error, and names the key.
    let Err(error @ CkksError::MissingKey { .. }) = evaluator.rotate(&sum, 3) else {
        return Err("a rotation by 3 has no key".into());
    };
    println!("rotation by 3: {error}");
    Ok(())
}
