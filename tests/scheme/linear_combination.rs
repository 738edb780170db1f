//! Sums with constant factors over ciphertexts of different levels and scales, against plain
//! arithmetic.

use inkognito_ckks::{Ciphertext, CkksError, Complex64};
use inkognito_test_kit::SchemeSides;
use proptest::prelude::*;

/// The least precision, in bits, of a sum of a few values of magnitude one at scales from 2^25.5:
/// fresh errors and one rounding have a standard deviation of some 2^11 in a slot, and twelve of
/// those are allowed.
const BITS: i32 = 11;

fn encrypt(sides: &mut SchemeSides, values: &[f64], level: usize, scale: f64) -> Ciphertext {
    let slots: Vec<_> = values.iter().copied().map(Complex64::from).collect();
    sides.encrypt_at(&slots, level, scale)
}

/// Returns the largest error of all slots.
fn error(sides: &SchemeSides, found: &Ciphertext, expected: impl Fn(usize) -> f64) -> f64 {
    let slots = 0..sides.parameters().slots();
    let expected: Vec<_> = slots.map(|i| Complex64::from(expected(i))).collect();
    sides.error(found, &expected)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn sums_across_levels_and_scales_keep_the_values(
        // the sum stays above level 0, whose modulus would be too small for it
        levels in prop::collection::vec(3..=5_usize, 1..4),
        scales in prop::collection::vec(25.5..27.0_f64, 4),
        factors in prop::collection::vec(-1.0..1.0_f64, 4),
        constant in -3.0..3.0_f64, drop in 0..=1_usize,
    ) {
        let mut sides = SchemeSides::new(33, |_| vec![]);
        let slots = sides.parameters().slots();
        let value = |k: usize, i: usize| ((31 * i + 7 * k) % 101) as f64 / 50.0 - 1.0;
        let operands: Vec<_> = levels
            .iter()
            .enumerate()
            .map(|(k, level)| {
                let values: Vec<_> = (0..slots).map(|i| value(k, i)).collect();
                encrypt(&mut sides, &values, *level, scales[k].exp2())
            })
            .collect();
        let terms: Vec<_> = operands.iter().zip(factors.iter().copied()).collect();
        let level = levels.iter().min().unwrap() - 1 - drop;
        let scale = scales[3].exp2();
        let sum = sides.evaluator.weighted_sum(&terms, constant, level, scale).unwrap();
        prop_assert_eq!((sum.level(), sum.scale()), (level, scale));
        let expected = |i: usize| {
            let terms: f64 = (0..terms.len()).map(|k| factors[k] * value(k, i)).sum();
            constant + terms
        };
        let error = error(&sides, &sum, expected);
        prop_assert!(error < f64::from(-BITS).exp2(), "{}", error);
    }

    #[test]
    fn lower_levels_and_constants_keep_the_values(to in 0..=5_usize, constant in -0.9..0.9_f64) {
        let mut sides = SchemeSides::new(33, |_| vec![]);
        let scale = sides.parameters().scale() / 2.0;
        let a = encrypt(&mut sides, &[0.5; 16], 5, scale);
        let mut dropped = sides.evaluator.drop_to_level(&a, to).unwrap();
        prop_assert_eq!((dropped.level(), dropped.scale()), (to, a.scale()));
        sides.evaluator.add_constant_assign(&mut dropped, constant).unwrap();
        let error = error(&sides, &dropped, |i| constant + if i < 16 { 0.5 } else { 0.0 });
        prop_assert!(error < f64::from(-BITS).exp2(), "{}", error);
    }
}

#[test]
fn operands_that_do_not_fit_are_refused() {
    let mut sides = SchemeSides::new(33, |_| vec![]);
    let scale = sides.parameters().scale();
    let mut a = encrypt(&mut sides, &[0.5], 3, scale);
    let evaluator = &sides.evaluator;
    assert_eq!(
        evaluator.drop_to_level(&a, 4),
        Err(CkksError::Level {
            expected: 4,
            actual: 3
        })
    );
    assert_eq!(
        evaluator.weighted_sum(&[(&a, 1.0)], 0.0, 3, scale),
        Err(CkksError::Level {
            expected: 4,
            actual: 3
        })
    );
    let top = evaluator.weighted_sum(&[(&a, 1.0)], 0.0, 5, scale);
    assert_eq!(top, Err(CkksError::LevelsExhausted));
    for bad in [f64::NAN, f64::INFINITY, 1e30] {
        let refused = |result| matches!(result, Err(CkksError::ValueOutOfRange { .. }));
        assert!(refused(evaluator.weighted_sum(&[(&a, bad)], 0.0, 1, scale)));
        assert!(refused(evaluator.weighted_sum(&[(&a, 1.0)], bad, 1, scale)));
        assert!(matches!(
            evaluator.add_constant_assign(&mut a, bad),
            Err(CkksError::ValueOutOfRange { .. })
        ));
    }
}
