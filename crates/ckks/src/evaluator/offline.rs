//! The offline phase: the part of an evaluation that depends on the mask alone, not on a message.
//!
//! The `c_1` of a fresh encryption is its mask ([`Mask`](crate::Mask)): uniform, independent of the
//! message, and drawn from a seed that its owner may send in advance. A linear transform switches
//! keys of `c_1` only. The third polynomial of the square that follows is `c_1^2`, so its
//! relinearisation is offline work, too. The online phase permutes `c_0`, multiplies it by weights,
//! and adds it. The result is the same, word for word, as without the two phases: the same sums of
//! residues in another order. (*Composable preprocessing* in Li, Micciancio, Raykova and
//! Schultz-Wu, [*Hintless single-server private information
//! retrieval*](https://eprint.iacr.org/2023/1733), 2023, where all clients share the masks.)
//!
//! This file has the operations on single ciphertexts. `transforms/offline_linear.rs` has those of
//! linear transforms.
//!
//! Not for: a mask that has been used. The difference of two ciphertexts under one mask is the
//! difference of their messages.

use inkognito_ring::{Ntt, Poly};
use inkognito_threads as threads;

use crate::{
    error::CkksError,
    evaluator::{Evaluator, ciphertext_qp::CiphertextQp, limbs::limbs},
    scheme::ciphertext::Ciphertext,
};

/// The offline result of a linear layer: its output without the part that depends on `c_0`.
pub struct OfflineLinear {
    /// P times the first polynomial of the output without the terms of `c_0`, over
    /// `qp_basis(level)`.
    pub(crate) first: Poly<Ntt>,
    /// The second polynomial of the output, after mod down.
    pub(crate) second: Poly<Ntt>,
    /// The level before mod down.
    pub(crate) level: usize,
    /// The scale after mod down.
    pub(crate) scale: f64,
    /// Whether mod down also rescales.
    pub(crate) rescale: bool,
}

impl Evaluator {
    /// Divides the second polynomial by P, or by `P q_level` if `rescale` is true. The first stays
    /// multiplied by P, as the online phase adds to it before its division.
    ///
    /// # Errors
    /// [`CkksError::LevelsExhausted`] if `rescale` is true at level 0.
    pub fn mod_down_offline(
        &self,
        x: CiphertextQp,
        rescale: bool,
    ) -> Result<OfflineLinear, CkksError> {
        let (division, divisor) = self.division(x.level, rescale)?;
        let [first, mut second] = x.c;
        self.mod_down_assign(division, std::slice::from_mut(&mut second));
        Ok(OfflineLinear {
            first,
            second,
            level: x.level,
            scale: x.scale / divisor,
            rescale,
        })
    }

    /// Relinearises the square of the second polynomial of `linear`, which is all key switching
    /// that squaring the layer's output takes.
    ///
    /// # Errors
    /// [`CkksError::MissingKey`] if there is no relinearisation key at the output's level.
    pub fn square_offline(&self, linear: &OfflineLinear) -> Result<CiphertextQp, CkksError> {
        let mut d2 = linear.second.clone();
        d2.mul_assign(&linear.second);
        // the scale depends on the online phase, which sets it
        self.relinearize(limbs(&d2), &[], 1.0)
    }

    /// Squares every slot, given the result of [`Evaluator::square_offline`] for the second
    /// polynomial of `a`: from level l and scale `D` to level l - 1 and scale `D^2 / q_l`.
    ///
    /// # Errors
    /// - [`CkksError::Level`] if the offline result is for another level;
    /// - [`CkksError::LevelsExhausted`] at level 0.
    pub fn square_online(
        &self,
        a: &Ciphertext,
        mut offline: CiphertextQp,
    ) -> Result<Ciphertext, CkksError> {
        a.expect_level(offline.level)?;
        let tables = self.parameters().level_tables(offline.level);
        let ([a0, a1], [first, second]) = (a.polys(), &mut offline.c);
        let limbs = first.limbs_mut().zip(second.limbs_mut());
        // P d_0 and P d_1 are 0 modulo the special moduli
        threads::for_each(limbs.take(offline.level + 1), |i, (first, second)| {
            let [a0, a1] = [a0, a1].map(|poly| poly.limb(i));
            let (sub_ring, p) = (tables.q.sub_ring(i), tables.special_product[i]);
            let mut product = self.scratch.take(a0.len());
            sub_ring.inner_product(&mut product, &[[a0, a0]]);
            sub_ring.add_multiple_assign(first, &product, p);
            sub_ring.inner_product(&mut product, &[[a0, a1], [a1, a0]]);
            sub_ring.add_multiple_assign(second, &product, p);
        });
        offline.scale = a.scale() * a.scale();
        self.mod_down(offline, true)
    }
}
