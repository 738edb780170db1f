//! Errors of results, and their precision in bits.

use inkognito_ckks::Complex64;

/// Standard deviations that an error may have. A complex Gaussian exceeds them with probability
/// e^-36 for each slot, a real one once in 500 million.
pub const SIGMAS: f64 = 6.0;

/// Returns the precision of a result in bits after the binary point: -log2 of its error.
pub fn bits(error: f64) -> f64 {
    -error.log2()
}

/// Returns the largest absolute difference between expected and found values.
///
/// # Panics
/// If there are not as many of both.
pub fn largest_error<'a>(
    expected: impl IntoIterator<Item = &'a f64>,
    found: impl IntoIterator<Item = &'a f64>,
) -> f64 {
    let (mut expected, mut found) = (expected.into_iter(), found.into_iter());
    let mut largest = 0.0_f64;
    loop {
        match (expected.next(), found.next()) {
            (Some(expected), Some(found)) => {
                largest = max_or_nan(largest, (expected - found).abs())
            }
            (None, None) => return largest,
            _ => panic!("another number of values than expected"),
        }
    }
}

/// Returns the largest absolute difference between the expected slots and as many of those found.
///
/// # Panics
/// If fewer slots are found than expected.
pub fn largest_slot_error(expected: &[Complex64], found: &[Complex64]) -> f64 {
    let found = &found[..expected.len()];
    let errors = expected.iter().zip(found).map(|(e, f)| (e - f).norm());
    errors.fold(0.0, max_or_nan)
}

/// Returns the root of the mean squared difference between expected values and the real parts of
/// slots.
///
/// # Panics
/// If there are not as many of both.
pub fn root_mean_square_error(expected: &[f64], found: &[Complex64]) -> f64 {
    assert_eq!(expected.len(), found.len());
    let squares = expected.iter().zip(found).map(|(e, f)| (f.re - e).powi(2));
    (squares.sum::<f64>() / found.len() as f64).sqrt()
}

/// Returns the larger number, like `f64::max`, but keeps a NaN, so that no bound holds for it.
fn max_or_nan(a: f64, b: f64) -> f64 {
    if a.is_nan() || a > b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_the_largest_and_keep_nan() {
        assert_eq!(largest_error(&[1.0, 2.0], &[1.5, 0.0]), 2.0);
        assert!(largest_error(&[1.0, 2.0, 3.0], &[1.0, f64::NAN, 3.0]).is_nan());
        let slots = [Complex64::new(0.0, 3.0), Complex64::new(1.0, 0.0)];
        assert_eq!(largest_slot_error(&[Complex64::new(4.0, 0.0)], &slots), 5.0);
        assert_eq!(root_mean_square_error(&[1.0, 1.0], &slots), 0.5_f64.sqrt());
        assert_eq!(bits(0.125), 3.0);
    }

    #[test]
    #[should_panic(expected = "another number of values")]
    fn missing_values_are_no_match() {
        largest_error(&[1.0, 2.0], &[1.0]);
    }
}
