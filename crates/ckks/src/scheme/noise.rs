//! The noise model: the variance that each operation adds to a ciphertext's error.
//!
//! The model is the average-case analysis of Costache, Curtis, Hales, Murphy, Ogilvie and Player,
//! *On the precision loss in approximate homomorphic encryption* (2022), in the canonical embedding
//! of Costache, Laine and Player (2017) and Kim, Papadimitriou and Polyakov (2022), applied to the
//! operations of this crate.
//!
//! An error polynomial with independent coefficients of variance v puts a complex error of variance
//! `N v` on each slot. Multiplied by a uniform ternary secret, whose slots have the mean square
//! `2N/3`, it puts `N v * 2N/3` there. Rounding to an integer has v = 1/12. Variances of
//! independent errors add up, and the real part of a slot gets half.
//!
//! Not for worst cases: a complex Gaussian exceeds six deviations with probability e^-36 a slot.

use inkognito_ring::ERROR_VARIANCE;

use crate::scheme::parameters::Parameters;

/// Variance of a rounding to the nearest integer.
const ROUNDING: f64 = 1.0 / 12.0;

/// Predicts variances of the complex error on a slot, before division by the ciphertext's scale.
///
/// ```
/// use inkognito_ckks::{NoiseModel, Parameters, ParametersLiteral};
///
/// let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
/// let noise = NoiseModel::new(&parameters);
/// assert!(noise.fresh() > noise.encoding());
/// assert_eq!(noise.layers().len(), 6);
/// ```
#[derive(Debug, Clone)]
pub struct NoiseModel {
    parameters: Parameters,
    /// N.
    n: f64,
}

impl NoiseModel {
    /// Returns the model of a parameter set.
    pub fn new(parameters: &Parameters) -> Self {
        Self {
            n: parameters.degree() as f64,
            parameters: parameters.clone(),
        }
    }

    /// Returns the mean square of a slot of the secret.
    fn secret(&self) -> f64 {
        self.n * 2.0 / 3.0
    }

    /// Returns the variance of encoding: one rounded polynomial.
    pub fn encoding(&self) -> f64 {
        self.n * ROUNDING
    }

    /// Returns the variance of a fresh encryption: one error polynomial, and the encoding.
    pub fn fresh(&self) -> f64 {
        self.n * ERROR_VARIANCE + self.encoding()
    }

    /// Returns the variance of dividing both polynomials of a ciphertext with rounding, as
    /// rescaling and the division by P do.
    pub fn division(&self) -> f64 {
        self.encoding() + self.division_of_second()
    }

    /// Returns the variance of dividing the second polynomial alone with rounding, as a giant step
    /// does.
    pub fn division_of_second(&self) -> f64 {
        self.encoding() * self.secret()
    }

    /// Returns the variance of key switching at `level`, without the rounding at its end: each
    /// digit, uniform between minus and plus half the product of its moduli, times one error
    /// polynomial, divided by P.
    ///
    /// # Panics
    /// If `level` exceeds the parameter set's highest.
    pub fn key_switch(&self, level: usize) -> f64 {
        let moduli = self.parameters.qp_basis(level).moduli();
        let moduli: Vec<f64> = moduli.map(|m| f64::from(m.value())).collect();
        let (q, special) = moduli.split_at(level + 1);
        let product: f64 = special.iter().product();
        let digits = q.chunks(special.len()).map(|digit| {
            let size = digit.iter().product::<f64>() / product;
            size * size * ROUNDING
        });
        digits.sum::<f64>() * self.n * self.n * ERROR_VARIANCE
    }

    /// Returns the variance that a product of two ciphertexts at `level` adds to their own errors:
    /// relinearisation, and one division by P and `q_level`.
    ///
    /// # Panics
    /// If `level` exceeds the parameter set's highest.
    pub fn product(&self, level: usize) -> f64 {
        let last = f64::from(self.parameters.modulus(level));
        self.key_switch(level) / (last * last) + self.division()
    }

    /// Returns the precision at each level of a network, the fresh encryption first.
    ///
    /// The slots have magnitude one and are encrypted at the set's scale. Products with an encoded
    /// vector, which restore the scale, alternate with squares. Each layer ends with a division.
    pub fn layers(&self) -> Vec<Precision> {
        let nominal = self.parameters.scale();
        let mut level = self.parameters.max_level();
        let (mut scale, mut variance) = (nominal, self.fresh());
        let mut precisions = vec![Precision::of(level, scale, variance)];
        while level > 0 {
            let last = f64::from(self.parameters.modulus(level));
            if precisions.len() % 2 == 1 {
                // the vector is encoded at scale `nominal last / scale`, with a rounding of its own
                let (grown, encoded) = (nominal / scale, scale / last);
                let encoded = encoded * encoded * self.encoding();
                variance = grown * grown * variance + encoded + self.division();
                scale = nominal;
            } else {
                // (m + e)^2 = m^2 + 2 m e + .., at scale^2 until the division
                let grown = 2.0 * scale / last;
                variance = grown * grown * variance + self.product(level);
                scale = scale * scale / last;
            }
            level -= 1;
            precisions.push(Precision::of(level, scale, variance));
        }
        precisions
    }
}

/// The precision of a ciphertext's slots.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Precision {
    /// Level of the ciphertext.
    pub level: usize,
    /// Scale of the ciphertext.
    pub scale: f64,
    /// Standard deviation of the error of a slot's real part.
    pub deviation: f64,
}

impl Precision {
    fn of(level: usize, scale: f64, variance: f64) -> Self {
        Self {
            level,
            scale,
            deviation: (variance / 2.0).sqrt() / scale,
        }
    }
}
