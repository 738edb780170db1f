//! Ciphertexts multiplied by P, as key switching leaves them before mod down.
//!
//! A linear transform and the sums after it may add up such ciphertexts and divide by P once, at
//! the end. Where two levels share their moduli
//! ([`shares_moduli_below`](crate::Parameters::shares_moduli_below)), P times a ciphertext at the
//! upper level is, word for word, P times the rescaled ciphertext at the lower level. Key switching
//! is cheaper there, but each of its parts adds a rounding.
//!
//! Relies on [`ModDown`] for the division. Not for messages: the wire format has no such
//! ciphertext.

use inkognito_ring::{ModDown, Ntt, Poly};
use inkognito_threads as threads;

use crate::{
    error::CkksError,
    evaluator::{Evaluator, limbs::chunks},
    scheme::ciphertext::Ciphertext,
};

/// P times a ciphertext at a level, over [`qp_basis(level)`](crate::Parameters::qp_basis).
pub struct CiphertextQp {
    pub(crate) c: [Poly<Ntt>; 2],
    pub(crate) level: usize,
    pub(crate) scale: f64,
}

impl Evaluator {
    /// Divides by P, or by `P q_level` if `rescale` is true, with a single rounding.
    ///
    /// Without `rescale`, level and scale stay. With it, the level goes from l to l - 1 and the
    /// scale from `D` to `D / q_l`.
    ///
    /// # Errors
    /// [`CkksError::LevelsExhausted`] if `rescale` is true at level 0.
    pub fn mod_down(&self, x: CiphertextQp, rescale: bool) -> Result<Ciphertext, CkksError> {
        let (division, divisor) = self.division(x.level, rescale)?;
        let (mut c, scale) = (x.c, x.scale / divisor);
        self.mod_down_assign(division, &mut c);
        Ok(Ciphertext::new(c, scale))
    }

    /// Divides polynomials over one basis by the moduli that `division` drops, with rounding.
    pub(crate) fn mod_down_assign(&self, division: &ModDown, polys: &mut [Poly<Ntt>]) {
        let (n, dropped) = (self.parameters().degree(), division.dropped());
        // the residues modulo the dropped moduli, as mixed-radix digits
        let mut remainders = self.scratch.take(polys.len() * dropped.len() * n);
        let basis = polys[0].basis();
        threads::for_each(remainders.chunks_exact_mut(n), |k, out| {
            let (poly, i) = (k / dropped.len(), dropped.start + k % dropped.len());
            basis.sub_ring(i).inverse_from(polys[poly].limb(i), out);
        });
        let of_each = remainders.chunks_exact_mut(dropped.len() * n);
        let parts = of_each.flat_map(|remainder| chunks(remainder, n));
        threads::for_each(parts, |_, mut chunk| {
            division.mixed_radix().digits_assign(&mut chunk)
        });
        let kept = division.kept().len();
        let limbs = polys
            .iter_mut()
            .flat_map(|poly| poly.limbs_mut().take(kept));
        threads::for_each(limbs, |k, limb| {
            let (poly, t) = (k / kept, k % kept);
            let remainder = &remainders[poly * dropped.len() * n..][..dropped.len() * n];
            division.divide_values(t, remainder, limb, &mut self.scratch.take(n));
        });
        self.counters.ntt(polys.len() * division.transforms());
        polys.iter_mut().for_each(|poly| poly.truncate(kept));
    }

    /// Returns the division by P or by `P q_level`, and the divisor of scales.
    ///
    /// # Errors
    /// [`CkksError::LevelsExhausted`] if `rescale` is true at level 0.
    pub(crate) fn division(
        &self,
        level: usize,
        rescale: bool,
    ) -> Result<(&ModDown, f64), CkksError> {
        let tables = self.parameters().level_tables(level);
        if rescale {
            let division = tables.rescale.as_ref().ok_or(CkksError::LevelsExhausted)?;
            let divisor = f64::from(self.parameters().modulus(level));
            Ok((&division.with_special, divisor))
        } else {
            Ok((&tables.mod_down, 1.0))
        }
    }
}
