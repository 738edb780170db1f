//! Gauss-Legendre quadrature (Davis and Rabinowitz, *Methods of Numerical Integration*, 1984).
//!
//! Relies on the interval being finite. Not for integrands with a jump or a corner inside a piece.

use crate::interval::Interval;
use std::f64::consts::PI;

/// Returns the Legendre polynomials `P_0(t)`, …, `P_degree(t)`, by Bonnet's recurrence.
fn legendre(degree: usize, t: f64) -> Vec<f64> {
    let mut values = vec![1.0, t];
    for n in 1..degree {
        let k = n as f64;
        values.push(((2.0 * k + 1.0) * t * values[n] - k * values[n - 1]) / (k + 1.0));
    }
    values.truncate(degree + 1);
    values
}

/// A rule of n nodes, which is exact for polynomials up to degree `2 n - 1`.
pub(crate) struct GaussLegendre {
    /// Nodes in (-1, 1) with their weights.
    nodes: Vec<(f64, f64)>,
}

impl GaussLegendre {
    /// Makes the rule that is exact up to `degree`.
    pub(crate) fn exact_for(degree: usize) -> Self {
        let count = degree / 2 + 1;
        let n = count as f64;
        let nodes = (0..count)
            .map(|i| {
                // Newton's iteration on P_n from Tricomi's estimate: ten steps are more than
                // enough.
                let mut t = (PI * (i as f64 + 0.75) / (n + 0.5)).cos();
                let mut slope = 1.0;
                for _ in 0..10 {
                    let values = legendre(count, t);
                    slope = n * (t * values[count] - values[count - 1]) / (t * t - 1.0);
                    t -= values[count] / slope;
                }
                (t, 2.0 / ((1.0 - t * t) * slope * slope))
            })
            .collect();
        Self { nodes }
    }

    /// Returns the nodes and weights of the integral over `interval`.
    pub(crate) fn nodes_on(&self, interval: Interval) -> impl Iterator<Item = (f64, f64)> {
        let (centre, radius) = (interval.centre(), interval.radius());
        let nodes = self.nodes.iter();
        nodes.map(move |(node, weight)| (centre + radius * node, radius * weight))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legendre_polynomials_are_the_known_ones() {
        for t in [-1.0, -0.3, 0.0, 0.7, 1.0_f64] {
            let values = legendre(3, t);
            let known = [1.0, t, 1.5 * t * t - 0.5, 2.5 * t.powi(3) - 1.5 * t];
            for (value, known) in values.iter().zip(known) {
                assert!((value - known).abs() < 1e-15);
            }
        }
        assert_eq!(legendre(0, 0.5), [1.0]);
    }

    #[test]
    fn powers_are_integrated_exactly() {
        let interval = Interval::new(-1.0, 2.0).expect("valid");
        for degree in 0..=40 {
            let rule = GaussLegendre::exact_for(degree);
            let power = degree as i32;
            let exact =
                (2.0_f64.powi(power + 1) - (-1.0_f64).powi(power + 1)) / f64::from(power + 1);
            let found: f64 = rule
                .nodes_on(interval)
                .map(|(x, weight)| weight * x.powi(power))
                .sum();
            assert!(
                (found / exact - 1.0).abs() < 1e-12,
                "x^{degree}: {found}, not {exact}"
            );
        }
    }
}
