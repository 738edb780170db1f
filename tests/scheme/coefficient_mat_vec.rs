//! A matrix whose results are coefficients, against plain arithmetic. Its error is compared with
//! the prediction of the theory. Truncated ciphertexts contain only the results.

use inkognito_ckks::{Ciphertext, CkksError, CoefficientMatVec, Complex64, NoiseModel, wire};
use inkognito_test_kit::{Random, SIGMAS, SchemeSides};
use proptest::prelude::*;

const LEVEL: usize = 1;

/// Encrypts a vector of real values that repeats over all slots.
fn encrypt(sides: &mut SchemeSides, period: &[f64], level: usize) -> Ciphertext {
    let slots = period.iter().cycle().take(sides.parameters().slots());
    let slots: Vec<_> = slots.map(|&x| Complex64::from(x)).collect();
    sides.encrypt(&slots, level)
}

/// Encodes rows at the scale that leads back to the set's.
fn mat_vec(
    sides: &SchemeSides,
    rows: &[Vec<f64>],
    bias: &[f64],
) -> Result<CoefficientMatVec, CkksError> {
    let (p, last) = (sides.parameters(), sides.parameters().modulus(LEVEL));
    CoefficientMatVec::new(p, &sides.encoder, rows, bias, f64::from(last), p.scale())
}

fn numbers(seed: u64, count: usize) -> Vec<f64> {
    Random::new(seed).reals(count)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn results_are_those_of_the_matrix(
        log_period in 0u32..=12,
        count in 1usize..=20,
        seed in any::<u64>(),
    ) {
        let mut sides = SchemeSides::new(seed as u8, |_| vec![]);
        let period = 1 << log_period;
        let x = numbers(seed, period);
        // results below 1: the modulus holds values below 2
        let small = |values: Vec<f64>, by: f64| values.into_iter().map(|v| v / by).collect();
        let row = |j: u64| small(numbers(seed ^ (j << 32), period), 2.0 * period as f64);
        let rows: Vec<Vec<f64>> = (0..count as u64).map(row).collect();
        let bias: Vec<f64> = small(numbers(!seed, count), 2.0);
        let ciphertext = encrypt(&mut sides, &x, LEVEL);
        let product = mat_vec(&sides, &rows, &bias).unwrap();
        let ciphertexts = product.apply(&sides.evaluator, &ciphertext).unwrap();
        let operations = sides.evaluator.take_operation_count();
        prop_assert_eq!(operations.plaintext_product, ciphertexts.len() as u64);
        prop_assert_eq!(operations.key_switch, 0);

        let p = sides.parameters();
        let counts = CoefficientMatVec::row_counts(p, period, count);
        prop_assert!(counts.iter().all(|&count| count <= p.slots() / period));
        prop_assert!(ciphertexts.iter().map(|truncated| truncated.c0().len()).eq(counts.clone()));
        let found = sides.keyring.decrypt_truncated(&ciphertexts);
        prop_assert_eq!(found.len(), count);

        let (noise, n, scale) = (NoiseModel::new(p), p.degree() as f64, p.scale());
        let squared_norm = |row: &[f64]| row.iter().map(|w| w * w).sum::<f64>();
        let rounded = squared_norm(&x) / period as f64 * noise.encoding() / n;
        let rounded = rounded / f64::from(p.modulus(LEVEL)).powi(2);
        let last = (noise.division() + noise.encoding()) / n / (scale * scale);
        let mut row = 0;
        for count in counts {
            let chunk = row..row + count;
            // the error meets all rows of one truncated ciphertext
            let weights: f64 = rows[chunk.clone()].iter().map(|row| squared_norm(row)).sum();
            let input = noise.fresh() / n * weights * period as f64 / (scale * scale);
            let deviation = (input + rounded + last).sqrt();
            for j in chunk {
                let product: f64 = rows[j].iter().zip(&x).map(|(w, x)| w * x).sum();
                let error = (found[j] - product - bias[j]).abs();
                prop_assert!(error < SIGMAS * deviation, "{error:e}, deviation {deviation:e}");
            }
            row += count;
        }
    }
}

/// A ciphertext truncated to three coefficients: `c_0` has no others.
#[test]
fn a_truncated_ciphertext_is_short() {
    let mut sides = SchemeSides::new(1, |_| vec![]);
    let ciphertext = encrypt(&mut sides, &[0.5, -0.25], 0);
    let whole = sides.evaluator.truncate(ciphertext.clone(), 8192).unwrap();
    let short = sides.evaluator.truncate(ciphertext, 3).unwrap();
    assert_eq!(short.c0(), &whole.c0()[..3]);
    let short = [short];
    assert_eq!(
        sides.keyring.decrypt_truncated(&short),
        sides.keyring.decrypt_truncated(&[whole])[..3]
    );
    let p = sides.parameters();
    let bytes = wire::write_result(p, &short);
    assert_eq!(bytes.len(), 24 + 8 + 1 + 2 + 3 * 4 + 8192 / 8 * 28);
}

#[test]
fn operands_that_do_not_fit_are_refused() {
    let mut sides = SchemeSides::new(2, |_| vec![]);
    let product = mat_vec(&sides, &[vec![1.0, 2.0]], &[0.0]).unwrap();
    let level = |expected, actual| CkksError::Level { expected, actual };
    for actual in [0, 2] {
        let ciphertext = encrypt(&mut sides, &[1.0], actual);
        let refused = product.apply(&sides.evaluator, &ciphertext);
        assert_eq!(refused.unwrap_err(), level(1, actual));
    }
    let above = encrypt(&mut sides, &[1.0], 1);
    assert_eq!(sides.evaluator.truncate(above, 1), Err(level(0, 1)));
    let low = encrypt(&mut sides, &[1.0], 0);
    assert!(matches!(
        sides.evaluator.truncate(low, 8193),
        Err(CkksError::TooManyValues {
            slots: 8192,
            actual: 8193
        })
    ));
    for bad in [f64::NAN, f64::INFINITY, 1e300] {
        let wrong = [(vec![bad], 0.0), (vec![1.0], bad)];
        for (row, bias) in wrong {
            let refused = mat_vec(&sides, &[row], &[bias]).err();
            assert!(matches!(refused, Some(CkksError::ValueOutOfRange { .. })));
        }
    }
    // the bias has another scale than the product
    let (p, last) = (sides.parameters(), f64::from(sides.parameters().modulus(1)));
    let off = CoefficientMatVec::new(
        p,
        &sides.encoder,
        &[vec![1.0]],
        &[1.0],
        last,
        2.0 * p.scale(),
    );
    let ciphertext = encrypt(&mut sides, &[1.0], 1);
    let refused = off.unwrap().apply(&sides.evaluator, &ciphertext);
    assert!(matches!(refused, Err(CkksError::Scale { .. })));
}
