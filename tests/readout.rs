//! A matrix whose results come out in coefficients, against plain arithmetic, its error against what theory says;
//! and that an extract holds nothing but its results.

#![cfg(not(target_arch = "wasm32"))]

use inkognito::Keyring;
use inkognito_ckks::{
    Ciphertext, CkksError, CoefficientMatVec, Complex64, Encoder, EvaluationKeys, Evaluator,
    NoiseModel, Parameters, ParametersLiteral, wire,
};
use proptest::prelude::*;

/// Standard deviations that an error may have: a Gaussian exceeds them once in 500 million.
const SIGMAS: f64 = 6.0;
const LEVEL: usize = 1;

struct Bench {
    keyring: Keyring,
    evaluator: Evaluator,
    encoder: Encoder,
}

impl Bench {
    fn new(seed: u8) -> Self {
        let p = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
        Self {
            keyring: Keyring::from_seed(&p, &[seed; 32]),
            encoder: Encoder::new(&p),
            evaluator: Evaluator::new(p, EvaluationKeys::new()),
        }
    }

    fn parameters(&self) -> &Parameters {
        self.evaluator.parameters()
    }

    /// A vector of real values that repeats.
    fn encrypt(&mut self, period: &[f64], level: usize) -> Ciphertext {
        let (slots, scale) = (self.parameters().slots(), self.parameters().scale());
        let slots = period.iter().cycle().take(slots);
        let slots: Vec<_> = slots.map(|&x| Complex64::from(x)).collect();
        self.keyring.encrypt(&slots, level, scale).unwrap().expand()
    }

    /// Rows at the scale that leads back to the set's.
    fn readout(&self, rows: &[Vec<f64>], added: &[f64]) -> Result<CoefficientMatVec, CkksError> {
        let (p, last) = (self.parameters(), self.parameters().modulus(LEVEL));
        CoefficientMatVec::new(p, &self.encoder, rows, added, f64::from(last), p.scale())
    }
}

/// Numbers in -1 ..= 1 that look random.
fn numbers(seed: u64, count: usize) -> Vec<f64> {
    let mut x = seed.wrapping_mul(2) | 1;
    let mut next = || {
        x = x
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (x >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn results_are_the_matrixs(log_period in 0u32..=12, count in 1usize..=20, seed in any::<u64>()) {
        let mut bench = Bench::new(seed as u8);
        let period = 1 << log_period;
        let x = numbers(seed, period);
        // results of less than 1: the modulus has room for 2
        let small = |values: Vec<f64>, by: f64| values.into_iter().map(|v| v / by).collect();
        let row = |j: u64| small(numbers(seed ^ (j << 32), period), 2.0 * period as f64);
        let rows: Vec<Vec<f64>> = (0..count as u64).map(row).collect();
        let added: Vec<f64> = small(numbers(!seed, count), 2.0);
        let ciphertext = bench.encrypt(&x, LEVEL);
        let readout = bench.readout(&rows, &added).unwrap();
        let extracts = readout.apply(&bench.evaluator, &ciphertext).unwrap();
        let operations = bench.evaluator.take_operation_count();
        prop_assert_eq!(operations.plaintext_product, extracts.len() as u64);
        prop_assert_eq!(operations.key_switch, 0);

        let p = bench.parameters();
        let counts = CoefficientMatVec::row_counts(p, period, count);
        prop_assert!(counts.iter().all(|&count| count <= p.slots() / period));
        prop_assert!(extracts.iter().map(|extract| extract.c0().len()).eq(counts.clone()));
        let found = bench.keyring.decrypt_truncated(&extracts);
        prop_assert_eq!(found.len(), count);

        let (noise, n, scale) = (NoiseModel::new(p), p.degree() as f64, p.scale());
        let square = |row: &[f64]| row.iter().map(|w| w * w).sum::<f64>();
        let rounded = square(&x) / period as f64 * noise.encoding() / n;
        let rounded = rounded / f64::from(p.modulus(LEVEL)).powi(2);
        let last = (noise.division() + noise.encoding()) / n / (scale * scale);
        let mut row = 0;
        for count in counts {
            let extract = row..row + count;
            // all rows of an extract meet the error
            let weights: f64 = rows[extract.clone()].iter().map(|row| square(row)).sum();
            let input = noise.fresh() / n * weights * period as f64 / (scale * scale);
            let deviation = (input + rounded + last).sqrt();
            for j in extract {
                let product: f64 = rows[j].iter().zip(&x).map(|(w, x)| w * x).sum();
                let error = (found[j] - product - added[j]).abs();
                prop_assert!(error < SIGMAS * deviation, "{error:e}, deviation {deviation:e}");
            }
            row += count;
        }
    }
}

/// Three coefficients: nobody reads a fourth, since the rest of `c_0` is not there.
#[test]
fn an_extract_is_short() {
    let mut bench = Bench::new(1);
    let ciphertext = bench.encrypt(&[0.5, -0.25], 0);
    let whole = bench.evaluator.truncate(ciphertext.clone(), 8192).unwrap();
    let short = bench.evaluator.truncate(ciphertext, 3).unwrap();
    assert_eq!(short.c0(), &whole.c0()[..3]);
    let short = [short];
    assert_eq!(
        bench.keyring.decrypt_truncated(&short),
        bench.keyring.decrypt_truncated(&[whole])[..3]
    );
    let p = bench.parameters();
    let bytes = wire::write_result(p, &short);
    assert_eq!(bytes.len(), 24 + 8 + 1 + 2 + 3 * 4 + 8192 / 8 * 28);
}

#[test]
fn what_cannot_be_read_out_is_an_error() {
    let mut bench = Bench::new(2);
    let readout = bench.readout(&[vec![1.0, 2.0]], &[0.0]).unwrap();
    let level = |expected, actual| CkksError::Level { expected, actual };
    for actual in [0, 2] {
        let ciphertext = bench.encrypt(&[1.0], actual);
        let refused = readout.apply(&bench.evaluator, &ciphertext);
        assert_eq!(refused.unwrap_err(), level(1, actual));
    }
    let above = bench.encrypt(&[1.0], 1);
    assert_eq!(bench.evaluator.truncate(above, 1), Err(level(0, 1)));
    let low = bench.encrypt(&[1.0], 0);
    assert!(matches!(
        bench.evaluator.truncate(low, 8193),
        Err(CkksError::TooManyValues {
            slots: 8192,
            actual: 8193
        })
    ));
    for bad in [f64::NAN, f64::INFINITY, 1e300] {
        let wrong = [(vec![bad], 0.0), (vec![1.0], bad)];
        for (row, added) in wrong {
            let refused = bench.readout(&[row], &[added]).err();
            assert!(matches!(refused, Some(CkksError::ValueOutOfRange { .. })));
        }
    }
    // what is added is at another scale than what comes out
    let (p, last) = (bench.parameters(), f64::from(bench.parameters().modulus(1)));
    let off = CoefficientMatVec::new(
        p,
        &bench.encoder,
        &[vec![1.0]],
        &[1.0],
        last,
        2.0 * p.scale(),
    );
    let ciphertext = bench.encrypt(&[1.0], 1);
    let refused = off.unwrap().apply(&bench.evaluator, &ciphertext);
    assert!(matches!(refused, Err(CkksError::Scale { .. })));
}
