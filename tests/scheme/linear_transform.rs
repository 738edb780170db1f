//! A linear transform by baby steps and giant steps against its matrix.

use inkognito_ckks::{
    Automorphism, BabyGiant, Ciphertext, CiphertextQp, CkksError, Complex64, KeyPurpose,
    KeyRequest, LinearTransform, Parameters,
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

/// Numbers of the diagonals that are not zero.
const DIAGONALS: [usize; 7] = [0, 1, 3, 6, 9, 11, 4095];
const LEVEL: usize = 3;
const SPLIT: BabyGiant = BabyGiant {
    unit: 1,
    baby_steps: 4,
};

/// A matrix with seven diagonals, an encrypted vector and their plain product.
struct Example {
    sides: SchemeSides,
    parameters: Parameters,
    diagonals: Vec<(usize, Vec<Complex64>)>,
    ciphertext: Ciphertext,
    expected: Vec<Complex64>,
}

impl Example {
    /// Makes the operands, with the keys for the transform and for [`automorphisms`] at its level
    /// and below.
    fn new() -> Self {
        let mut sides = SchemeSides::new(8, |p| {
            let levels = [LEVEL - 1, LEVEL];
            let [baby, giant] = SPLIT.rotations(DIAGONALS);
            let baby = baby
                .into_iter()
                .map(|s| KeyRequest::rotation(p, s as i64, LEVEL));
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
        let diagonals = DIAGONALS.map(|d| (d, values(100 + d as u64))).to_vec();
        let ciphertext = sides.encrypt(&z, LEVEL);
        let product = |i: usize| {
            let terms = diagonals.iter().map(|(d, v)| v[i] * z[(i + d) % 4096]);
            terms.sum()
        };
        Self {
            expected: (0..4096).map(product).collect(),
            parameters: p,
            diagonals,
            ciphertext,
            sides,
        }
    }

    /// Encodes the transform at the scale that leads back to the set's.
    fn transform(&self) -> LinearTransform {
        let (p, encoder) = (&self.parameters, &self.sides.encoder);
        let scale = f64::from(p.modulus(LEVEL));
        LinearTransform::new(p, encoder, &self.diagonals, SPLIT, LEVEL, scale).unwrap()
    }

    fn apply(&self, transform: &LinearTransform) -> CiphertextQp {
        let product = transform.apply(&self.sides.evaluator, &self.ciphertext);
        product.unwrap()
    }

    /// Asserts that a ciphertext is one level below the input, at the set's scale.
    fn expect_rescaled(&self, ciphertext: &Ciphertext) {
        let found = (ciphertext.level(), ciphertext.scale());
        assert_eq!(found, (LEVEL - 1, self.parameters.scale()));
    }

    /// Returns the variance of the error: each term carries the input's error and that of its
    /// rotations; one rounding at the end.
    fn variance(&self) -> f64 {
        let noise = &self.sides.noise;
        let term = noise.fresh() + 4.0 * (noise.key_switch(LEVEL) + noise.division());
        DIAGONALS.len() as f64 * term + noise.division()
    }

    /// Returns the standard deviation in a slot.
    fn deviation(&self, variance: f64) -> f64 {
        variance.sqrt() / self.parameters.scale()
    }

    /// Returns the sum of the expected slots and their three [`automorphisms`].
    fn expected_sum(&self) -> Vec<Complex64> {
        let expected = &self.expected;
        (0..4096)
            .map(|i| [expected[i], expected[(i + 1) % 4096] * Complex64::i()])
            .map(|[x, y]| x + y + x.conj() + y.conj())
            .collect()
    }
}

#[test]
fn a_linear_transform_is_its_matrix() {
    let example = Example::new();
    let (sides, expected) = (&example.sides, &example.expected);
    let error = example.deviation(example.variance());
    let transform = example.transform();
    let product = || example.apply(&transform);
    let y = sides.evaluator.mod_down(product(), true).unwrap();
    example.expect_rescaled(&y);
    sides.expect("linear transform", &y, expected, error, 11.0);
    // rescaled separately
    let unscaled = sides.evaluator.mod_down(product(), false).unwrap();
    assert_eq!(unscaled.level(), LEVEL);
    let rescaled = sides.evaluator.rescale(unscaled).unwrap();
    sides.expect("rescaled after", &rescaled, expected, error, 11.0);
    // rotated by 1 and multiplied by i, conjugated, both
    let sum = sides
        .evaluator
        .rotate_and_sum(product(), &automorphisms(&example.parameters))
        .and_then(|sum| sides.evaluator.mod_down(sum, true))
        .unwrap();
    example.expect_rescaled(&sum);
    let summed = example.expected_sum();
    sides.expect("automorphisms", &sum, &summed, 4.0 * error, 9.0);
}

/// The parts of giant steps and automorphisms are rounded, and nothing else changes.
#[test]
fn a_transform_may_be_rescaled_between_baby_and_giant_steps() {
    let example = Example::new();
    let (sides, p) = (&example.sides, &example.parameters);
    let transform = example.transform().rescale_before_giant_steps(p).unwrap();
    let y = sides
        .evaluator
        .mod_down(example.apply(&transform), false)
        .unwrap();
    example.expect_rescaled(&y);
    let noise = &sides.noise;
    let parts = 3.0 * (noise.key_switch(LEVEL - 1) + noise.division_of_second());
    let error = example.deviation(example.variance() + parts);
    sides.expect("rescaled between", &y, &example.expected, error, 11.0);
    let sum = sides
        .evaluator
        .rotate_and_sum(example.apply(&transform), &automorphisms(p))
        .and_then(|sum| sides.evaluator.mod_down(sum, false))
        .unwrap();
    let summed = example.expected_sum();
    sides.expect("automorphisms below", &sum, &summed, 4.0 * error, 9.0);
}

/// One decomposition for the baby steps, and one for each giant step but the first.
#[test]
fn key_switches_of_a_transform_are_counted() {
    let example = Example::new();
    let (evaluator, p) = (&example.sides.evaluator, &example.parameters);
    let transform = example.transform().rescale_before_giant_steps(p).unwrap();
    let mut requests = transform.key_requests(p);
    requests.retain(|request| request.level == LEVEL - 1);
    assert_eq!(requests.len(), 3);
    evaluator.take_operation_count();
    example.apply(&transform);
    let count = evaluator.take_operation_count();
    let requests = transform.key_requests(p).len() as u64;
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
