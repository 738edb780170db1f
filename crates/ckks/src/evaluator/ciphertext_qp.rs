//! Ciphertexts times P: what key switching leaves before its division. A linear transform and the sums after
//! it may be divided by P once, at the end. Where two levels have the same moduli
//! ([`Parameters::shares_moduli_below`](crate::Parameters::shares_moduli_below)) what is lifted at the upper
//! one is, as it stands, the ciphertext rescaled and lifted at the lower one: key switching is cheaper there, and
//! rounds each part ([`LinearTransform::rescaled_between`](crate::LinearTransform::rescaled_between)).

use inkognito_ring::{GaloisElement, ModDown, Ntt, Poly, SubRing};
use inkognito_threads as threads;

use crate::{
    Ciphertext, CkksError, Evaluator,
    evaluator::key_switch::{Digits, chunks, limbs},
    keys::GaloisKey,
};

/// P times a ciphertext at a level, over `qp_basis(level)`.
pub struct CiphertextQp {
    pub(crate) c: [Poly<Ntt>; 2],
    pub(crate) level: usize,
    pub(crate) scale: f64,
}

/// An image of a ciphertext under an automorphism.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Automorphism {
    /// The automorphism.
    pub galois_element: GaloisElement,
    /// Whether each slot is multiplied by the imaginary unit first (by `X^(N/2)`: exactly, and for
    /// nothing).
    pub mul_by_i: bool,
}

/// What an image is switched with.
pub(crate) struct AutomorphismKey<'a> {
    mul_by_i: bool,
    key: GaloisKey<'a>,
}

impl Evaluator {
    /// `x` plus all of these images of it, with one decomposition for all.
    ///
    /// # Errors
    /// A missing key, at the level of `x`.
    pub fn rotate_and_sum(
        &self,
        mut x: CiphertextQp,
        images: &[Automorphism],
    ) -> Result<CiphertextQp, CkksError> {
        let (tables, n) = (self.parameters().at(x.level), self.parameters().degree());
        let keys = self.automorphism_keys(images, x.level)?;
        let [first, second] = &mut x.c;

        // the second polynomial over P, coefficient domain, cut into digits
        let mut coefficients = self.scratch.take(tables.qp.len() * n);
        let limbs = coefficients.chunks_exact_mut(n);
        threads::for_each(limbs.zip(second.limbs_mut()), |i, (out, limb)| {
            tables.qp.sub_ring(i).inverse_from(limb, out);
        });
        self.counters.ntt(tables.qp.len());
        let digits =
            Digits::decompose_quotient(self, &tables.mod_down, |i| &coefficients[i * n..][..n]);
        self.counters.ntt(digits.transforms());

        // the first stays lifted
        threads::for_each(
            first.limbs_mut().zip(second.limbs_mut()),
            |i, (first, second)| {
                let mut own = self.scratch.take(n);
                own.copy_from_slice(first);
                self.add_switched(&digits, i, Some((&own, 1)), &keys, [first, second]);
            },
        );
        self.counters.key_switch(keys.len());
        Ok(x)
    }

    /// P times the image of `x`.
    ///
    /// # Errors
    /// A missing key, at the level of `x`.
    pub(crate) fn apply_automorphism(
        &self,
        x: &Ciphertext,
        image: Automorphism,
    ) -> Result<CiphertextQp, CkksError> {
        let level = x.level();
        let tables = self.parameters().at(level);
        let keys = self.automorphism_keys(&[image], level)?;
        let [c0, c1] = x.polys();
        let digits = Digits::decompose(self, limbs(c1));
        let mut c = [Poly::zero(&tables.qp), Poly::zero(&tables.qp)];
        let [first, second] = &mut c;
        threads::for_each(
            first.limbs_mut().zip(second.limbs_mut()),
            |i, (first, second)| {
                // P c is 0 modulo the special moduli
                let lift = tables.special_product[i];
                let own = (i <= level).then(|| (c0.limb(i), lift));
                self.add_switched(&digits, i, own, &keys, [first, second]);
            },
        );
        self.counters.ntt(digits.transforms());
        self.counters.key_switch(keys.len());
        Ok(CiphertextQp {
            c,
            level,
            scale: x.scale(),
        })
    }

    /// The key of each image at a level.
    pub(crate) fn automorphism_keys(
        &self,
        images: &[Automorphism],
        level: usize,
    ) -> Result<Vec<AutomorphismKey<'_>>, CkksError> {
        let key = |image: &Automorphism| {
            Ok(AutomorphismKey {
                mul_by_i: image.mul_by_i,
                key: self.keys().galois(image.galois_element, level)?,
            })
        };
        images.iter().map(key).collect()
    }

    /// Adds images to two polynomials, modulo modulus `i`: images of `own` times a constant, and of what
    /// the digits make up.
    fn add_switched(
        &self,
        digits: &Digits<'_>,
        i: usize,
        own: Option<(&[u32], u32)>,
        keys: &[AutomorphismKey<'_>],
        out: [&mut [u32]; 2],
    ) {
        let n = self.parameters().degree();
        let mut room = self.scratch.take(digits.len() * n);
        let raised = digits.mod_up(i, &mut room);
        self.add_automorphisms(digits.sub_ring(i), i, &raised, own, keys, out);
    }

    /// The same, given the digits as they are raised to the modulus: none, where `own` is all that there is.
    pub(crate) fn add_automorphisms(
        &self,
        table: &SubRing,
        i: usize,
        raised: &[&[u32]],
        own: Option<(&[u32], u32)>,
        keys: &[AutomorphismKey<'_>],
        out: [&mut [u32]; 2],
    ) {
        let n = table.degree();
        let mut room = self.scratch.take((1 + raised.len()) * n);
        let (own_times_i, room_times_i) = room.split_at_mut(n);
        let mut raised_times_i = vec![];
        if keys.iter().any(|key| key.mul_by_i) {
            if let Some((own, _)) = own {
                table.mul_by_i(own, own_times_i);
            }
            for (digit, out) in raised.iter().zip(room_times_i.chunks_exact_mut(n)) {
                table.mul_by_i(digit, out);
                raised_times_i.push(&*out);
            }
        }
        let own_times_i = own.map(|(_, factor)| (&*own_times_i, factor));
        let images = keys.iter().map(|image| match image.mul_by_i {
            true => image.key.image(table, i, &raised_times_i, own_times_i),
            false => image.key.image(table, i, raised, own),
        });
        let images: Vec<_> = images.collect();
        table.automorphism_inner_products(out, 0, &images, true);
    }

    /// The ciphertext itself: divided by P, and with `rescale` by `q_level` in the same step, which
    /// leaves a single rounding (level l to l - 1, scale `D` to `D / q_l`).
    ///
    /// # Errors
    /// [`CkksError::LevelsExhausted`] if there is nothing left to rescale.
    pub fn mod_down(&self, x: CiphertextQp, rescale: bool) -> Result<Ciphertext, CkksError> {
        let (division, divisor) = self.division(x.level, rescale)?;
        let (mut c, scale) = (x.c, x.scale / divisor);
        self.mod_down_assign(division, &mut c);
        Ok(Ciphertext::new(c, scale))
    }

    /// Divides polynomials over one basis by the last of their moduli.
    pub(crate) fn mod_down_assign(&self, division: &ModDown, polys: &mut [Poly<Ntt>]) {
        let (n, dropped) = (self.parameters().degree(), division.dropped());
        let mut digits = self.scratch.take(polys.len() * dropped.len() * n);
        let basis = polys[0].basis();
        threads::for_each(digits.chunks_exact_mut(n), |k, out| {
            let (poly, i) = (k / dropped.len(), dropped.start + k % dropped.len());
            basis.sub_ring(i).inverse_from(polys[poly].limb(i), out);
        });
        let of_each = digits.chunks_exact_mut(dropped.len() * n);
        let parts = of_each.flat_map(|digits| chunks(digits, n));
        threads::for_each(parts, |_, mut digits| division.radix().digits(&mut digits));
        let kept = division.kept().len();
        let limbs = polys
            .iter_mut()
            .flat_map(|poly| poly.limbs_mut().take(kept));
        threads::for_each(limbs, |k, limb| {
            let (poly, t) = (k / kept, k % kept);
            let digits = &digits[poly * dropped.len() * n..][..dropped.len() * n];
            division.divide_values(t, digits, limb, &mut self.scratch.take(n));
        });
        self.counters.ntt(polys.len() * division.transforms());
        polys.iter_mut().for_each(|poly| poly.truncate(kept));
    }

    /// The division by P, or by P and `q_level`; and what scales are divided by.
    pub(crate) fn division(
        &self,
        level: usize,
        rescale: bool,
    ) -> Result<(&ModDown, f64), CkksError> {
        let tables = self.parameters().at(level);
        if rescale {
            let division = tables.rescale.as_ref().ok_or(CkksError::LevelsExhausted)?;
            let divisor = f64::from(self.parameters().modulus(level));
            Ok((&division.with_special, divisor))
        } else {
            Ok((&tables.mod_down, 1.0))
        }
    }
}
