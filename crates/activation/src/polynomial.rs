//! Polynomials in the monomial basis, as model files hold them.

/// `c0 + c1 x + c2 x^2 + …`.
#[derive(Debug, Clone, PartialEq)]
pub struct Polynomial {
    coefficients: Vec<f64>,
}

impl Polynomial {
    /// The polynomial with these coefficients, constant first. None at all is zero.
    #[must_use]
    pub fn new(coefficients: Vec<f64>) -> Self {
        Self { coefficients }
    }

    /// The coefficients, constant first.
    #[must_use]
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// The value at `x`, by Horner's rule.
    #[must_use]
    pub fn at(&self, x: f64) -> f64 {
        self.coefficients
            .iter()
            .rev()
            .fold(0.0, |sum, coefficient| sum * x + coefficient)
    }

    /// The same polynomial of `(x - centre) / radius`, as a polynomial of `x`.
    pub(crate) fn stretched(&self, centre: f64, radius: f64) -> Self {
        // Horner's rule over polynomials: multiply by (x - centre) / radius, add a coefficient.
        let mut result = vec![0.0; self.coefficients.len()];
        for (degree, coefficient) in self.coefficients.iter().rev().enumerate() {
            for i in (0..=degree).rev() {
                let below = if i == 0 { 0.0 } else { result[i - 1] };
                result[i] = (below - centre * result[i]) / radius;
            }
            result[0] += coefficient;
        }
        Self::new(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_sums_of_powers() {
        let polynomial = Polynomial::new(vec![1.0, -2.0, 0.5]);
        assert_eq!(polynomial.at(3.0), 1.0 - 6.0 + 4.5);
        assert_eq!(Polynomial::new(vec![]).at(3.0), 0.0);
    }

    #[test]
    fn a_stretched_polynomial_has_the_same_values() {
        let polynomial = Polynomial::new(vec![0.25, -1.5, 2.0, 0.75, -0.5]);
        let stretched = polynomial.stretched(1.5, 4.0);
        for x in [-3.0, -0.5, 0.0, 1.5, 2.25, 6.0] {
            let expected = polynomial.at((x - 1.5) / 4.0);
            assert!((stretched.at(x) - expected).abs() < 1e-12);
        }
    }
}
