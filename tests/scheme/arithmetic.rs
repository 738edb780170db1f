//! Sums and products of ciphertexts, and the laws that they obey.

use inkognito_ckks::{Ciphertext, CkksError, KeyRequest, Plaintext};
use inkognito_test_kit::{SchemeSides, largest_slot_error};
use proptest::prelude::*;

use crate::{values, zip};

#[test]
fn sums_and_plain_products_have_the_predicted_error() {
    let mut sides = SchemeSides::new(4, |_| vec![]);
    let (a, b, scale) = (values(3), values(4), sides.parameters().scale());
    let level = sides.parameters().max_level();
    let (x, y) = (sides.encrypt(&a, level), sides.encrypt(&b, level));
    let fresh = sides.noise.fresh().sqrt();

    let mut sum = x.clone();
    sides.evaluator.add_assign(&mut sum, &y).unwrap();
    let expected = zip(&a, &b, |a, b| a + b);
    sides.expect("sum", &sum, &expected, fresh * 2f64.sqrt() / scale, 14.5);

    let basis = sides.parameters().q_basis(level).clone();
    let plain = sides.encoder.encode(&b, scale, &basis).unwrap().into_ntt();
    let plain = Plaintext::new(plain, scale);
    let mut sum = x.clone();
    sides.evaluator.add_plain_assign(&mut sum, &plain).unwrap();
    sides.expect(
        "sum with plain",
        &sum,
        &expected,
        fresh * 1.01 / scale,
        15.0,
    );

    let product = sides.evaluator.mul_plain(&x, &plain).unwrap();
    let expected = zip(&a, &b, |a, b| a * b);
    // |b| <= 1 on the ciphertext's error, |a| <= 1 on the encoder's rounding
    let deviation = fresh.hypot(sides.noise.encoding().sqrt()) / scale;
    sides.expect("plain product", &product, &expected, deviation, 15.0);

    let rescaled = sides.evaluator.rescale(product).unwrap();
    assert_eq!(rescaled.level(), level - 1);
    let deviation = deviation.hypot(sides.noise.division().sqrt() / rescaled.scale());
    sides.expect(
        "plain product, rescaled",
        &rescaled,
        &expected,
        deviation,
        12.0,
    );
}

#[test]
fn squares_reach_level_zero_with_the_predicted_error() {
    let mut sides = SchemeSides::new(5, |p| {
        (1..=p.max_level())
            .map(KeyRequest::relinearization)
            .collect()
    });
    let p = sides.parameters().clone();
    let mut z = values(5);
    let mut ct = sides.encrypt(&z, p.max_level());
    let mut error = sides.noise.fresh().sqrt() / p.scale();
    for level in (0..p.max_level()).rev() {
        ct = sides.evaluator.square(&ct).unwrap();
        z = zip(&z, &z, |a, b| a * b);
        assert_eq!(ct.level(), level);
        // one rounding for key switching and rescaling together
        error = (2.0 * error).hypot(sides.noise.division().sqrt() / ct.scale());
        sides.expect("square", &ct, &z, error, 8.0);
    }
    assert_eq!(sides.evaluator.square(&ct), Err(CkksError::LevelsExhausted));
}

#[test]
fn products_of_two_ciphertexts_have_the_predicted_error() {
    let mut sides = SchemeSides::new(6, |_| vec![KeyRequest::relinearization(4)]);
    let (a, b, scale) = (values(6), values(7), sides.parameters().scale());
    let (x, y) = (sides.encrypt(&a, 4), sides.encrypt(&b, 4));
    let product = sides.evaluator.multiply(&x, &y).unwrap();
    let fresh = (2.0 * sides.noise.fresh()).sqrt() / scale;
    let error = fresh.hypot(sides.noise.division().sqrt() / product.scale());
    sides.expect("product", &product, &zip(&a, &b, |a, b| a * b), error, 12.0);
}

#[test]
fn operands_that_do_not_fit_are_refused() {
    let mut sides = SchemeSides::new(9, |_| vec![]);
    let z = values(10);
    let (high, low) = (sides.encrypt(&z, 2), sides.encrypt(&z, 1));
    let evaluator = &sides.evaluator;
    let level = Err(CkksError::Level {
        expected: 2,
        actual: 1,
    });
    assert_eq!(evaluator.add_assign(&mut high.clone(), &low), level);
    assert_eq!(evaluator.multiply(&high, &low).map(|_| ()), level);
    assert!(matches!(
        evaluator.rotate(&high, 1),
        Err(CkksError::MissingKey { level: 2, .. })
    ));
    assert!(matches!(
        evaluator.square(&high),
        Err(CkksError::MissingKey { level: 2, .. })
    ));
    let other = Ciphertext::new(high.polys().clone(), 2.0 * high.scale());
    let scale = evaluator.add_assign(&mut high.clone(), &other);
    assert!(matches!(scale, Err(CkksError::Scale { .. })));
    let bottom = sides.encrypt(&z, 0);
    assert_eq!(
        sides.evaluator.rescale(bottom),
        Err(CkksError::LevelsExhausted)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    /// Addition is a homomorphism, rotation is a group action, and both commute.
    #[test]
    fn addition_and_rotation_commute(seed in any::<u64>(), i in 0usize..3, j in 0usize..3) {
        let steps = [5i64, 700, -1];
        let mut sides = SchemeSides::new(10, |p| {
            let all = steps.iter().flat_map(|&a| steps.iter().map(move |&b| a + b).chain([a]));
            all.map(|s| KeyRequest::rotation(p, s, 1)).collect()
        });
        let (a, b) = (values(seed), values(seed ^ 0xABCD));
        let (x, y) = (sides.encrypt(&a, 1), sides.encrypt(&b, 1));
        let rotate = |ct: &Ciphertext, s: i64| sides.evaluator.rotate(ct, s).unwrap();
        let add = |a: &Ciphertext, b: &Ciphertext| {
            let mut sum = a.clone();
            sides.evaluator.add_assign(&mut sum, b).unwrap();
            sum
        };
        let pairs = [
            (rotate(&rotate(&x, steps[i]), steps[j]), rotate(&x, steps[i] + steps[j])),
            (rotate(&add(&x, &y), steps[i]), add(&rotate(&x, steps[i]), &rotate(&y, steps[i]))),
        ];
        for (left, right) in pairs {
            let (left, right) = (sides.keyring.decrypt(&left), sides.keyring.decrypt(&right));
            let error = largest_slot_error(&left, &right);
            prop_assert!(error < 2f64.powi(-11), "{error:e}");
        }
    }
}
