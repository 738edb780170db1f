//! Ahead of the message: what an evaluation makes of a ciphertext's second polynomial alone.
//!
//! `c_1` of a fresh encryption is its [`Mask`], uniform and drawn from a seed. It says nothing of the
//! message, and its owner may tell it before there is one. All key switching of a linear transform is of `c_1`; the third
//! polynomial of the square that follows is `c_1^2`, so that relinearising it comes before the message too. When
//! `c_0` is there, it is permuted, multiplied by weights, and added. What comes out is the same, word for word, as
//! without: sums of residues in another order. (*Composable preprocessing* in Li, Micciancio, Raykova and Schultz-Wu,
//! [*Hintless single-server private information retrieval*](https://eprint.iacr.org/2023/1733), 2023, where masks are
//! common to all clients.)
//!
//! Not for: a mask that has been used. Whoever subtracts two ciphertexts under one has the difference of the messages.

use inkognito_ring::{Ntt, Poly};
use inkognito_threads as threads;

use crate::{
    Automorphism, Ciphertext, CiphertextQp, CkksError, Evaluator, LinearTransform, Mask,
    evaluator::key_switch::limbs, scheme::ciphertext::expect_level,
};

/// What a linear layer makes of a ciphertext of which only the second polynomial is known.
pub struct OfflineLinear {
    /// P times what switching adds to the first polynomial, over `qp_basis(level)`.
    first: Poly<Ntt>,
    /// The second polynomial of what comes out.
    second: Poly<Ntt>,
    level: usize,
    scale: f64,
    rescale: bool,
}

impl LinearTransform {
    /// What [`LinearTransform::apply`] makes of a ciphertext at `scale` that has this mask, and zero for the first
    /// polynomial.
    ///
    /// # Errors
    /// As there.
    pub fn apply_offline(
        &self,
        evaluator: &Evaluator,
        mask: &Mask,
        scale: f64,
    ) -> Result<CiphertextQp, CkksError> {
        expect_level(self.level(), mask.level)?;
        let c1 = mask.expand(evaluator.parameters());
        self.switched(evaluator, None, &c1, scale)
    }
}

impl Evaluator {
    /// As [`Evaluator::mod_down`], of the second polynomial alone.
    ///
    /// # Errors
    /// As there.
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

    /// The rest of a linear layer: the ciphertext that comes out of it for this first polynomial. The half is of the
    /// same transform and the same groups of images, each of which was added by [`Evaluator::rotate_and_sum`].
    ///
    /// # Errors
    /// [`CkksError::Level`] if the polynomial is at another level than the transform; a missing key of an image.
    pub fn apply_online(
        &self,
        half: OfflineLinear,
        transform: &LinearTransform,
        groups: &[Vec<Automorphism>],
        c0: &Poly<Ntt>,
    ) -> Result<Ciphertext, CkksError> {
        let level = c0.basis().len() - 1;
        expect_level(transform.level(), level)?;
        let (division, _) = self.division(half.level, half.rescale)?;
        let (lift, mut first) = (&self.parameters().at(level).special_product, half.first);
        let groups = groups.iter();
        let groups = groups.map(|images| self.automorphism_keys(images, half.level));
        let groups = groups.collect::<Result<Vec<_>, _>>()?;
        // P c is 0 modulo the special moduli
        threads::for_each(first.limbs_mut().take(level + 1), |i, first| {
            let (table, n) = (c0.basis().sub_ring(i), first.len());
            let mut room = self.scratch.take(3 * n);
            let (sum, room) = room.split_at_mut(n);
            let (own, spare) = room.split_at_mut(n);
            transform.apply_to_c0(&self.scratch, table, i, c0.limb(i), sum);
            for keys in &groups {
                own.copy_from_slice(sum);
                // the second polynomial has been switched before
                let out = [&mut *sum, &mut *spare];
                self.add_automorphisms(table, i, &[], Some((own, 1)), keys, out);
            }
            table.add_multiple_assign(first, sum, lift[i]);
        });
        self.counters.plaintext_product(transform.products());
        self.mod_down_assign(division, std::slice::from_mut(&mut first));
        Ok(Ciphertext::new([first, half.second], half.scale))
    }

    /// What relinearising adds to the square of what a half becomes, whatever is added to its first polynomial.
    ///
    /// # Errors
    /// A missing relinearisation key.
    pub fn square_offline(&self, half: &OfflineLinear) -> Result<CiphertextQp, CkksError> {
        let mut third = half.second.clone();
        third.mul_assign(&half.second);
        self.relinearize(limbs(&third), &[], 1.0)
    }

    /// As [`Evaluator::square`], given what [`Evaluator::square_offline`] made of its half.
    ///
    /// # Errors
    /// [`CkksError::Level`] if that was at another level; [`CkksError::LevelsExhausted`] at level 0.
    pub fn square_online(
        &self,
        a: &Ciphertext,
        mut offline: CiphertextQp,
    ) -> Result<Ciphertext, CkksError> {
        a.expect_level(offline.level)?;
        let tables = self.parameters().at(offline.level);
        let ([a0, a1], [first, second]) = (a.polys(), &mut offline.c);
        let limbs = first.limbs_mut().zip(second.limbs_mut());
        threads::for_each(limbs.take(offline.level + 1), |i, (first, second)| {
            let [a0, a1] = [a0, a1].map(|poly| poly.limb(i));
            let (table, mut product) = (tables.q.sub_ring(i), self.scratch.take(a0.len()));
            table.inner_product(&mut product, &[[a0, a0]]);
            table.add_multiple_assign(first, &product, tables.special_product[i]);
            table.inner_product(&mut product, &[[a0, a1], [a1, a0]]);
            table.add_multiple_assign(second, &product, tables.special_product[i]);
        });
        offline.scale = a.scale() * a.scale();
        self.mod_down(offline, true)
    }
}
