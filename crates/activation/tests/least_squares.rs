//! The least-squares polynomials of ReLU against known values and against their definition.

use inkognito_activation::{
    ActivationError, Approximation, Interval, LeastSquares, MAX_DEGREE, Method, Polynomial, relu,
};
use proptest::prelude::*;

fn on(radius: f64, degree: usize) -> Approximation {
    let interval = Interval::symmetric(radius).expect("an interval");
    LeastSquares
        .approximate(degree, interval)
        .expect("an approximation")
}

#[test]
fn degree_two_is_known_exactly() {
    // On [-r, r]: 3r/32 + x/2 + 15/(32 r) x^2, mean square error r^2/768.
    for radius in [0.5, 1.0, 2.0, 4.0, 10.0] {
        let found = on(radius, 2);
        let exact = [3.0 * radius / 32.0, 0.5, 15.0 / (32.0 * radius)];
        for (coefficient, exact) in found.polynomial().coefficients().iter().zip(exact) {
            assert!(
                (coefficient - exact).abs() < 1e-13,
                "{coefficient}, not {exact}"
            );
        }
        assert!((found.mean_square_error() / (radius * radius / 768.0) - 1.0).abs() < 1e-12);
        // The error is largest at zero and equals the constant term there.
        assert!((found.max_error() / exact[0] - 1.0).abs() < 1e-12);
    }
}

#[test]
fn mean_square_errors_are_the_published_ones() {
    let published = [
        (2, 0.005_21),
        (4, 0.001_30),
        (6, 0.000_51),
        (8, 0.000_25),
        (10, 0.000_14),
    ];
    for (degree, expected) in published {
        let found = on(2.0, degree).mean_square_error();
        assert!(
            (found - expected).abs() < 0.000_005_5,
            "degree {degree}: {found}"
        );
    }
}

#[test]
fn away_from_zero_relu_is_a_polynomial_already() {
    for (low, high, line) in [(1.0, 3.0, 1.0), (-3.0, 0.0, 0.0)] {
        let interval = Interval::new(low, high).expect("an interval");
        let found = LeastSquares
            .approximate(3, interval)
            .expect("an approximation");
        let expected = [0.0, line, 0.0, 0.0];
        for (coefficient, expected) in found.polynomial().coefficients().iter().zip(expected) {
            assert!((coefficient - expected).abs() < 1e-12);
        }
        assert!(found.max_error() < 1e-12);
    }
}

#[test]
fn degree_zero_is_the_mean() {
    let found = on(2.0, 0);
    assert!((found.polynomial().coefficients()[0] - 0.5).abs() < 1e-15);
    assert!((found.max_error() - 1.5).abs() < 1e-12);
}

#[test]
fn degrees_up_to_the_limit_keep_improving() {
    let mut last = f64::INFINITY;
    for degree in (2..=MAX_DEGREE).step_by(2) {
        let found = on(3.0, degree).mean_square_error();
        assert!(found < last, "degree {degree}: {found} after {last}");
        last = found;
    }
    let interval = Interval::symmetric(1.0).expect("an interval");
    assert_eq!(
        LeastSquares.approximate(MAX_DEGREE + 1, interval),
        Err(ActivationError::Degree {
            limit: MAX_DEGREE,
            actual: MAX_DEGREE + 1
        })
    );
}

#[test]
fn what_is_no_interval_is_refused() {
    for (low, high) in [
        (1.0, 1.0),
        (2.0, 1.0),
        (f64::NAN, 1.0),
        (0.0, f64::INFINITY),
    ] {
        assert!(matches!(
            Interval::new(low, high),
            Err(ActivationError::Interval { .. })
        ));
    }
    assert!(Interval::new(f64::MIN, f64::MAX).is_err());
    assert!(Interval::symmetric(-1.0).is_err());
}

/// Mean square and largest error by brute force.
fn sampled(polynomial: &Polynomial, interval: Interval) -> (f64, f64) {
    let count = 20_000;
    let step = (interval.high() - interval.low()) / f64::from(count);
    let errors: Vec<f64> = (0..count)
        .map(|i| interval.low() + (f64::from(i) + 0.5) * step)
        .map(|x| polynomial.at(x) - relu(x))
        .collect();
    let mean_square = errors.iter().map(|e| e * e).sum::<f64>() / errors.len() as f64;
    (
        mean_square,
        errors.iter().fold(0.0, |largest, e| e.abs().max(largest)),
    )
}

proptest! {
    #[test]
    fn errors_are_what_sampling_finds(
        low in -5.0..2.0_f64, length in 0.5..8.0_f64, degree in 1..10_usize,
    ) {
        let interval = Interval::new(low, low + length).expect("an interval");
        let found = LeastSquares.approximate(degree, interval).expect("an approximation");
        let (mean_square, largest) = sampled(found.polynomial(), interval);
        prop_assert!((found.mean_square_error() - mean_square).abs() < 1e-6 + 1e-3 * mean_square);
        prop_assert!(found.max_error() >= largest - 1e-12);
        prop_assert!(found.max_error() <= largest + 1e-3 * length);
    }

    #[test]
    fn no_neighbour_is_better(
        degree in 1..8_usize, at in 0..9_usize, change in prop_oneof![Just(-1e-3), Just(1e-3)],
    ) {
        let best = on(2.0, degree);
        let mut coefficients = best.polynomial().coefficients().to_vec();
        let index = at % coefficients.len();
        coefficients[index] += change;
        let other = Approximation::of(Polynomial::new(coefficients), best.interval());
        prop_assert!(other.mean_square_error() > best.mean_square_error());
    }
}
