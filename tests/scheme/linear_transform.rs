//! A linear transform by baby steps and giant steps against its matrix.

use inkognito_ckks::{
    Automorphism, BabyGiant, CkksError, Complex64, KeyPurpose, KeyRequest, LinearTransform,
    Parameters,
};
use inkognito_ring::GaloisElement;
use inkognito_test_kit::SchemeSides;

use crate::values;

/// Returns multiplication by i and rotation by 1; conjugation; and the composition of both.
fn automorphisms(p: &Parameters) -> [Automorphism; 3] {
    let rotation = GaloisElement::rotation(1, p.log_n());
    let conjugation = GaloisElement::conjugation(p.log_n());
    let automorphism = |galois_element, mul_by_i| Automorphism {
        galois_element,
        mul_by_i,
    };
    [
        automorphism(rotation, true),
        automorphism(conjugation, false),
        automorphism(rotation.then(conjugation), true),
    ]
}

#[test]
fn a_linear_transform_is_its_matrix() {
    let split = BabyGiant {
        unit: 1,
        baby_steps: 4,
    };
    let numbers = [0usize, 1, 3, 6, 9, 11, 4095];
    let level = 3;
    let mut sides = SchemeSides::new(8, |p| {
        let levels = [level - 1, level];
        let [baby, giant] = split.rotations(numbers);
        let baby = baby
            .into_iter()
            .map(|s| KeyRequest::rotation(p, s as i64, level));
        let giant = giant
            .into_iter()
            .flat_map(|s| levels.map(|level| KeyRequest::rotation(p, s as i64, level)));
        let purposes = automorphisms(p).map(|it| KeyPurpose::Galois(it.galois_element));
        let sums = purposes
            .into_iter()
            .flat_map(|purpose| levels.map(|level| KeyRequest { purpose, level }));
        baby.chain(giant).chain(sums).collect()
    });
    let (z, p) = (values(9), sides.parameters().clone());
    let diagonals: Vec<(usize, Vec<Complex64>)> = numbers
        .iter()
        .map(|&d| (d, values(100 + d as u64)))
        .collect();
    let scale = f64::from(p.modulus(level));
    let transform =
        LinearTransform::new(&p, &sides.encoder, &diagonals, split, level, scale).unwrap();
    let ct = sides.encrypt(&z, level);
    let expected: Vec<_> = (0..4096)
        .map(|i| {
            diagonals
                .iter()
                .map(|(d, v)| v[i] * z[(i + d) % 4096])
                .sum()
        })
        .collect();
    let product = || transform.apply(&sides.evaluator, &ct).unwrap();
    let y = sides.evaluator.mod_down(product(), true).unwrap();
    assert_eq!((y.level(), y.scale()), (level - 1, p.scale()));
    // each term carries the input's error and that of its rotations; one rounding at the end
    let noise = &sides.noise;
    let term = noise.fresh() + 4.0 * (noise.key_switch(level) + noise.division());
    let variance = numbers.len() as f64 * term + noise.division();
    let error = variance.sqrt() / p.scale();
    sides.expect("linear transform", &y, &expected, error, 11.0);
    // rescaled separately
    let unscaled = sides.evaluator.mod_down(product(), false).unwrap();
    assert_eq!(unscaled.level(), level);
    let rescaled = sides.evaluator.rescale(unscaled).unwrap();
    sides.expect("rescaled after", &rescaled, &expected, error, 11.0);
    // rotated by 1 and multiplied by i, conjugated, both
    let summed: Vec<_> = (0..4096)
        .map(|i| [expected[i], expected[(i + 1) % 4096] * Complex64::i()])
        .map(|[x, y]| x + y + x.conj() + y.conj())
        .collect();
    let sum = sides
        .evaluator
        .rotate_and_sum(product(), &automorphisms(&p))
        .and_then(|sum| sides.evaluator.mod_down(sum, true))
        .unwrap();
    assert_eq!((sum.level(), sum.scale()), (level - 1, p.scale()));
    sides.expect("sum of automorphisms", &sum, &summed, 4.0 * error, 9.0);
    // rescaled between: the parts of giant steps and automorphisms are rounded, nothing else
    // changes
    let transform = transform.rescale_before_giant_steps(&p).unwrap();
    let product = || transform.apply(&sides.evaluator, &ct).unwrap();
    let y = sides.evaluator.mod_down(product(), false).unwrap();
    assert_eq!((y.level(), y.scale()), (level - 1, p.scale()));
    let parts = 3.0 * (noise.key_switch(level - 1) + noise.division_of_second());
    let error = (variance + parts).sqrt() / p.scale();
    sides.expect("rescaled between", &y, &expected, error, 11.0);
    let sum = sides
        .evaluator
        .rotate_and_sum(product(), &automorphisms(&p))
        .and_then(|sum| sides.evaluator.mod_down(sum, false))
        .unwrap();
    sides.expect(
        "sum of automorphisms below",
        &sum,
        &summed,
        4.0 * error,
        9.0,
    );
    let mut requests = transform.key_requests(&p);
    requests.retain(|request| request.level == level - 1);
    assert_eq!(requests.len(), 3);
    // counted: a decomposition for the baby steps and one for each giant step but the first
    sides.evaluator.take_operation_count();
    transform.apply(&sides.evaluator, &ct).unwrap();
    let count = sides.evaluator.take_operation_count();
    let requests = transform.key_requests(&p).len() as u64;
    assert_eq!((count.plaintext_product, count.key_switch), (7, requests));
}

#[test]
fn moduli_that_differ_one_level_below_are_refused() {
    let sides = SchemeSides::new(9, |_| vec![]);
    let (p, scale) = (sides.parameters().clone(), sides.parameters().scale());
    let ones = [(0, vec![Complex64::from(1.0)])];
    let split = BabyGiant {
        unit: 1,
        baby_steps: 1,
    };
    let transform = |level| LinearTransform::new(&p, &sides.encoder, &ones, split, level, scale);
    assert!(transform(3).unwrap().rescale_before_giant_steps(&p).is_ok());
    assert!(matches!(
        transform(4).unwrap().rescale_before_giant_steps(&p),
        Err(CkksError::ModuliDiffer { level: 4 })
    ));
}
