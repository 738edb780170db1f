//! Interpolation, minimax, Hermite and composite polynomials against known values, their
//! definitions and sampled errors.

mod common;

use common::sampled;
use inkognito_activation::{
    ActivationError, Approximation, ChebyshevInterpolation, CompositeMinimax, Density, Function,
    Hermite, Histogram, Interval, LeastSquares, METHODS, Method, Minimax, Target,
};
use proptest::prelude::*;

fn target(function: Function, low: f64, high: f64) -> Target {
    Target::new(function, Interval::new(low, high).expect("an interval"))
}

fn best(degree: usize, target: &Target) -> Approximation {
    Minimax.approximate(degree, target).unwrap_or_else(|error| {
        panic!(
            "{} {:?}: {error}",
            target.function().name(),
            target.interval()
        )
    })
}

/// Counts the alternations of the error: points that reach the largest error up to a part in a
/// thousand. Neighbours of the same sign count once.
fn alternations(found: &Approximation) -> usize {
    let target = found.target();
    let interval = target.interval();
    let count = 50_000;
    let grid = (0..=count).map(|i| {
        let t = -(std::f64::consts::PI * f64::from(i) / f64::from(count)).cos();
        interval.centre() + interval.radius() * t
    });
    // kinks and the ends of the gap are points too
    let mut points: Vec<f64> = grid.chain([0.0, target.gap(), -target.gap()]).collect();
    points.retain(|x| x.abs() >= target.gap() && interval.low() <= *x && *x <= interval.high());
    points.sort_by(f64::total_cmp);
    let mut signs: Vec<bool> = Vec::new();
    for x in points {
        let error = found.at(x) - target.function().at(x);
        if error.abs() > found.max_error() * (1.0 - 1e-3) && signs.last() != Some(&(error > 0.0)) {
            signs.push(error > 0.0);
        }
    }
    signs.len()
}

#[test]
fn minimax_is_known_exactly() {
    // |x| on [-1, 1] by x^2 + 1/8, error 1/8; ReLU is half of |x| and x together
    let absolute = best(2, &target(Function::Abs, -1.0, 1.0));
    assert!((absolute.max_error() - 0.125).abs() < 1e-10);
    let relu = best(2, &target(Function::Relu, -2.0, 2.0));
    for (found, known) in relu
        .polynomial()
        .coefficients()
        .iter()
        .zip([0.125, 0.5, 0.25])
    {
        assert!((found - known).abs() < 1e-9, "{found}, not {known}");
    }
    assert!((relu.max_error() - 0.125).abs() < 1e-10);
    // |x| by degree 4: Bernstein's problem, E_4 = 0.067620…
    let fourth = best(4, &target(Function::Abs, -1.0, 1.0)).max_error();
    assert!((fourth - 0.067_620_9).abs() < 1e-6, "{fourth}");
    // 2n E_2n(|x|) comes near Bernstein's constant, 0.2801694990… (Varga and Carpenter 1985)
    let high = best(64, &target(Function::Abs, -1.0, 1.0)).max_error();
    assert!(
        (64.0 * high - 0.280_169_499).abs() < 1e-4,
        "{}",
        64.0 * high
    );
    // sign on [1/2, 1] by a x: errors 1 - a/2 and a - 1, so that a = 4/3
    let gap = target(Function::Sign, -1.0, 1.0)
        .with_gap(0.5)
        .expect("a gap");
    assert!((best(1, &gap).max_error() - 1.0 / 3.0).abs() < 1e-10);
    // degree zero: the middle
    let flat = best(0, &target(Function::Relu, -1.0, 3.0));
    assert!((flat.polynomial().coefficients()[0] - 1.5).abs() < 1e-9);
    assert!((best(0, &target(Function::Relu, -3.0, 3.0)).max_error() - 1.5).abs() < 1e-9);
}

#[test]
fn high_degrees_converge() {
    for function in Function::ALL {
        for degree in [1, 7, 16, 31, 64, 127, 128] {
            let plain = target(function, -4.0, 4.0);
            let gap = if function == Function::Sign { 0.1 } else { 0.0 };
            let found = best(degree, &plain.with_gap(gap).expect("a gap"));
            assert!(found.max_error() < 2.001, "{} {degree}", function.name());
        }
        let gap = if function == Function::Sign { 0.1 } else { 0.0 };
        let uneven = target(function, -3.0, 5.0).with_gap(gap).expect("a gap");
        assert!(best(40, &uneven).max_error() < 0.6, "{}", function.name());
    }
}

#[test]
fn a_polynomial_is_its_own_approximation() {
    for (low, high, slope) in [(1.0, 3.0, 1.0), (-3.0, -1.0, 0.0)] {
        let found = best(3, &target(Function::Relu, low, high));
        assert!(found.max_error() < 1e-12, "{}", found.max_error());
        assert!((found.at(2.0) - 2.0 * slope).abs() < 1e-9);
    }
}

#[test]
fn hermite_expansions_have_the_published_coefficients() {
    let normal = target(Function::Relu, -8.0, 8.0)
        .with_density(Density::STANDARD_NORMAL)
        .expect("weight");
    let found = Hermite.approximate(2, &normal).expect("an expansion");
    let half = 0.5 / (2.0 * std::f64::consts::PI).sqrt();
    let known = [half, 0.5, half];
    for (found, known) in found.polynomial().coefficients().iter().zip(known) {
        assert!((found - known).abs() < 1e-12, "{found}, not {known}");
    }
    assert!((half - 0.1995).abs() < 5e-5);
    // 1/2 less the squares of the coefficients of normalised Hermite polynomials
    let known = 0.25 - 0.75 / std::f64::consts::PI;
    assert!((found.mean_square_error() - known).abs() < 1e-12);
    // on an interval that holds all of the density it is the result of least squares
    let fit = LeastSquares.approximate(6, &normal).expect("a fit");
    let expansion = Hermite.approximate(6, &normal).expect("an expansion");
    assert!((fit.mean_square_error() / expansion.mean_square_error() - 1.0).abs() < 1e-6);
    // of another scale and mean
    let other = target(Function::Sigmoid, -17.0, 23.0)
        .with_density(Density::Gaussian {
            mean: 3.0,
            deviation: 2.0,
        })
        .expect("weight");
    let found = Hermite.approximate(12, &other).expect("an expansion");
    let fit = LeastSquares.approximate(12, &other).expect("a fit");
    assert!(found.mean_square_error() < 1e-3);
    assert!(found.mean_square_error() >= fit.mean_square_error() - 1e-9);
    assert!(matches!(
        Hermite.approximate(2, &target(Function::Relu, -1.0, 1.0)),
        Err(ActivationError::Method { .. })
    ));
    assert!(matches!(
        Hermite.approximate(21, &normal),
        Err(ActivationError::Degree { limit: 20, .. })
    ));
}

#[test]
fn interpolation_agrees_at_its_nodes() {
    let target = target(Function::Silu, -3.0, 5.0);
    let found = ChebyshevInterpolation
        .approximate(9, &target)
        .expect("an interpolation");
    for i in 0..10 {
        let x = 1.0 + 4.0 * (std::f64::consts::PI * (f64::from(i) + 0.5) / 10.0).cos();
        assert!((found.at(x) - Function::Silu.at(x)).abs() < 1e-13);
    }
    // Rivlin's bound
    let bound = 2.0 / std::f64::consts::PI * 10.0_f64.ln() + 2.0;
    assert!(found.max_error() <= bound * best(9, &target).max_error());
}

#[test]
fn chains_take_fewer_products_than_one_polynomial() {
    // Lee et al. give log2 of the error of a chain; a chain of one is the minimax polynomial
    let sign = target(Function::Sign, -1.0, 1.0)
        .with_gap(0.1)
        .expect("a gap");
    let one = CompositeMinimax.of_degrees(&[15], &sign).expect("a chain");
    assert!((one.max_error() - best(15, &sign).max_error()).abs() < 1e-9);
    let two = CompositeMinimax
        .of_degrees(&[7, 15], &sign)
        .expect("a chain");
    let swapped = CompositeMinimax
        .of_degrees(&[3, 3], &sign)
        .expect("a chain");
    assert!(two.max_error() < one.max_error() / 50.0);
    assert_eq!((two.composition().degree(), two.depth()), (105, 7));
    assert!(two.products() < best(105, &sign).products());
    assert!(swapped.max_error() < 0.5);

    let relu = target(Function::Relu, -2.0, 2.0);
    for (degree, depth) in [(10, 5), (22, 6), (50, 7)] {
        let found = CompositeMinimax
            .approximate(degree, &relu)
            .expect("a chain");
        assert!(found.composition().degree() <= degree);
        assert!(found.depth() <= depth, "{} levels", found.depth());
        let (mean_square, largest) = sampled(|x| found.at(x), &relu);
        assert!((found.mean_square_error() - mean_square).abs() < 1e-6);
        assert!((found.max_error() - largest).abs() < 1e-3);
        // one polynomial of that degree comes closer, with more products
        let single = best(found.composition().degree(), &relu);
        assert!(single.max_error() < found.max_error());
        assert!(single.products() >= found.products());
    }
    let shallow = CompositeMinimax.of_depth(6, &relu).expect("chains");
    let shallow = shallow.expect("a chain of two");
    assert!(shallow.depth() <= 6 && shallow.composition().stages().len() == 2);
    assert_eq!(CompositeMinimax.of_depth(4, &relu), Ok(None));
    for function in [Function::Silu, Function::Sigmoid] {
        let refused = CompositeMinimax.approximate(20, &target(function, -1.0, 1.0));
        assert!(matches!(refused, Err(ActivationError::Method { .. })));
    }
    let refused = |degrees: &[usize], target: &Target| {
        CompositeMinimax
            .of_degrees(degrees, target)
            .expect_err("refused")
    };
    assert_eq!(
        refused(&[3], &target(Function::Sign, -1.0, 1.0)),
        ActivationError::NeedsGap
    );
    assert!(matches!(
        refused(&[4], &relu),
        ActivationError::Method { .. }
    ));
    assert!(matches!(
        refused(&[3], &target(Function::Relu, -1.0, 2.0)),
        ActivationError::Method { .. }
    ));
}

#[test]
fn invalid_arguments_are_refused() {
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
    let relu = || target(Function::Relu, -1.0, 2.0);
    for gap in [-0.1, 2.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(
            relu().with_gap(gap),
            Err(ActivationError::Gap { .. })
        ));
    }
    let far = Density::Gaussian {
        mean: 100.0,
        deviation: 1.0,
    };
    let flat = Density::Gaussian {
        mean: 0.0,
        deviation: 0.0,
    };
    let elsewhere = Histogram::new(vec![5.0, 6.0], vec![1.0]).expect("a histogram");
    for density in [far, flat, Density::Histogram(elsewhere)] {
        assert!(matches!(
            relu().with_density(density),
            Err(ActivationError::Density { .. })
        ));
    }
    for (edges, counts) in [
        (vec![0.0, 1.0], vec![]),
        (vec![0.0, 1.0, 1.0], vec![1.0, 1.0]),
        (vec![0.0, 1.0], vec![-1.0]),
        (vec![0.0, 1.0], vec![0.0]),
        (vec![0.0, f64::NAN], vec![1.0]),
    ] {
        assert!(Histogram::new(edges, counts).is_err());
    }
    assert!(Histogram::of(&[1.0, 1.0], 4).is_err());
    assert!(Histogram::of(&[1.0, 2.0], 0).is_err());
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(
            Histogram::of(&[1.0, value, 2.0], 4),
            Err(ActivationError::Density {
                reason: "needs finite values"
            })
        );
    }
    // a gap that leaves a single rounding step of the interval
    let above = target(Function::Relu, -0.5, 1.0 + f64::EPSILON);
    assert_eq!(above.with_gap(1.0), Err(ActivationError::Gap { gap: 1.0 }));
    // degrees beyond all memory
    let sign = target(Function::Sign, -1.0, 1.0)
        .with_gap(0.1)
        .expect("a gap");
    assert!(matches!(
        CompositeMinimax.of_degrees(&[usize::MAX], &sign),
        Err(ActivationError::Degree { limit: 128, .. })
    ));
    assert!(matches!(
        CompositeMinimax.of_degrees(&[127; 2], &sign),
        Err(ActivationError::Degree { limit: 4096, .. })
    ));
    for sign in [
        target(Function::Sign, -1.0, 1.0),
        target(Function::Sign, 0.0, 1.0),
    ] {
        assert_eq!(
            Minimax.approximate(5, &sign),
            Err(ActivationError::NeedsGap)
        );
    }
    for method in METHODS {
        let refused = method.approximate(1000, &relu());
        assert!(
            matches!(refused, Err(ActivationError::Degree { .. })),
            "{}",
            method.name()
        );
    }
}

#[test]
fn a_histogram_is_a_density() {
    let values: Vec<f64> = (0..10_000)
        .map(|i| (f64::from(i) / 10_000.0).sqrt())
        .collect();
    let histogram = Histogram::of(&values, 50).expect("a histogram");
    assert_eq!(histogram.counts().iter().sum::<f64>(), 10_000.0);
    // density 2x on [0, 1]: the mean of x, by least squares of degree 0, is 2/3
    let target = target(Function::Relu, 0.0, 1.0)
        .with_density(Density::Histogram(histogram))
        .expect("weight");
    let mean = LeastSquares.approximate(0, &target).expect("a fit").at(0.5);
    assert!((mean - 2.0 / 3.0).abs() < 1e-3, "{mean}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn minimax_errors_alternate(
        degree in 0..14_usize, low in -5.0..-0.3_f64, high in 0.3..5.0_f64,
        function in prop::sample::select(Function::ALL.to_vec()), symmetric in any::<bool>(),
    ) {
        let low = if symmetric { -high } else { low };
        let gap = if function == Function::Sign { 0.1 } else { 0.0 };
        let target = target(function, low, high).with_gap(gap).expect("a gap");
        let found = best(degree, &target);
        // The exchange ends within 1e-13 of the function's values, here up to 5. The signs of an
        // error that is not far above that are those of rounding.
        prop_assume!(found.max_error() > 1e-9);
        // Chebyshev's criterion: degree + 2 alternations suffice
        let count = alternations(&found);
        prop_assert!(count >= degree + 2, "{} of {}", count, degree + 2);
    }

    #[test]
    fn minimax_and_least_squares_are_optimal(
        degree in 1..12_usize, radius in 0.5..6.0_f64,
        function in prop::sample::select(vec![Function::Relu, Function::Silu, Function::Abs]),
    ) {
        let target = target(function, -radius, radius)
            .with_density(Density::STANDARD_NORMAL)
            .expect("weight");
        let largest = best(degree, &target).max_error();
        let fit = LeastSquares.approximate(degree, &target).expect("a fit");
        for method in METHODS {
            let Ok(other) = method.approximate(degree, &target) else { continue };
            if other.composition().degree() > degree { continue }
            prop_assert!(largest <= other.max_error() * (1.0 + 1e-8) + 1e-12, "{}", method.name());
            let mean_square = fit.mean_square_error();
            prop_assert!(mean_square <= other.mean_square_error() + 1e-12, "{}", method.name());
        }
        prop_assert!(best(degree + 2, &target).max_error() <= largest * (1.0 + 1e-8) + 1e-12);
    }
}
