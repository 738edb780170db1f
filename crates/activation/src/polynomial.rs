//! Polynomials in powers of x (the monomial basis), as model files hold them.
//!
//! Relies on nothing but arithmetic in 64-bit floats. Not for high degrees, whose powers lose
//! precision: see `series.rs`.

/// The polynomial `c0 + c1 x + c2 x^2 + …`.
///
/// ```
/// use inkognito_activation::Polynomial;
///
/// let polynomial = Polynomial::new(vec![1.0, -2.0, 0.5]);
/// assert_eq!(polynomial.at(2.0), -1.0);
/// assert_eq!(Polynomial::new(vec![]).at(2.0), 0.0);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Polynomial {
    coefficients: Vec<f64>,
}

impl Polynomial {
    /// Makes a polynomial of these coefficients, constant first. No coefficients make zero.
    #[must_use]
    pub fn new(coefficients: Vec<f64>) -> Self {
        Self { coefficients }
    }

    /// Returns the coefficients, constant first.
    #[must_use]
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// Returns the value at `x`, by Horner's rule.
    #[must_use]
    pub fn at(&self, x: f64) -> f64 {
        self.coefficients
            .iter()
            .rev()
            .fold(0.0, |sum, coefficient| sum * x + coefficient)
    }

    /// Substitutes `(x - centre) / radius` for the variable.
    pub(crate) fn substitute_affine(&self, centre: f64, radius: f64) -> Self {
        // Horner's rule over polynomials: multiply by (x - centre) / radius, add a coefficient
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
    fn substituting_an_affine_map_composes_with_it() {
        let polynomial = Polynomial::new(vec![0.25, -1.5, 2.0, 0.75, -0.5]);
        let composed = polynomial.substitute_affine(1.5, 4.0);
        for x in [-3.0, -0.5, 0.0, 1.5, 2.25, 6.0] {
            let expected = polynomial.at((x - 1.5) / 4.0);
            assert!((composed.at(x) - expected).abs() < 1e-12);
        }
    }
}
