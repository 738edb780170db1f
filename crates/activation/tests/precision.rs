//! Every method on every input that can be made: what it returns is finite and no worse than less
//! effort would be, or an error says why there is nothing.

use inkognito_activation::{
    ActivationError, Approximation, Density, Function, Histogram, Interval, LeastSquares,
    MAX_DEGREE, METHODS, Method, Series, Target,
};
use proptest::prelude::*;

/// Numbers of every size.
fn magnitudes() -> impl Strategy<Value = f64> {
    prop_oneof![
        3 => (-2.0..2.0_f64).prop_map(|exponent| 10.0_f64.powf(exponent)),
        1 => (-308.0..308.0_f64).prop_map(|exponent| 10.0_f64.powf(exponent)),
    ]
}

fn numbers() -> impl Strategy<Value = f64> {
    (magnitudes(), any::<bool>()).prop_map(|(size, negative)| if negative { -size } else { size })
}

fn intervals() -> impl Strategy<Value = Interval> {
    let some = prop_oneof![
        2 => magnitudes().prop_map(|radius| (-radius, radius)),
        2 => (numbers(), magnitudes()).prop_map(|(low, length)| (low, low + length)),
        1 => (numbers(), 1..40_u64).prop_map(|(low, floats)| {
            let high = f64::from_bits(low.to_bits() + floats);
            (low.min(high), low.max(high))
        }),
    ];
    some.prop_filter_map("an interval", |(low, high)| Interval::new(low, high).ok())
}

fn densities() -> impl Strategy<Value = Density> {
    let histogram = (
        numbers(),
        prop::collection::vec((magnitudes(), magnitudes()), 1..8),
    );
    prop_oneof![
        Just(Density::Uniform),
        Just(Density::Chebyshev),
        magnitudes().prop_map(|deviation| Density::Gaussian {
            mean: 0.0,
            deviation
        }),
        (numbers(), magnitudes())
            .prop_map(|(mean, deviation)| Density::Gaussian { mean, deviation }),
        histogram.prop_filter_map("a histogram", |(low, bins)| {
            let mut edges = vec![low];
            for (width, _) in &bins {
                edges.push(edges[edges.len() - 1] + width);
            }
            let counts = bins.into_iter().map(|bin| bin.1).collect();
            Histogram::new(edges, counts).ok().map(Density::Histogram)
        }),
    ]
}

fn targets() -> impl Strategy<Value = Target> {
    let function = prop::sample::select(Function::ALL.to_vec());
    let gap = prop_oneof![Just(0.0), 0.0..1.0_f64];
    (function, intervals(), densities(), gap).prop_filter_map(
        "some weight",
        |(function, interval, density, gap)| {
            let largest = interval.low().abs().max(interval.high().abs());
            let target = Target::new(function, interval)
                .with_gap(gap * largest)
                .ok()?;
            target.with_density(density).ok()
        },
    )
}

/// Returns the mean square and the largest magnitude of the function, times what is rounding.
fn rounding(target: &Target) -> [f64; 2] {
    let zero = Series::new(target.interval(), vec![0.0]);
    Approximation::of(zero, target).map_or([f64::INFINITY; 2], |found| {
        [1e-20 * found.mean_square_error(), 1e-10 * found.max_error()]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn results_are_finite_or_refused(target in targets(), degree in 0..=MAX_DEGREE) {
        let [rounding, _] = rounding(&target);
        let least = LeastSquares.approximate(degree, &target);
        for method in METHODS {
            // chains search through many polynomials, which takes a second at high degrees
            let degree = if method.name() == "composite minimax" { degree.min(24) } else { degree };
            let found = match method.approximate(degree, &target) {
                Ok(found) => found,
                Err(error) => {
                    prop_assert!(!error.to_string().is_empty());
                    continue;
                }
            };
            prop_assert!(found.mean_square_error().is_finite() && found.max_error().is_finite());
            let (low, high) = (target.interval().low(), target.interval().high());
            for x in [low, 0.5 * low + 0.5 * high, high] {
                prop_assert!(found.at(x).is_finite(), "{} at {}", method.name(), x);
            }
            if let (Ok(least), true) = (&least, found.composition().degree() <= degree) {
                let (least, error) = (least.mean_square_error(), found.mean_square_error());
                prop_assert!(
                    least <= error * (1.0 + 1e-5) + rounding,
                    "{}: {} is below the least, {}", method.name(), error, least
                );
            }
        }
    }

    #[test]
    fn a_higher_degree_is_never_worse(target in targets(), degree in 0..=MAX_DEGREE) {
        let [of_mean_square, of_largest] = rounding(&target);
        for method in METHODS {
            let name = method.name();
            let degree = if name == "composite minimax" { degree.min(24) } else { degree };
            let [half, whole] = [degree / 2, degree].map(|d| method.approximate(d, &target));
            let (Ok(half), Ok(whole)) = (half, whole) else { continue };
            // Each method makes its own error small. Interpolation makes none the smallest, and
            // Hermite that over the whole line.
            let error = |found: &Approximation| match name {
                "least squares" => Some((found.mean_square_error(), of_mean_square)),
                "minimax" | "composite minimax" => Some((found.max_error(), of_largest)),
                _ => None,
            };
            let (Some((before, rounding)), Some((after, _))) = (error(&half), error(&whole)) else {
                continue;
            };
            prop_assert!(after <= before * (1.0 + 1e-5) + rounding, "{name}: {after}, {before}");
        }
    }

    #[test]
    fn a_density_without_inputs_is_refused(
        interval in intervals(), mean in numbers(), deviation in magnitudes(),
    ) {
        let target = Target::new(Function::Relu, interval);
        match target.with_density(Density::Gaussian { mean, deviation }) {
            Ok(target) => {
                let mean = LeastSquares.approximate(0, &target);
                let overflows = Err(ActivationError::Precision { degree: 0 });
                prop_assert!(mean.is_ok() || mean == overflows, "{:?}", mean);
            }
            Err(error) => {
                prop_assert!(matches!(error, ActivationError::Density { .. }), "{}", error);
            }
        }
    }
}
