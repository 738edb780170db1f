//! Rotations and conjugation at every level.

use inkognito_ckks::{KeyPurpose, KeyRequest};
use inkognito_ring::GaloisElement;
use inkognito_test_kit::SchemeSides;

use crate::values;

#[test]
fn rotations_have_the_predicted_error_at_every_level() {
    let steps = [1i64, 64, 2048, -3];
    let mut sides = SchemeSides::new(7, |p| {
        let rotations = (0..=p.max_level())
            .flat_map(|level| steps.map(|steps| KeyRequest::rotation(p, steps, level)));
        let purpose = KeyPurpose::Galois(GaloisElement::conjugation(p.log_n()));
        let conjugation = (0..=p.max_level()).map(|level| KeyRequest { purpose, level });
        rotations.chain(conjugation).collect()
    });
    let (z, p) = (values(8), sides.parameters().clone());
    for level in 0..=p.max_level() {
        let ct = sides.encrypt(&z, level);
        let noise = &sides.noise;
        let variance = noise.fresh() + noise.key_switch(level) + noise.division();
        let error = variance.sqrt() / p.scale();
        for steps in steps {
            let rotated = sides.evaluator.rotate(&ct, steps).unwrap();
            let expected: Vec<_> = (0..4096)
                .map(|i| z[(i + steps).rem_euclid(4096) as usize])
                .collect();
            sides.expect("rotation", &rotated, &expected, error, 12.0);
        }
        let conjugate = sides.evaluator.conjugate(&ct).unwrap();
        let expected: Vec<_> = z.iter().map(|z| z.conj()).collect();
        sides.expect("conjugation", &conjugate, &expected, error, 12.0);
    }
}
