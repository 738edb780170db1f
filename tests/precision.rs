//! The noise model's prediction for a chain of squares, against what a key's owner decrypts.

#![cfg(not(target_arch = "wasm32"))]

use inkognito::Keyring;
use inkognito_ckks::{Complex64, EvaluationKeys, Evaluator, KeyRequest, NoiseModel};
use inkognito_ckks::{Parameters, ParametersLiteral};

/// How far the measured deviation may be from the predicted one: thousands of slots are measured,
/// but a key's slots have other magnitudes than the mean that the model knows.
const FACTOR: f64 = 2.0;

fn predicted_within_the_factor(literal: ParametersLiteral) {
    let parameters = Parameters::new(literal).unwrap();
    let mut keyring = Keyring::from_seed(&parameters, &[7; 32]);
    let mut keys = EvaluationKeys::new();
    for level in 1..=parameters.max_level() {
        keys.insert(keyring.switching_key(KeyRequest::relinearization(level)));
    }
    let evaluator = Evaluator::new(parameters.clone(), keys);
    let sign = |i: usize| if i.is_multiple_of(3) { -1.0 } else { 1.0 };
    let slots: Vec<_> = (0..parameters.slots())
        .map(|i| Complex64::from(sign(i)))
        .collect();
    let level = parameters.max_level();
    let fresh = keyring.encrypt(&slots, level, parameters.scale()).unwrap();
    let mut ciphertext = fresh.expand();
    let mut expected: Vec<f64> = slots.iter().map(|slot| slot.re).collect();

    let predicted = NoiseModel::new(&parameters).squares();
    assert_eq!(predicted.len(), level + 1);
    for (step, predicted) in predicted.iter().enumerate() {
        if step > 0 {
            ciphertext = evaluator.square(&ciphertext).unwrap();
            expected.iter_mut().for_each(|value| *value *= *value);
        }
        assert_eq!(ciphertext.level(), predicted.level);
        assert!((ciphertext.scale() / predicted.scale - 1.0).abs() < 1e-9);
        let found = keyring.decrypt(&ciphertext);
        let errors = found.iter().zip(&expected).map(|(z, x)| (z.re - x).powi(2));
        let deviation = (errors.sum::<f64>() / found.len() as f64).sqrt();
        let ratio = deviation / predicted.deviation;
        assert!(
            (1.0 / FACTOR..FACTOR).contains(&ratio),
            "after {step} squares: measured {deviation:e}, predicted {predicted:?}"
        );
    }
}

#[test]
fn squares_lose_what_is_predicted_at_n_8192() {
    predicted_within_the_factor(ParametersLiteral::n8192_levels5());
}

#[test]
fn squares_lose_what_is_predicted_at_n_16384() {
    predicted_within_the_factor(ParametersLiteral::n16384_levels11());
}
