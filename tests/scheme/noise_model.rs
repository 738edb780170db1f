//! The noise model's prediction for a chain of products and squares, against the decryptions of the
//! owner of the key.

use inkognito_ckks::{Complex64, KeyRequest, Parameters, ParametersLiteral, Plaintext};
use inkognito_test_kit::{SchemeSides, root_mean_square_error};

/// Largest ratio of the measured deviation and the predicted one. Thousands of slots are measured,
/// but a key's slots have other magnitudes than the mean in the model.
const FACTOR: f64 = 2.0;

fn predicted_within_the_factor(literal: ParametersLiteral) {
    let parameters = Parameters::new(literal).unwrap();
    let relinearizations = |p: &Parameters| {
        let levels = 1..=p.max_level();
        levels.map(KeyRequest::relinearization).collect()
    };
    let mut sides = SchemeSides::with_parameters(parameters.clone(), 7, relinearizations);
    let sign = |i: usize| if i.is_multiple_of(3) { -1.0 } else { 1.0 };
    let slots: Vec<_> = (0..parameters.slots())
        .map(|i| Complex64::from(sign(i)))
        .collect();
    let level = parameters.max_level();
    let mut ciphertext = sides.encrypt(&slots, level);
    let mut expected: Vec<f64> = slots.iter().map(|slot| slot.re).collect();

    let predicted = sides.noise.layers();
    assert_eq!(predicted.len(), level + 1);
    for (step, predicted) in predicted.iter().enumerate() {
        let level = ciphertext.level();
        if step % 2 == 1 {
            let last = f64::from(parameters.modulus(level));
            let scale = parameters.scale() * last / ciphertext.scale();
            let weights = sides
                .encoder
                .encode(&slots, scale, parameters.q_basis(level));
            let weights = Plaintext::new(weights.unwrap().into_ntt(), scale);
            let product = sides.evaluator.mul_plain(&ciphertext, &weights).unwrap();
            ciphertext = sides.evaluator.rescale(product).unwrap();
            let signs = expected.iter_mut().zip(&slots);
            signs.for_each(|(value, slot)| *value *= slot.re);
        } else if step > 0 {
            ciphertext = sides.evaluator.square(&ciphertext).unwrap();
            expected.iter_mut().for_each(|value| *value *= *value);
        }
        assert_eq!(ciphertext.level(), predicted.level);
        assert!((ciphertext.scale() / predicted.scale - 1.0).abs() < 1e-9);
        let found = sides.keyring.decrypt(&ciphertext);
        let deviation = root_mean_square_error(&expected, &found);
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
