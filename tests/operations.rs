//! Every operation of the scheme against plain arithmetic, its error against the bound that theory
//! gives, in bits; and the laws that ciphertexts obey.
//!
//! Errors are measured in the slots; [`NoiseModel`] says what they should be.

#![cfg(not(target_arch = "wasm32"))]

use inkognito::Keyring;
use inkognito_ckks::{
    Automorphism, BabyGiant, Ciphertext, CkksError, Complex64, Encoder, EvaluationKeys, Evaluator,
    KeyPurpose, KeyRequest, LinearTransform, NoiseModel, Parameters, ParametersLiteral, Plaintext,
};
use inkognito_ring::GaloisElement;
use proptest::prelude::*;

/// Standard deviations that an error may have: a complex Gaussian exceeds them with probability
/// e^-36 a slot.
const SIGMAS: f64 = 6.0;

struct Bench {
    keyring: Keyring,
    evaluator: Evaluator,
    encoder: Encoder,
    noise: NoiseModel,
}

fn parameters() -> Parameters {
    Parameters::new(ParametersLiteral::n8192_levels5()).unwrap()
}

impl Bench {
    fn new(seed: u8, requests: impl Fn(&Parameters) -> Vec<KeyRequest>) -> Self {
        let p = parameters();
        let mut keyring = Keyring::from_seed(&p, &[seed; 32]);
        let mut keys = EvaluationKeys::new();
        for request in requests(&p) {
            keys.insert(keyring.switching_key(request));
        }
        Self {
            keyring,
            encoder: Encoder::new(&p),
            noise: NoiseModel::new(&p),
            evaluator: Evaluator::new(p, keys),
        }
    }

    fn parameters(&self) -> &Parameters {
        self.evaluator.parameters()
    }

    fn encrypt(&mut self, slots: &[Complex64], level: usize) -> Ciphertext {
        let scale = self.parameters().scale();
        self.keyring.encrypt(slots, level, scale).unwrap().expand()
    }

    /// Asserts that the slots are `expected` within six deviations, and at least `bits` bits right.
    fn expect(
        &self,
        what: &str,
        ct: &Ciphertext,
        expected: &[Complex64],
        deviation: f64,
        bits: f64,
    ) {
        let slots = self.keyring.decrypt(ct);
        let errors = slots.iter().zip(expected).map(|(a, b)| (a - b).norm());
        let error = errors.fold(0.0, f64::max);
        println!(
            "{what}: {:.1} bits, bound {:.1}",
            -error.log2(),
            -(SIGMAS * deviation).log2()
        );
        assert!(
            error <= SIGMAS * deviation,
            "{what}: error {error:e}, deviation {deviation:e}"
        );
        assert!(
            -error.log2() >= bits,
            "{what}: {:.2} bits of {bits}",
            -error.log2()
        );
        // an error far below the noise would mean that there is none
        assert!(
            error > deviation / 10.0,
            "{what}: error {error:e} is too small to be true"
        );
    }
}

/// Values in the unit disc that look random.
fn values(seed: u64) -> Vec<Complex64> {
    let mut x = seed.wrapping_mul(2) | 1;
    let mut next = || {
        x = x
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (x >> 11) as f64 / (1u64 << 53) as f64
    };
    (0..4096)
        .map(|_| Complex64::from_polar(next().sqrt(), next() * std::f64::consts::TAU))
        .collect()
}

fn zip(
    a: &[Complex64],
    b: &[Complex64],
    f: impl Fn(Complex64, Complex64) -> Complex64,
) -> Vec<Complex64> {
    a.iter().zip(b).map(|(&a, &b)| f(a, b)).collect()
}

#[test]
fn fresh_encryptions_have_15_bits_and_are_all_different() {
    let mut bench = Bench::new(1, |_| vec![]);
    let (z, scale) = (values(1), bench.parameters().scale());
    for level in 0..=bench.parameters().max_level() {
        let ct = bench.encrypt(&z, level);
        assert_eq!(ct.level(), level);
        bench.expect("fresh", &ct, &z, bench.noise.fresh().sqrt() / scale, 15.0);
        let again = bench.encrypt(&z, level);
        assert_ne!(ct.polys()[0].limb(0), again.polys()[0].limb(0));
        assert_ne!(ct.polys()[1].limb(0), again.polys()[1].limb(0));
    }
}

#[test]
fn another_key_reads_only_noise() {
    let mut bench = Bench::new(2, |_| vec![]);
    let z = values(2);
    let ct = bench.encrypt(&z, 0);
    let stranger = Keyring::from_seed(bench.parameters(), &[3; 32]);
    let read = stranger.decrypt(&ct);
    // uniform modulo q_0: far larger than the message, and unrelated to it
    let size = read.iter().map(|z| z.norm()).sum::<f64>() / 4096.0;
    assert!(size > 50.0, "{size}");
    let correlation: Complex64 = read.iter().zip(&z).map(|(a, b)| a * b.conj()).sum();
    assert!(correlation.norm() / 4096.0 / size < 0.1);
}

#[test]
fn sums_and_plain_products() {
    let mut bench = Bench::new(4, |_| vec![]);
    let (a, b, scale) = (values(3), values(4), bench.parameters().scale());
    let level = bench.parameters().max_level();
    let (x, y) = (bench.encrypt(&a, level), bench.encrypt(&b, level));
    let fresh = bench.noise.fresh().sqrt();

    let mut sum = x.clone();
    bench.evaluator.add_assign(&mut sum, &y).unwrap();
    let expected = zip(&a, &b, |a, b| a + b);
    bench.expect("sum", &sum, &expected, fresh * 2f64.sqrt() / scale, 14.5);

    let basis = bench.parameters().q_basis(level).clone();
    let plain = bench.encoder.encode(&b, scale, &basis).unwrap().into_ntt();
    let plain = Plaintext::new(plain, scale);
    let mut sum = x.clone();
    bench.evaluator.add_plain_assign(&mut sum, &plain).unwrap();
    bench.expect(
        "sum with plain",
        &sum,
        &expected,
        fresh * 1.01 / scale,
        15.0,
    );

    let product = bench.evaluator.mul_plain(&x, &plain).unwrap();
    let expected = zip(&a, &b, |a, b| a * b);
    // |b| <= 1 on the ciphertext's error, |a| <= 1 on the encoder's rounding
    let deviation = fresh.hypot(bench.noise.encoding().sqrt()) / scale;
    bench.expect("plain product", &product, &expected, deviation, 15.0);

    let rescaled = bench.evaluator.rescale(product).unwrap();
    assert_eq!(rescaled.level(), level - 1);
    let deviation = deviation.hypot(bench.noise.division().sqrt() / rescaled.scale());
    bench.expect(
        "plain product, rescaled",
        &rescaled,
        &expected,
        deviation,
        12.0,
    );
}

#[test]
fn squares_down_to_level_zero() {
    let mut bench = Bench::new(5, |p| {
        (1..=p.max_level())
            .map(KeyRequest::relinearization)
            .collect()
    });
    let p = bench.parameters().clone();
    let mut z = values(5);
    let mut ct = bench.encrypt(&z, p.max_level());
    let mut error = bench.noise.fresh().sqrt() / p.scale();
    for level in (0..p.max_level()).rev() {
        ct = bench.evaluator.square(&ct).unwrap();
        z = zip(&z, &z, |a, b| a * b);
        assert_eq!(ct.level(), level);
        // one rounding for key switching and rescaling together
        error = (2.0 * error).hypot(bench.noise.division().sqrt() / ct.scale());
        bench.expect("square", &ct, &z, error, 8.0);
    }
    assert_eq!(bench.evaluator.square(&ct), Err(CkksError::LevelsExhausted));
}

#[test]
fn products_of_two_ciphertexts() {
    let mut bench = Bench::new(6, |_| vec![KeyRequest::relinearization(4)]);
    let (a, b, scale) = (values(6), values(7), bench.parameters().scale());
    let (x, y) = (bench.encrypt(&a, 4), bench.encrypt(&b, 4));
    let product = bench.evaluator.multiply(&x, &y).unwrap();
    let fresh = (2.0 * bench.noise.fresh()).sqrt() / scale;
    let error = fresh.hypot(bench.noise.division().sqrt() / product.scale());
    bench.expect("product", &product, &zip(&a, &b, |a, b| a * b), error, 12.0);
}

#[test]
fn rotations_at_every_level() {
    let steps = [1i64, 64, 2048, -3];
    let mut bench = Bench::new(7, |p| {
        let rotations = (0..=p.max_level())
            .flat_map(|level| steps.map(|steps| KeyRequest::rotation(p, steps, level)));
        let purpose = KeyPurpose::Galois(GaloisElement::conjugation(p.log_n()));
        let conjugation = (0..=p.max_level()).map(|level| KeyRequest { purpose, level });
        rotations.chain(conjugation).collect()
    });
    let (z, p) = (values(8), bench.parameters().clone());
    for level in 0..=p.max_level() {
        let ct = bench.encrypt(&z, level);
        let noise = &bench.noise;
        let variance = noise.fresh() + noise.key_switch(level) + noise.division();
        let error = variance.sqrt() / p.scale();
        for steps in steps {
            let rotated = bench.evaluator.rotate(&ct, steps).unwrap();
            let expected: Vec<_> = (0..4096)
                .map(|i| z[(i + steps).rem_euclid(4096) as usize])
                .collect();
            bench.expect("rotation", &rotated, &expected, error, 12.0);
        }
        let conjugate = bench.evaluator.conjugate(&ct).unwrap();
        let expected: Vec<_> = z.iter().map(|z| z.conj()).collect();
        bench.expect("conjugation", &conjugate, &expected, error, 12.0);
    }
}

/// Rotation by 1 of what is mul_by_i, conjugation, and one after the other.
fn automorphisms(p: &Parameters) -> [Automorphism; 3] {
    let rotation = GaloisElement::rotation(1, p.log_n());
    let conjugation = GaloisElement::conjugation(p.log_n());
    let image = |galois_element, mul_by_i| Automorphism {
        galois_element,
        mul_by_i,
    };
    [
        image(rotation, true),
        image(conjugation, false),
        image(rotation.then(conjugation), true),
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
    let mut bench = Bench::new(8, |p| {
        let levels = [level - 1, level];
        let [baby, giant] = split.rotations(numbers);
        let baby = baby
            .into_iter()
            .map(|s| KeyRequest::rotation(p, s as i64, level));
        let giant = giant
            .into_iter()
            .flat_map(|s| levels.map(|level| KeyRequest::rotation(p, s as i64, level)));
        let purposes = automorphisms(p).map(|image| KeyPurpose::Galois(image.galois_element));
        let sums = purposes
            .into_iter()
            .flat_map(|purpose| levels.map(|level| KeyRequest { purpose, level }));
        baby.chain(giant).chain(sums).collect()
    });
    let (z, p) = (values(9), bench.parameters().clone());
    let diagonals: Vec<(usize, Vec<Complex64>)> = numbers
        .iter()
        .map(|&d| (d, values(100 + d as u64)))
        .collect();
    let scale = f64::from(p.modulus(level));
    let transform =
        LinearTransform::new(&p, &bench.encoder, &diagonals, split, level, scale).unwrap();
    let ct = bench.encrypt(&z, level);
    let expected: Vec<_> = (0..4096)
        .map(|i| {
            diagonals
                .iter()
                .map(|(d, v)| v[i] * z[(i + d) % 4096])
                .sum()
        })
        .collect();
    let lifted = || transform.apply(&bench.evaluator, &ct).unwrap();
    let y = bench.evaluator.mod_down(lifted(), true).unwrap();
    assert_eq!((y.level(), y.scale()), (level - 1, p.scale()));
    // each term carries the input's error and that of its rotations; one rounding at the end
    let noise = &bench.noise;
    let term = noise.fresh() + 4.0 * (noise.key_switch(level) + noise.division());
    let variance = numbers.len() as f64 * term + noise.division();
    let error = variance.sqrt() / p.scale();
    bench.expect("linear transform", &y, &expected, error, 11.0);
    // the rescaling apart
    let unscaled = bench.evaluator.mod_down(lifted(), false).unwrap();
    assert_eq!(unscaled.level(), level);
    let rescaled = bench.evaluator.rescale(unscaled).unwrap();
    bench.expect("rescaled after", &rescaled, &expected, error, 11.0);
    // rotated by 1 and multiplied by i, conjugated, both
    let summed: Vec<_> = (0..4096)
        .map(|i| [expected[i], expected[(i + 1) % 4096] * Complex64::i()])
        .map(|[x, y]| x + y + x.conj() + y.conj())
        .collect();
    let sum = bench
        .evaluator
        .rotate_and_sum(lifted(), &automorphisms(&p))
        .and_then(|sum| bench.evaluator.mod_down(sum, true))
        .unwrap();
    assert_eq!((sum.level(), sum.scale()), (level - 1, p.scale()));
    bench.expect("sum of images", &sum, &summed, 4.0 * error, 9.0);
    // rescaled between: the parts of giant steps and images are rounded, and nothing else changes
    let transform = transform.rescale_before_giant_steps(&p).unwrap();
    let lifted = || transform.apply(&bench.evaluator, &ct).unwrap();
    let y = bench.evaluator.mod_down(lifted(), false).unwrap();
    assert_eq!((y.level(), y.scale()), (level - 1, p.scale()));
    let parts = 3.0 * (noise.key_switch(level - 1) + noise.division_of_second());
    let error = (variance + parts).sqrt() / p.scale();
    bench.expect("rescaled between", &y, &expected, error, 11.0);
    let sum = bench
        .evaluator
        .rotate_and_sum(lifted(), &automorphisms(&p))
        .and_then(|sum| bench.evaluator.mod_down(sum, false))
        .unwrap();
    bench.expect("sum of images below", &sum, &summed, 4.0 * error, 9.0);
    let mut requests = transform.key_requests(&p);
    requests.retain(|request| request.level == level - 1);
    assert_eq!(requests.len(), 3);
    // counted: a decomposition for the baby steps and one for each giant step but the first
    bench.evaluator.take_operation_count();
    transform.apply(&bench.evaluator, &ct).unwrap();
    let count = bench.evaluator.take_operation_count();
    let requests = transform.key_requests(&p).len() as u64;
    assert_eq!((count.plaintext_product, count.key_switch), (7, requests));
}

#[test]
fn what_cannot_be_done_is_an_error() {
    let mut bench = Bench::new(9, |_| vec![]);
    let z = values(10);
    let (high, low) = (bench.encrypt(&z, 2), bench.encrypt(&z, 1));
    let evaluator = &bench.evaluator;
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
    let bottom = bench.encrypt(&z, 0);
    assert_eq!(
        bench.evaluator.rescale(bottom),
        Err(CkksError::LevelsExhausted)
    );
    let (p, scale) = (bench.parameters().clone(), bench.parameters().scale());
    let ones = [(0, vec![Complex64::from(1.0)])];
    let split = BabyGiant {
        unit: 1,
        baby_steps: 1,
    };
    let transform = |level| LinearTransform::new(&p, &bench.encoder, &ones, split, level, scale);
    assert!(transform(3).unwrap().rescale_before_giant_steps(&p).is_ok());
    assert!(matches!(
        transform(4).unwrap().rescale_before_giant_steps(&p),
        Err(CkksError::ModuliDiffer { level: 4 })
    ));
    assert!(bench.keyring.encrypt(&z, 6, scale).is_err());
    let many = vec![Complex64::default(); 4097];
    assert!(matches!(
        bench.keyring.encrypt(&many, 0, scale),
        Err(CkksError::TooManyValues {
            slots: 4096,
            actual: 4097
        })
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    /// Addition is a homomorphism, rotation is a group action, and both commute.
    #[test]
    fn laws(seed in any::<u64>(), i in 0usize..3, j in 0usize..3) {
        let steps = [5i64, 700, -1];
        let mut bench = Bench::new(10, |p| {
            let all = steps.iter().flat_map(|&a| steps.iter().map(move |&b| a + b).chain([a]));
            all.map(|s| KeyRequest::rotation(p, s, 1)).collect()
        });
        let (a, b) = (values(seed), values(seed ^ 0xABCD));
        let (x, y) = (bench.encrypt(&a, 1), bench.encrypt(&b, 1));
        let rotate = |ct: &Ciphertext, s: i64| bench.evaluator.rotate(ct, s).unwrap();
        let add = |a: &Ciphertext, b: &Ciphertext| {
            let mut sum = a.clone();
            bench.evaluator.add_assign(&mut sum, b).unwrap();
            sum
        };
        let pairs = [
            (rotate(&rotate(&x, steps[i]), steps[j]), rotate(&x, steps[i] + steps[j])),
            (rotate(&add(&x, &y), steps[i]), add(&rotate(&x, steps[i]), &rotate(&y, steps[i]))),
        ];
        for (left, right) in pairs {
            let (left, right) = (bench.keyring.decrypt(&left), bench.keyring.decrypt(&right));
            let error = zip(&left, &right, |a, b| a - b).iter().map(|z| z.norm()).fold(0.0, f64::max);
            prop_assert!(error < 2f64.powi(-11), "{error:e}");
        }
    }
}
