//! Linear combinations with constant factors, of operands at any level and scale. Together with
//! [`Evaluator::multiply`] they evaluate polynomials.
//!
//! A factor becomes an integer: the factor times a quotient of two scales, rounded. Not for factors
//! that differ from slot to slot, which are plaintexts.

use inkognito_ring::{Ntt, Poly};

use crate::{
    error::CkksError,
    evaluator::Evaluator,
    scheme::ciphertext::{Ciphertext, expect_scale},
};

/// Bound on the integer that stands for a constant times a scale.
const MAX_INTEGER: f64 = (1u64 << 62) as f64;

impl Evaluator {
    /// Drops moduli until the ciphertext is at `level`. The scale stays; nothing is divided, and no
    /// noise is added.
    ///
    /// # Errors
    /// [`CkksError::Level`] if `level` is above the ciphertext's.
    ///
    /// ```
    /// # use inkognito_ckks::*;
    /// # use inkognito_ring::Poly;
    /// # let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
    /// # let evaluator = Evaluator::new(parameters.clone(), EvaluationKeys::new());
    /// # let zero = |level: usize, scale: f64| {
    /// #     let poly = Poly::zero(parameters.q_basis(level));
    /// #     Ciphertext::new([poly.clone(), poly], scale)
    /// # };
    /// let a = zero(3, 1024.0);
    /// assert_eq!(evaluator.drop_to_level(&a, 1)?.level(), 1);
    /// let refused = evaluator.drop_to_level(&a, 4);
    /// assert_eq!(refused, Err(CkksError::Level { expected: 4, actual: 3 }));
    /// # Ok::<(), CkksError>(())
    /// ```
    pub fn drop_to_level(&self, a: &Ciphertext, level: usize) -> Result<Ciphertext, CkksError> {
        if level > a.level() {
            let (expected, actual) = (level, a.level());
            return Err(CkksError::Level { expected, actual });
        }
        Ok(Ciphertext {
            c: a.c.each_ref().map(|c| c.select(0..=level)),
            scale: a.scale,
        })
    }

    /// Adds one number to every slot. Level and scale stay.
    ///
    /// # Errors
    /// [`CkksError::ValueOutOfRange`] if the number times the scale is not finite, or not below
    /// 2^62 in magnitude.
    ///
    /// ```
    /// # use inkognito_ckks::*;
    /// # use inkognito_ring::Poly;
    /// # let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
    /// # let evaluator = Evaluator::new(parameters.clone(), EvaluationKeys::new());
    /// # let zero = |level: usize, scale: f64| {
    /// #     let poly = Poly::zero(parameters.q_basis(level));
    /// #     Ciphertext::new([poly.clone(), poly], scale)
    /// # };
    /// let mut a = zero(3, 1024.0);
    /// evaluator.add_constant_assign(&mut a, 0.5)?;
    /// assert!(a.polys()[0].residues().iter().all(|&value| value == 512));
    /// assert!(evaluator.add_constant_assign(&mut a, f64::NAN).is_err());
    /// # Ok::<(), CkksError>(())
    /// ```
    pub fn add_constant_assign(&self, a: &mut Ciphertext, value: f64) -> Result<(), CkksError> {
        let integer = scaled_integer(value, a.scale)?;
        let residues = residues(integer, &a.c[0]);
        // a constant polynomial has the same value at every root of unity
        for (limb, (residue, q)) in a.c[0].limbs_mut().zip(residues) {
            for value in limb {
                let sum = *value + residue;
                *value = sum.min(sum.wrapping_sub(q));
            }
        }
        Ok(())
    }

    /// Returns `constant + sum of factor a` at `level` and `scale`, for terms `(a, factor)` at any
    /// scales and at levels above, with one rescaling.
    ///
    /// Each factor is rounded to a multiple of `a.scale() / (q scale)`, where q is the modulus that
    /// the rescaling divides by.
    ///
    /// # Errors
    /// - [`CkksError::LevelsExhausted`] if `level` is not below the highest level;
    /// - [`CkksError::Level`] if a term is at `level` or below;
    /// - [`CkksError::ValueOutOfRange`] if a factor or the constant is not finite, or too large for
    ///   the scales;
    /// - [`CkksError::Scale`] if `scale` is zero.
    ///
    /// ```
    /// # use inkognito_ckks::*;
    /// # use inkognito_ring::Poly;
    /// # let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
    /// # let evaluator = Evaluator::new(parameters.clone(), EvaluationKeys::new());
    /// # let zero = |level: usize, scale: f64| {
    /// #     let poly = Poly::zero(parameters.q_basis(level));
    /// #     Ciphertext::new([poly.clone(), poly], scale)
    /// # };
    /// // terms at different levels and scales
    /// let (a, b) = (zero(3, 1024.0), zero(2, 4096.0));
    /// let sum = evaluator.weighted_sum(&[(&a, 0.5), (&b, -2.0)], 1.0, 1, 2048.0)?;
    /// assert_eq!((sum.level(), sum.scale()), (1, 2048.0));
    ///
    /// // b is not above level 2
    /// let refused = evaluator.weighted_sum(&[(&b, 1.0)], 0.0, 2, 2048.0);
    /// assert_eq!(refused, Err(CkksError::Level { expected: 3, actual: 2 }));
    /// # Ok::<(), CkksError>(())
    /// ```
    pub fn weighted_sum(
        &self,
        terms: &[(&Ciphertext, f64)],
        constant: f64,
        level: usize,
        scale: f64,
    ) -> Result<Ciphertext, CkksError> {
        if level >= self.parameters().max_level() {
            return Err(CkksError::LevelsExhausted);
        }
        let above = level + 1;
        let scale_above = scale * f64::from(self.parameters().modulus(above));
        let basis = self.parameters().q_basis(above);
        let mut sum = Ciphertext {
            c: [Poly::zero(basis), Poly::zero(basis)],
            scale: scale_above,
        };
        for (a, factor) in terms {
            let factor = scaled_integer(*factor, scale_above / a.scale)?;
            let a = self.drop_to_level(a, above)?;
            for (sum, mut c) in sum.c.iter_mut().zip(a.c) {
                let residues: Vec<u32> = residues(factor, &c).map(|pair| pair.0).collect();
                c.mul_residues_assign(&residues);
                sum.add_assign(&c);
            }
        }
        self.add_constant_assign(&mut sum, constant)?;
        let sum = self.rescale(sum)?;
        expect_scale(scale, sum.scale)?;
        Ok(Ciphertext { c: sum.c, scale })
    }
}

/// Returns a number times a scale, rounded.
fn scaled_integer(value: f64, scale: f64) -> Result<i64, CkksError> {
    let scaled = (value * scale).round();
    // NaN is in no range
    if (-MAX_INTEGER..MAX_INTEGER).contains(&scaled) {
        Ok(scaled as i64)
    } else {
        Err(CkksError::ValueOutOfRange { scale })
    }
}

/// Returns an integer modulo each of a polynomial's moduli, and the modulus.
fn residues(integer: i64, poly: &Poly<Ntt>) -> impl Iterator<Item = (u32, u32)> + use<> {
    let moduli: Vec<u32> = poly.basis().moduli().map(|m| m.value()).collect();
    let residue = move |q: u32| (integer.rem_euclid(i64::from(q)) as u32, q);
    moduli.into_iter().map(residue)
}
