//! The least-squares polynomials of ReLU against known values and their definition.

mod common;

use common::sampled;
use inkognito_activation::{
    ActivationError, Approximation, Density, Function, Histogram, Interval, LeastSquares,
    MAX_DEGREE, Method, Polynomial, Series, Target,
};
use proptest::prelude::*;

fn relu(low: f64, high: f64) -> Target {
    Target::new(
        Function::Relu,
        Interval::new(low, high).expect("an interval"),
    )
}

fn on(radius: f64, degree: usize) -> Approximation {
    LeastSquares
        .approximate(degree, &relu(-radius, radius))
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
fn relu_on_one_side_of_zero_is_its_own_approximation() {
    for (low, high, line) in [(1.0, 3.0, 1.0), (-3.0, 0.0, 0.0)] {
        let found = LeastSquares
            .approximate(3, &relu(low, high))
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
    for degree in (2..=MAX_DEGREE).step_by(6) {
        let found = on(3.0, degree).mean_square_error();
        assert!(found < last, "degree {degree}: {found} after {last}");
        last = found;
    }
    assert_eq!(
        LeastSquares.approximate(MAX_DEGREE + 1, &relu(-1.0, 1.0)),
        Err(ActivationError::Degree {
            least: 0,
            limit: MAX_DEGREE,
            actual: MAX_DEGREE + 1
        })
    );
}

#[test]
fn a_narrow_density_on_a_wide_interval_keeps_its_precision() {
    // With powers or Chebyshev polynomials of the whole interval, rounding makes these errors huge.
    for deviation in [0.05, 0.25, 0.5] {
        let density = Density::Gaussian {
            mean: 0.0,
            deviation,
        };
        let target = relu(-8.0, 8.0).with_density(density).expect("some weight");
        let mut last = f64::INFINITY;
        for degree in (2..=56).step_by(2) {
            let found = LeastSquares.approximate(degree, &target).expect("found");
            let error = found.mean_square_error();
            assert!(
                error < last,
                "{deviation}, degree {degree}: {error} after {last}"
            );
            // the error scales with the deviation, and is known for N(0, 1) on a line
            let relative = error / (deviation * deviation);
            let known = 0.25 - 0.75 / std::f64::consts::PI;
            assert!(degree != 2 || (relative / known - 1.0).abs() < 1e-9);
            // the printed coefficients are those of the polynomial
            let (powers, x) = (found.polynomial(), 0.3 * deviation);
            assert!(
                (powers.at(x) - found.at(x)).abs() < 1e-6 * deviation,
                "{degree}"
            );
            last = error;
        }
        // Values from the middle of the density to its ends are of more than 16 orders.
        assert_eq!(
            LeastSquares.approximate(MAX_DEGREE, &target),
            Err(ActivationError::Precision { degree: MAX_DEGREE })
        );
    }
}

#[test]
fn values_that_overflow_are_refused() {
    let wide = relu(-1e300, 1e300);
    assert_eq!(
        LeastSquares.approximate(2, &wide),
        Err(ActivationError::Precision { degree: 2 })
    );
}

#[test]
fn a_gaussian_wider_than_all_floats_is_uniform() {
    let density = Density::Gaussian {
        mean: 0.0,
        deviation: 1e308,
    };
    let target = relu(-2.0, 2.0).with_density(density).expect("some weight");
    let found = LeastSquares.approximate(2, &target).expect("found");
    assert!((found.mean_square_error() - 1.0 / 192.0).abs() < 1e-12);
}

fn densities() -> impl Strategy<Value = Density> {
    prop_oneof![
        Just(Density::Uniform),
        Just(Density::Chebyshev),
        (-1.0..1.0_f64, 0.2..3.0_f64)
            .prop_map(|(mean, deviation)| Density::Gaussian { mean, deviation }),
        prop::collection::vec(0.1..5.0_f64, 1..8).prop_map(|counts| {
            let edges = (0..=counts.len())
                .map(|i| 16.0 * i as f64 / counts.len() as f64 - 6.0)
                .collect();
            Density::Histogram(Histogram::new(edges, counts).expect("a histogram"))
        }),
    ]
}

fn functions() -> impl Strategy<Value = Function> {
    prop::sample::select(Function::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn errors_agree_with_sampling(
        // every density has weight on these intervals
        low in -5.0..-0.5_f64, high in 0.0..4.0_f64, degree in 1..10_usize,
        function in functions(), density in densities(),
    ) {
        let interval = Interval::new(low, high).expect("an interval");
        let target = Target::new(function, interval).with_density(density);
        let target = target.expect("some weight");
        let found = LeastSquares.approximate(degree, &target).expect("an approximation");
        let (mean_square, largest) = sampled(|x| found.at(x), &target);
        let actual = found.mean_square_error();
        let difference = (actual - mean_square).abs();
        prop_assert!(difference < 1e-5 + 1e-2 * mean_square, "{} {}", actual, mean_square);
        // near a jump, a sample can be closer to it than the search
        prop_assert!(found.max_error() >= largest - 1e-6, "{} {}", found.max_error(), largest);
        prop_assert!(found.max_error() <= largest + 2e-2 * (1.0 + high - low));
    }

    #[test]
    fn the_residual_is_orthogonal_to_every_lower_power(
        low in -4.0..-0.5_f64, high in 0.5..4.0_f64, degree in 0..12_usize,
        function in functions(), density in densities(), index in 0..12_usize,
    ) {
        let interval = Interval::new(low, high).expect("an interval");
        let target = Target::new(function, interval).with_density(density).expect("some weight");
        let best = LeastSquares.approximate(degree, &target).expect("an approximation");
        // a change of one coefficient adds an error that depends on the square of the change alone
        let changed = |by: f64| {
            let mut coefficients = best.series().coefficients().to_vec();
            coefficients[index % (degree + 1)] += by;
            Approximation::of(Series::new(interval, coefficients), &target)
                .expect("measured")
                .mean_square_error()
        };
        let (up, down) = (changed(0.125), changed(-0.125));
        // a density with its weight at one end of the interval costs half of the digits
        prop_assert!((up - down).abs() < 1e-7, "{} {}", up, down);
        prop_assert!(up > best.mean_square_error());
    }

    #[test]
    fn no_neighbour_is_better(
        degree in 1..8_usize, at in 0..9_usize, change in prop_oneof![Just(-1e-3), Just(1e-3)],
    ) {
        let best = on(2.0, degree);
        let mut coefficients = best.polynomial().coefficients().to_vec();
        let index = at % coefficients.len();
        coefficients[index] += change;
        let changed = Polynomial::new(coefficients);
        let changed = Series::from_polynomial(&changed, best.target().interval());
        let other = Approximation::of(changed, best.target()).expect("measured");
        prop_assert!(other.mean_square_error() > best.mean_square_error());
    }

    #[test]
    fn more_degrees_are_no_worse(
        degree in 0..20_usize, function in functions(), density in densities(),
    ) {
        let target = Target::new(function, Interval::symmetric(2.0).expect("an interval"));
        let target = target.with_density(density).expect("some weight");
        let found = |degree| LeastSquares.approximate(degree, &target).expect("found");
        let error = |degree| found(degree).mean_square_error();
        prop_assert!(error(degree + 1) <= error(degree) + 1e-12);
    }
}
