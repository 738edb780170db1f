//! The noise model's prediction for a chain of products and squares, against what a key's owner decrypts.

#![cfg(not(target_arch = "wasm32"))]

use inkognito::Keyring;
use inkognito_ckks::{
    Complex64, Encoder, EvaluationKeys, Evaluator, KeyRequest, NoiseModel, Parameters,
    ParametersLiteral, Plaintext,
};

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
    let encoder = Encoder::new(&parameters);
    let evaluator = Evaluator::new(parameters.clone(), keys);
    let sign = |i: usize| if i.is_multiple_of(3) { -1.0 } else { 1.0 };
    let slots: Vec<_> = (0..parameters.slots())
        .map(|i| Complex64::from(sign(i)))
        .collect();
    let level = parameters.max_level();
    let fresh = keyring.encrypt(&slots, level, parameters.scale()).unwrap();
    let mut ciphertext = fresh.expand();
    let mut expected: Vec<f64> = slots.iter().map(|slot| slot.re).collect();

    let predicted = NoiseModel::new(&parameters).layers();
    assert_eq!(predicted.len(), level + 1);
    for (step, predicted) in predicted.iter().enumerate() {
        let level = ciphertext.level();
        if step % 2 == 1 {
            let last = f64::from(parameters.modulus(level));
            let scale = parameters.scale() * last / ciphertext.scale();
            let weights = encoder.encode(&slots, scale, parameters.q_basis(level));
            let weights = Plaintext::new(weights.unwrap().into_ntt(), scale);
            let product = evaluator.mul_plain(&ciphertext, &weights).unwrap();
            ciphertext = evaluator.rescale(product).unwrap();
            let signs = expected.iter_mut().zip(&slots);
            signs.for_each(|(value, slot)| *value *= slot.re);
        } else if step > 0 {
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
            "after {step} levels: measured {deviation:e}, predicted {predicted:?}"
        );
    }
}

#[test]
fn layers_lose_what_is_predicted_at_n_8192() {
    predicted_within_the_factor(ParametersLiteral::n8192_levels5());
}

#[test]
fn layers_lose_what_is_predicted_at_n_16384() {
    predicted_within_the_factor(ParametersLiteral::n16384_levels11());
}
