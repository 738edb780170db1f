//! What each operation adds to a ciphertext's error, as variances: the average-case analysis of
//! Costache, Curtis, Hales, Murphy, Ogilvie and Player, *On the precision loss in approximate
//! homomorphic encryption* (2022), in the canonical embedding of Costache, Laine and Player (2017)
//! and Kim, Papadimitriou and Polyakov (2022), worked out for the operations as they are done here.
//!
//! An error polynomial with independent coefficients of variance v puts a complex error of variance
//! `N v` on each slot. Multiplied by a uniform ternary secret, whose slots have the mean square
//! `2N/3`, it puts `N v * 2N/3` there. Rounding to an integer has v = 1/12. Independent errors add
//! their variances, and the real part of a slot gets half.
//!
//! Not for worst cases: six deviations of a complex Gaussian are exceeded with probability e^-36 a
//! slot.

use inkognito_ring::ERROR_VARIANCE;

use crate::Parameters;

/// Variance of a rounding to the nearest integer.
const ROUNDING: f64 = 1.0 / 12.0;

/// Variances of the complex error on a slot, before division by the ciphertext's scale.
#[derive(Debug, Clone)]
pub struct NoiseModel {
    parameters: Parameters,
    /// N.
    n: f64,
}

impl NoiseModel {
    /// The model of a parameter set.
    pub fn new(parameters: &Parameters) -> Self {
        Self {
            n: parameters.degree() as f64,
            parameters: parameters.clone(),
        }
    }

    /// Mean square of a slot of the secret.
    fn secret(&self) -> f64 {
        self.n * 2.0 / 3.0
    }

    /// Encoding: one rounded polynomial.
    pub fn encoding(&self) -> f64 {
        self.n * ROUNDING
    }

    /// A fresh encryption: one error polynomial, and the encoding.
    pub fn fresh(&self) -> f64 {
        self.n * ERROR_VARIANCE + self.encoding()
    }

    /// Dividing both polynomials of a ciphertext and rounding them, as rescaling and the division
    /// by P do.
    pub fn division(&self) -> f64 {
        self.encoding() + self.division_of_second()
    }

    /// Dividing and rounding the second polynomial alone, as a giant step does.
    pub fn division_of_second(&self) -> f64 {
        self.encoding() * self.secret()
    }

    /// Key switching at `level`, without the division that ends it: each digit, uniform within half
    /// the product of its moduli either way, times one error polynomial, divided by P.
    ///
    /// # Panics
    /// If `level` is beyond the parameter set's.
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

    /// A product of two ciphertexts at `level`, beyond what their own errors become in it: its
    /// relinearisation, and the one division by P and the last modulus.
    ///
    /// # Panics
    /// If `level` is 0 or beyond the parameter set's.
    pub fn product(&self, level: usize) -> f64 {
        let last = f64::from(self.parameters.modulus(level));
        self.key_switch(level) / (last * last) + self.division()
    }

    /// What a network's layers do to slots of magnitude one that are encrypted at the set's scale: a
    /// product with an encoded vector, which brings the scale back, and a square in turn, each with
    /// its division. One entry a level, the fresh encryption first.
    pub fn layers(&self) -> Vec<Precision> {
        let nominal = self.parameters.scale();
        let mut level = self.parameters.max_level();
        let (mut scale, mut variance) = (nominal, self.fresh());
        let mut found = vec![Precision::of(level, scale, variance)];
        while level > 0 {
            let last = f64::from(self.parameters.modulus(level));
            if found.len() % 2 == 1 {
                // encoded at scale `nominal last / scale`, with a rounding of its own
                let (grown, encoded) = (nominal / scale, scale / last);
                let encoded = encoded * encoded * self.encoding();
                variance = grown * grown * variance + encoded + self.division();
                scale = nominal;
            } else {
                // (m + e)^2 = m^2 + 2 m e, and all of it at scale^2 until the division
                let grown = 2.0 * scale / last;
                variance = grown * grown * variance + self.product(level);
                scale = scale * scale / last;
            }
            level -= 1;
            found.push(Precision::of(level, scale, variance));
        }
        found
    }
}

/// How exact the slots of a ciphertext are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Precision {
    /// The ciphertext's level.
    pub level: usize,
    /// Its scale.
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
