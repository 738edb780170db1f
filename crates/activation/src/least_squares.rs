//! Least squares: the polynomial of smallest mean square error, by projection.
//!
//! ReLU is projected onto the Legendre polynomials of the interval. The integrals are exact up to
//! rounding, because ReLU is a polynomial on either side of zero and each side is integrated by
//! itself with a Gauss rule of sufficient degree.

use crate::approximation::{Approximation, Method, check_degree, relu};
use crate::error::ActivationError;
use crate::interval::Interval;
use crate::polynomial::Polynomial;
use crate::quadrature::{GaussLegendre, legendre};

/// The method of least squares, every point of the interval weighing the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LeastSquares;

impl Method for LeastSquares {
    fn name(&self) -> &'static str {
        "least squares"
    }

    fn approximate(
        &self,
        degree: usize,
        interval: Interval,
    ) -> Result<Approximation, ActivationError> {
        check_degree(degree)?;
        let (centre, radius) = (interval.centre(), interval.radius());
        let rule = GaussLegendre::exact_for(degree + 1);
        let projection: Vec<f64> = (0..=degree)
            .map(|n| {
                let product = |x: f64| relu(x) * legendre(n, (x - centre) / radius)[n];
                let integral: f64 = interval
                    .pieces()
                    .into_iter()
                    .map(|piece| rule.integrate(piece, product))
                    .sum();
                integral * (2.0 * n as f64 + 1.0) / (2.0 * radius)
            })
            .collect();
        let polynomial = monomials(&projection).stretched(centre, radius);
        Ok(Approximation::of(polynomial, interval))
    }
}

/// The sum of the Legendre polynomials times `factors`, in powers.
fn monomials(factors: &[f64]) -> Polynomial {
    let count = factors.len();
    let mut sum = vec![0.0; count];
    let mut previous = vec![0.0; count];
    let mut current = vec![0.0; count];
    current[0] = 1.0;
    for (n, factor) in factors.iter().enumerate() {
        for (sum, coefficient) in sum.iter_mut().zip(&current) {
            *sum += factor * coefficient;
        }
        let k = n as f64;
        let next = (0..count)
            .map(|i| {
                let raised = if i == 0 { 0.0 } else { current[i - 1] };
                ((2.0 * k + 1.0) * raised - k * previous[i]) / (k + 1.0)
            })
            .collect();
        previous = std::mem::replace(&mut current, next);
    }
    Polynomial::new(sum)
}
