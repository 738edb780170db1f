//! Sums with constant factors, over operands of any level and scale: with [`Evaluator::multiply`],
//! all that polynomials are evaluated with.

use inkognito_ring::{Ntt, Poly};

use crate::{Ciphertext, CkksError, Evaluator, scheme::ciphertext::expect_scale};

/// Largest integer that stands for a constant times a scale.
const MAX_INTEGER: f64 = (1u64 << 62) as f64;

impl Evaluator {
    /// The same values at a lower level, at the same scale: moduli are forgotten, nothing is
    /// divided, no noise is added.
    ///
    /// # Errors
    /// [`CkksError::Level`] if `level` is above the ciphertext's.
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

    /// Adds one number to every slot.
    ///
    /// # Errors
    /// [`CkksError::ValueOutOfRange`] if it is not finite or too large for the scale.
    pub fn add_constant_assign(&self, a: &mut Ciphertext, value: f64) -> Result<(), CkksError> {
        let integer = integer(value, a.scale)?;
        let residues = residues(integer, &a.c[0]);
        // a constant polynomial takes its value at every root of unity
        for (limb, (residue, q)) in a.c[0].limbs_mut().zip(residues) {
            for value in limb {
                let sum = *value + residue;
                *value = sum.min(sum.wrapping_sub(q));
            }
        }
        Ok(())
    }

    /// `constant + sum of factor a` at `level` and `scale`, from ciphertexts of any scales and of
    /// levels above; one rescaling. The factors are rounded to multiples of `a's scale / (q scale)`,
    /// q the modulus that is divided by.
    ///
    /// # Errors
    /// [`CkksError::Level`] for an operand at `level` or below, [`CkksError::LevelsExhausted`] for
    /// the highest level there is, [`CkksError::ValueOutOfRange`] for numbers that are not finite
    /// or too large.
    pub fn weighted_sum(
        &self,
        terms: &[(&Ciphertext, f64)],
        constant: f64,
        level: usize,
        scale: f64,
    ) -> Result<Ciphertext, CkksError> {
        let above = level + 1;
        if above > self.parameters().max_level() {
            return Err(CkksError::LevelsExhausted);
        }
        let raised = scale * f64::from(self.parameters().modulus(above));
        let basis = self.parameters().q_basis(above);
        let mut sum = Ciphertext {
            c: [Poly::zero(basis), Poly::zero(basis)],
            scale: raised,
        };
        for (a, factor) in terms {
            let factor = integer(*factor, raised / a.scale)?;
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

/// A number times a scale, rounded.
fn integer(value: f64, scale: f64) -> Result<i64, CkksError> {
    let scaled = (value * scale).round();
    // NaN is in no range
    if (-MAX_INTEGER..MAX_INTEGER).contains(&scaled) {
        Ok(scaled as i64)
    } else {
        Err(CkksError::ValueOutOfRange { scale })
    }
}

/// An integer modulo each of a polynomial's moduli, with these.
fn residues(integer: i64, poly: &Poly<Ntt>) -> impl Iterator<Item = (u32, u32)> + use<> {
    let moduli: Vec<u32> = poly.basis().moduli().map(|m| m.value()).collect();
    let residue = move |q: u32| (integer.rem_euclid(i64::from(q)) as u32, q);
    moduli.into_iter().map(residue)
}
