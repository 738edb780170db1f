//! Ciphertexts times P: what key switching leaves before its division. Sums are cheapest and most
//! exact there, so a linear transform and the sums after it are divided by P once, at the end.

use std::iter;

use inkognito_ring::{DivideRound, GaloisElement, Ntt, PairSum, Poly};

use crate::{Ciphertext, CkksError, Evaluator, key_switch::Digits, parallel};

/// P times a ciphertext at a level, over `qp_basis(level)`.
pub struct Lifted {
    pub(crate) c: [Poly<Ntt>; 2],
    pub(crate) level: usize,
    pub(crate) scale: f64,
}

/// An image of a ciphertext under an automorphism.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Image {
    /// The automorphism.
    pub automorphism: GaloisElement,
    /// Whether each slot is multiplied by the imaginary unit first (by `X^(N/2)`: exactly, and for
    /// nothing).
    pub turned: bool,
}

impl Evaluator {
    /// `x` plus all of these images of it, with one decomposition for all.
    ///
    /// # Errors
    /// A missing key, at the level of `x`.
    pub fn add_images(&self, mut x: Lifted, images: &[Image]) -> Result<Lifted, CkksError> {
        let (tables, n) = (self.parameters().at(x.level), self.parameters().degree());
        let key = |image: &Image| {
            let key = self.keys().galois(image.automorphism, x.level);
            key.map(|(key, permutation)| (image.turned, key, permutation))
        };
        let keys = images.iter().map(key).collect::<Result<Vec<_>, _>>()?;
        let turned = images.iter().any(|image| image.turned);
        let [first, second] = &mut x.c;

        // the second polynomial over P, coefficient domain, cut into digits
        let mut coefficients = self.scratch.take(tables.qp.len() * n);
        let limbs = coefficients.chunks_exact_mut(n);
        parallel::each(limbs.zip(second.limbs_mut()), |i, (out, limb)| {
            out.copy_from_slice(limb);
            tables.qp.table(i).inverse(out);
        });
        self.counters.ntt(tables.qp.len());
        let digits = Digits::of_quotient(self, &tables.mod_down, |i| &coefficients[i * n..][..n]);
        self.counters.ntt(digits.transforms());

        // the first stays lifted
        let operands = 1 + digits.len();
        parallel::each(
            first.limbs_mut().zip(second.limbs_mut()),
            |i, (first, second)| {
                let table = tables.qp.table(i);
                let mut room = self.scratch.take(2 * operands * n);
                let (room, turned_room) = room.split_at_mut(operands * n);
                let (own, room) = room.split_at_mut(n);
                own.copy_from_slice(first);
                let own: &[u32] = own;
                let raised = digits.raise(i, room);
                let mut turned_operands = vec![];
                if turned {
                    let operands = iter::once(own).chain(raised.iter().copied());
                    for (operand, out) in operands.zip(turned_room.chunks_exact_mut(n)) {
                        table.turn(operand, out);
                        turned_operands.push(&*out);
                    }
                }
                for &(turned, key, permutation) in &keys {
                    let (own, raised) = match (turned, turned_operands.split_first()) {
                        (true, Some((own, raised))) => (*own, raised),
                        _ => (own, &raised[..]),
                    };
                    let sum = PairSum {
                        terms: &key.terms(raised, i),
                        extra: [Some((own, 1)), None],
                    };
                    table.add_pair_sum_image([&mut *first, &mut *second], sum, permutation);
                }
            },
        );
        self.counters.key_switch(keys.len());
        Ok(x)
    }

    /// The ciphertext itself: divided by P, and with `rescale` by `q_level` in the same step, which
    /// leaves a single rounding (level l to l - 1, scale `D` to `D / q_l`).
    ///
    /// # Errors
    /// [`CkksError::LevelsExhausted`] if there is nothing left to rescale.
    pub fn lower(&self, x: Lifted, rescale: bool) -> Result<Ciphertext, CkksError> {
        let division = self.division(x.level, rescale)?;
        let divisor = if rescale {
            f64::from(self.parameters().modulus(x.level))
        } else {
            1.0
        };
        let scale = x.scale / divisor;
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
        parallel::each(digits.chunks_exact_mut(dropped.len() * n), |_, digits| {
            division.digits(digits);
        });
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
}
