//! Ciphertexts times P: what key switching leaves before its division. Sums are cheapest and most
//! exact there, so a linear transform and the sums after it are divided by P once, at the end.

use inkognito_ring::{DivideRound, GaloisElement, Ntt, PairSum, Poly};

use crate::{Ciphertext, CkksError, Evaluator, key_switch::Digits, parallel, scratch::Buffer};

/// P times a ciphertext at a level, over `qp_basis(level)`.
pub struct Lifted {
    pub(crate) c: [Poly<Ntt>; 2],
    pub(crate) level: usize,
    pub(crate) scale: f64,
}

impl Evaluator {
    /// `x` plus its images under each of `automorphisms`, with one decomposition for all. With
    /// `rescale`, `x` is divided by `q_level` on the way: level l to l - 1, scale `D` to `D / q_l`.
    ///
    /// # Errors
    /// A missing key, at the level of the result; nothing left to rescale.
    pub fn add_images(
        &self,
        x: Lifted,
        automorphisms: &[GaloisElement],
        rescale: bool,
    ) -> Result<Lifted, CkksError> {
        let before = self.parameters().at(x.level);
        let division = self.division(x.level, rescale)?;
        let (level, scale) = self.after(&x, rescale);
        let keys = automorphisms
            .iter()
            .map(|&g| self.keys().galois(g, level))
            .collect::<Result<Vec<_>, _>>()?;
        let (tables, n) = (self.parameters().at(level), self.parameters().degree());
        let [c0, mut c1] = x.c;

        // the second polynomial over P, coefficient domain, cut into digits
        parallel::each(c1.limbs_mut(), |i, limb| before.qp.table(i).inverse(limb));
        self.counters.ntt(before.qp.len());
        let digits = Digits::of_quotient(self, division, |i| c1.limb(i));
        self.counters.ntt(digits.transforms());

        // the first polynomial stays lifted
        let rescaling = if rescale {
            Some(self.begin_rescale(&c0, x.level)?)
        } else {
            None
        };
        let mut sum = [Poly::zero(&tables.qp), Poly::zero(&tables.qp)];
        let [first, second] = &mut sum;
        parallel::each(
            first.limbs_mut().zip(second.limbs_mut()),
            |i, (first, second)| {
                let mut room = self.scratch.take((digits.len() + 2) * n);
                let (own, room) = room.split_at_mut(n);
                let (spare, room) = room.split_at_mut(n);
                let own = match &rescaling {
                    None => c0.limb(i),
                    Some((division, digits)) => {
                        own.copy_from_slice(c0.limb(division.position(i)));
                        division.divide_values(i, digits, own, spare);
                        own
                    }
                };
                first.copy_from_slice(own);
                let (table, raised) = (tables.qp.table(i), digits.raise(i, room));
                match tables.digits.iter().position(|d| d.range.contains(&i)) {
                    Some(j) => {
                        second.copy_from_slice(raised[j]);
                        table.mul_constant_assign(second, tables.special_product[i]);
                    }
                    // a multiple of P
                    None => second.fill(0),
                }
                for (key, permutation) in &keys {
                    let sum = PairSum {
                        terms: &key.terms(&raised, i),
                        extra: [Some((own, 1)), None],
                    };
                    table.add_pair_sum_image([&mut *first, &mut *second], sum, permutation);
                }
            },
        );
        self.counters.key_switch(keys.len());
        Ok(Lifted {
            c: sum,
            level,
            scale,
        })
    }

    /// The ciphertext itself: divided by P, and with `rescale` by `q_level` in the same step, which
    /// leaves a single rounding (level l to l - 1, scale `D` to `D / q_l`).
    ///
    /// # Errors
    /// [`CkksError::LevelsExhausted`] if there is nothing left to rescale.
    pub fn lower(&self, x: Lifted, rescale: bool) -> Result<Ciphertext, CkksError> {
        let division = self.division(x.level, rescale)?;
        let (_, scale) = self.after(&x, rescale);
        Ok(Ciphertext::new(self.divide_last(division, x.c), scale))
    }

    /// Divides polynomials by the last of their moduli.
    pub(crate) fn divide_last(
        &self,
        division: &DivideRound,
        mut polys: [Poly<Ntt>; 2],
    ) -> [Poly<Ntt>; 2] {
        let (n, dropped) = (self.parameters().degree(), division.dropped());
        let mut digits = self.scratch.take(2 * dropped.len() * n);
        for (digits, poly) in digits.chunks_exact_mut(dropped.len() * n).zip(&polys) {
            digits.copy_from_slice(&poly.residues()[dropped.start * n..dropped.end * n]);
        }
        let basis = polys[0].basis().clone();
        parallel::each(digits.chunks_exact_mut(n), |k, limb| {
            basis.table(dropped.start + k % dropped.len()).inverse(limb);
        });
        digits
            .chunks_exact_mut(dropped.len() * n)
            .for_each(|digits| division.digits(digits));
        let kept = division.kept().len();
        let limbs = polys
            .iter_mut()
            .flat_map(|poly| poly.limbs_mut().take(kept));
        parallel::each(limbs, |k, limb| {
            let (poly, t) = (k / kept, k % kept);
            let digits = &digits[poly * dropped.len() * n..][..dropped.len() * n];
            division.divide_values(t, digits, limb, &mut self.scratch.take(n));
        });
        self.counters.ntt(2 * division.transforms());
        polys.iter_mut().for_each(|poly| poly.truncate(kept));
        polys
    }

    /// The division by P, or by P and `q_level`.
    fn division(&self, level: usize, rescale: bool) -> Result<&DivideRound, CkksError> {
        let tables = self.parameters().at(level);
        if rescale {
            let division = tables.rescale.as_ref().ok_or(CkksError::LevelsExhausted)?;
            Ok(&division.with_special)
        } else {
            Ok(&tables.mod_down)
        }
    }

    /// Level and scale after a division.
    fn after(&self, x: &Lifted, rescale: bool) -> (usize, f64) {
        if rescale {
            let modulus = f64::from(self.parameters().modulus(x.level));
            (x.level - 1, x.scale / modulus)
        } else {
            (x.level, x.scale)
        }
    }

    /// The division of a lifted polynomial by `q_level` alone, with the digits of its remainder.
    fn begin_rescale(
        &self,
        poly: &Poly<Ntt>,
        level: usize,
    ) -> Result<(&DivideRound, Buffer<'_>), CkksError> {
        let tables = self.parameters().at(level);
        let division = tables.rescale.as_ref().ok_or(CkksError::LevelsExhausted)?;
        let division = &division.lifted;
        let mut digits = self.scratch.take(self.parameters().degree());
        digits.copy_from_slice(poly.limb(level));
        tables.qp.table(level).inverse(&mut digits);
        division.digits(&mut digits);
        self.counters.ntt(division.transforms());
        Ok((division, digits))
    }
}
