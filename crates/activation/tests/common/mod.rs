//! Errors of approximations by sampling.

use std::f64::consts::PI;

use inkognito_activation::{Density, Target};

const COUNT: u32 = 40_000;

/// Returns the mean square error under the target's density, and the largest error outside of its
/// gap.
pub(crate) fn sampled(polynomial: impl Fn(f64) -> f64, target: &Target) -> (f64, f64) {
    let interval = target.interval();
    let (low, high) = (interval.low(), interval.high());
    let (mut sum, mut weights) = (0.0, 0.0);
    let ends = [low, high].map(|x| (polynomial(x) - target.function().at(x)).abs());
    let mut largest = ends[0].max(ends[1]);
    for i in 0..COUNT {
        // equal steps of the angle: Chebyshev's density is finite at all samples
        let angle = PI * (f64::from(i) + 0.5) / f64::from(COUNT);
        let x = interval.centre() - interval.radius() * angle.cos();
        if x.abs() < target.gap() {
            continue;
        }
        let error = polynomial(x) - target.function().at(x);
        let weight = match target.density() {
            Density::Uniform => 1.0,
            Density::Chebyshev => angle.sin().recip(),
            Density::Gaussian { mean, deviation } => {
                (-0.5 * ((x - mean) / deviation).powi(2)).exp()
            }
            Density::Histogram(histogram) => histogram
                .edges()
                .windows(2)
                .zip(histogram.counts())
                .filter(|(edges, _)| edges[0] <= x && x < edges[1])
                .map(|(edges, count)| count / (edges[1] - edges[0]))
                .sum(),
        };
        let weight = weight * angle.sin();
        sum += weight * error * error;
        weights += weight;
        largest = largest.max(error.abs());
    }
    (sum / weights, largest)
}
