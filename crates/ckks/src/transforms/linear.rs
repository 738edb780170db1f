//! A fixed matrix times an encrypted vector.
//!
//! The matrix is given by its diagonals, `y = sum_d diagonal_d * rotate(x, d)` (Halevi and Shoup
//! 2014), and evaluated by baby steps and giant steps: `d = g + b`,
//! `y = sum_g rotate(sum_b rotate(diagonal_(g+b), -g) * rotate(x, b), g)`. Baby steps share one
//! decomposition and stay multiplied by P, giant steps are summed before the one division at the
//! end (double hoisting: Bossuat et al., *Efficient bootstrapping for approximate homomorphic
//! encryption with non-sparse keys*, 2021, algorithm 6); that division takes the rescaling with it. Or
//! the rescaling comes for nothing between the two ([`LinearTransform::rescaled_between`]).

use std::{mem, ops::Range};

use inkognito_ring::{
    DualInnerProduct, GaloisElement, Interleaved, InterleavedOperands, Ntt, Permutation, Poly,
    SubRing,
};
use inkognito_threads as threads;

use crate::{
    Ciphertext, CiphertextQp, CkksError, Complex64, Encoder, Evaluator, KeyRequest, Parameters,
    evaluator::key_switch::{Digits, limbs},
    evaluator::scratch::Scratch,
    keys::GaloisKey,
};

/// Words of each residue polynomial that all baby steps and giant steps work on in turn.
const CHUNK: usize = 1024;
/// Words left free behind each of the polynomials that a giant step reads together: a cache keeps only
/// a few lines whose addresses differ by a power of two.
const GAP: usize = 32;

/// How diagonal numbers are split: `d = unit (baby_steps i + j)` is giant step `i`, baby step `j`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BabyGiant {
    /// All diagonal numbers are multiples of this.
    pub unit: usize,
    /// Number of baby steps.
    pub baby_steps: usize,
}

impl BabyGiant {
    fn split(self, diagonal: usize) -> (usize, usize) {
        let giant = self.unit * self.baby_steps;
        (diagonal / giant * giant, diagonal % giant)
    }

    /// The baby steps and the giant steps that a transform with these diagonals rotates by, without the
    /// trivial ones, each in ascending order.
    pub fn rotations(self, diagonals: impl IntoIterator<Item = usize>) -> [Vec<usize>; 2] {
        let split = diagonals.into_iter().map(|d| self.split(d));
        let (giant, baby): (Vec<_>, Vec<_>) = split.unzip();
        [baby, giant].map(|mut steps| {
            steps.retain(|&step| step != 0);
            ascending(steps)
        })
    }
}

/// A matrix encoded for ciphertexts at one level.
pub struct LinearTransform {
    level: usize,
    /// The level of what comes out.
    qp_level: usize,
    scale: f64,
    /// Baby steps that occur, ascending, and their automorphisms.
    baby: Vec<usize>,
    baby_images: Vec<Permutation>,
    giant: Vec<Giant>,
}

struct Giant {
    step: usize,
    image: Permutation,
    /// Indices into `baby`, one for each diagonal.
    baby: Vec<usize>,
    /// For each modulus of `qp_basis(level)` the encoded, pre-rotated diagonals, side by side.
    weights: Vec<InterleavedOperands>,
}

impl Giant {
    fn new(step: usize, image: Permutation, terms: &[(usize, Poly<Ntt>)]) -> Self {
        let moduli = terms.first().map_or(0, |(_, poly)| poly.basis().len());
        let limb = |i: usize| {
            let limbs: Vec<_> = terms.iter().map(|(_, poly)| poly.limb(i)).collect();
            terms[0].1.basis().sub_ring(i).interleave_weights(&limbs)
        };
        Self {
            step,
            image,
            baby: terms.iter().map(|(b, _)| *b).collect(),
            weights: (0..moduli).map(limb).collect(),
        }
    }

    /// The terms of the sum modulo modulus `i`, residues `at`, given those of the first and second
    /// polynomials of all baby steps in turn.
    fn terms<'a>(
        &'a self,
        rotated: &[&'a [u32]],
        i: usize,
        at: Range<usize>,
    ) -> Vec<[Interleaved<'a>; 3]> {
        let baby = self.baby.iter().enumerate();
        baby.map(|(k, b)| {
            let weight = self.weights[i].operand(k).part(at.start, at.len());
            [weight, rotated[2 * b].into(), rotated[2 * b + 1].into()]
        })
        .collect()
    }
}

/// Each once, in ascending order.
fn ascending<T: Ord>(mut all: Vec<T>) -> Vec<T> {
    all.sort_unstable();
    all.dedup();
    all
}

impl LinearTransform {
    /// Encodes the diagonals (each a number and N/2 slots, or fewer with zeros implied) at `scale` for
    /// ciphertexts at `level`. Diagonals that are all zero are left out.
    ///
    /// # Errors
    /// Values that do not fit slots or scale; level 0, from which nothing can be rescaled.
    pub fn new(
        parameters: &Parameters,
        encoder: &Encoder,
        diagonals: &[(usize, Vec<Complex64>)],
        split: BabyGiant,
        level: usize,
        scale: f64,
    ) -> Result<Self, CkksError> {
        if level == 0 {
            return Err(CkksError::LevelsExhausted);
        }
        let slots = parameters.slots();
        let present: Vec<_> = diagonals
            .iter()
            .filter(|(_, values)| values.iter().any(|v| *v != Complex64::default()))
            .map(|(d, values)| (split.split(d % slots), values))
            .collect();
        let encoded = threads::map(present.len(), |i| {
            let ((giant, _), values) = present[i];
            if values.len() > slots {
                return Err(CkksError::TooManyValues {
                    slots,
                    actual: values.len(),
                });
            }
            let mut rotated = vec![Complex64::default(); slots];
            for (i, &value) in values.iter().enumerate() {
                rotated[(i + giant) % slots] = value;
            }
            let basis = parameters.qp_basis(level);
            Ok(encoder.encode(&rotated, scale, basis)?.into_ntt())
        });
        let baby = ascending(present.iter().map(|((_, b), _)| *b).collect());
        let giant = ascending(present.iter().map(|((g, _), _)| *g).collect());
        let mut terms: Vec<Vec<(usize, Poly<Ntt>)>> = giant.iter().map(|_| vec![]).collect();
        // each step of `present` is in one of the lists
        let place = |list: &[usize], step: usize| list.partition_point(|&other| other < step);
        for (((g, b), _), poly) in present.iter().zip(encoded) {
            terms[place(&giant, *g)].push((place(&baby, *b), poly?));
        }
        let image = |step: usize| {
            Permutation::new(GaloisElement::rotation(step as i64, parameters.log_n()))
        };
        let giant = giant.into_iter().zip(terms);
        let giant = giant.map(|(step, terms)| Giant::new(step, image(step), &terms));
        Ok(Self {
            level,
            qp_level: level,
            scale,
            baby_images: baby.iter().map(|&step| image(step)).collect(),
            giant: giant.collect(),
            baby,
        })
    }

    /// The same transform with giant steps one level lower, on what is rescaled already: their keys have fewer
    /// digits there, and each giant step but the first brings a rounding of its second polynomial.
    ///
    /// # Errors
    /// [`CkksError::Level`] if the level below has other moduli
    /// ([`Parameters::shares_moduli_below`]).
    pub fn rescaled_between(self, parameters: &Parameters) -> Result<Self, CkksError> {
        if !parameters.shares_moduli_below(self.level) {
            return Err(CkksError::ModuliDiffer { level: self.level });
        }
        Ok(Self {
            qp_level: self.level - 1,
            ..self
        })
    }

    /// The level of the ciphertexts that the transform takes; the result is one lower.
    pub fn level(&self) -> usize {
        self.level
    }

    /// The keys that [`LinearTransform::apply`] needs.
    pub fn key_requests(&self, parameters: &Parameters) -> Vec<KeyRequest> {
        let giant = self.giant.iter().map(|giant| (giant.step, self.qp_level));
        let steps = self
            .baby
            .iter()
            .map(|&step| (step, self.level))
            .chain(giant);
        let request = |(step, level)| KeyRequest::rotation(parameters, step as i64, level);
        ascending(steps.filter(|&(s, _)| s != 0).map(request).collect())
    }

    /// P times the matrix times the ciphertext: scale `D` to `D scale`, not yet rescaled unless between baby
    /// steps and giant steps, for [`Evaluator::mod_down`] or for more sums before it.
    ///
    /// # Errors
    /// A ciphertext at another level; a missing rotation key.
    pub fn apply(&self, evaluator: &Evaluator, x: &Ciphertext) -> Result<CiphertextQp, CkksError> {
        x.expect_level(self.level)?;
        let [c0, c1] = x.polys();
        self.switched(evaluator, Some(c0), c1, x.scale())
    }

    /// The same of a ciphertext's polynomials, of which the first may be left out: as if it were zero.
    pub(crate) fn switched(
        &self,
        evaluator: &Evaluator,
        c0: Option<&Poly<Ntt>>,
        c1: &Poly<Ntt>,
        scale: f64,
    ) -> Result<CiphertextQp, CkksError> {
        let (parameters, scratch) = (evaluator.parameters(), &evaluator.scratch);
        let (tables, n) = (parameters.at(self.level), parameters.degree());
        let rotation = |step: usize| GaloisElement::rotation(step as i64, parameters.log_n());
        let key = |step: usize, level: usize| match step {
            0 => Ok(None),
            _ => Some(evaluator.keys().galois(rotation(step), level)).transpose(),
        };
        let baby_keys = self.baby.iter().map(|&step| key(step, self.level));
        let baby_keys = baby_keys.collect::<Result<Vec<_>, _>>()?;
        let giant_keys = self.giant.iter();
        let giant_keys = giant_keys.map(|giant| key(giant.step, self.qp_level));
        let giant_keys = giant_keys.collect::<Result<Vec<_>, _>>()?;

        let digits = Digits::decompose(evaluator, limbs(c1));
        evaluator.counters.ntt(digits.transforms());
        // for each modulus the two sums of each giant step: of the one that is not rotated where they stay
        let babies = self.baby.len();
        let pairs = giant_keys.iter().flatten().count();
        let lifted = &parameters.at(self.qp_level).qp;
        let mut total = [Poly::zero(lifted), Poly::zero(lifted)];
        let [first, second] = &mut total;
        let mut sums = scratch.take(tables.qp.len() * 2 * pairs * n);
        let mut rest = &mut sums[..];
        let places = first.limbs_mut().zip(second.limbs_mut()).map(|total| {
            let (sums, after) = mem::take(&mut rest).split_at_mut(2 * pairs * n);
            rest = after;
            (total, sums)
        });
        threads::for_each(places, |i, ((first, second), sums)| {
            let table = tables.qp.sub_ring(i);
            let len = CHUNK.min(n);
            let mut room = scratch.take(digits.len() * n + 2 * babies * (len + GAP));
            let (room, rotated) = room.split_at_mut(digits.len() * n);
            let raised = digits.mod_up(i, room);
            // P c is 0 modulo the special moduli
            let lift = tables.special_product[i];
            let own = [c0, Some(c1)].map(|c| {
                let c = c.filter(|_| i <= self.level);
                c.map(|c| (c.limb(i), lift))
            });
            let images = baby_keys.iter();
            let images = images.map(|key| key.map(|key| key.image(table, i, &raised, own[0])));
            let images: Vec<_> = images.collect();
            let (mut still, mut sums) = (Some([first, second]), sums.chunks_exact_mut(n));
            let sums = giant_keys.iter().map(|key| match key {
                None => still.take(),
                Some(_) => sums.next().zip(sums.next()).map(Into::into),
            });
            let mut sums: Vec<[&mut [u32]; 2]> = sums.flatten().collect();
            // a stretch of all baby steps and giant steps at a time: what they share stays in the cache
            for at in (0..n).step_by(len) {
                for (rotated, image) in rotated.chunks_exact_mut(2 * (len + GAP)).zip(&images) {
                    let (first, second) = rotated.split_at_mut(len + GAP);
                    let out = [&mut first[..len], &mut second[..len]];
                    match image {
                        None => {
                            let extra = own.map(|own| own.map(|(c, w)| (&c[at..at + len], w)));
                            let sum = DualInnerProduct { terms: &[], extra };
                            table.dual_inner_product(out, sum);
                        }
                        Some(image) => {
                            table.automorphism_inner_products(
                                out,
                                at,
                                std::slice::from_ref(image),
                                false,
                            );
                        }
                    }
                }
                let rotated = rotated.chunks_exact(len + GAP).map(|r| &r[..len]);
                let rotated: Vec<&[u32]> = rotated.collect();
                for ([first, second], giant) in sums.iter_mut().zip(&self.giant) {
                    let sum = DualInnerProduct {
                        terms: &giant.terms(&rotated, i, at..at + len),
                        extra: [None; 2],
                    };
                    let out = [&mut first[at..at + len], &mut second[at..at + len]];
                    table.dual_inner_product(out, sum);
                }
            }
            // those that will be rotated are next needed as coefficients
            for ([_, second], key) in sums.iter_mut().zip(&giant_keys) {
                if key.is_some() {
                    table.inverse(second);
                }
            }
        });
        evaluator.counters.plaintext_product(self.products());
        let switched = baby_keys.iter().flatten().count();
        evaluator.counters.key_switch(switched);
        let rescaled = match self.qp_level < self.level {
            true => f64::from(parameters.modulus(self.level)),
            false => 1.0,
        };
        let giant_keys: Vec<_> = giant_keys.into_iter().flatten().collect();
        self.add_rotated(evaluator, &mut total, &sums, &giant_keys);
        Ok(CiphertextQp {
            c: total,
            level: self.qp_level,
            scale: scale * self.scale / rescaled,
        })
    }

    /// What the matrix makes of a ciphertext's first polynomial by itself, modulo modulus `i`: it is permuted and
    /// multiplied, and takes no key.
    pub(crate) fn apply_to_c0(
        &self,
        scratch: &Scratch,
        table: &SubRing,
        i: usize,
        c0: &[u32],
        out: &mut [u32],
    ) {
        let n = out.len();
        let mut sums = scratch.take((self.giant.len() + 1) * n);
        let (spare, sums) = sums.split_at_mut(n);
        let (mut rest, mut room) = (&self.giant[..], sums.chunks_exact_mut(n));
        while let ([giant, after @ ..], Some(first)) = (rest, room.next()) {
            // two giant steps of the same baby steps share what they multiply
            let with = after.first().filter(|other| other.baby == giant.baby);
            let second = with.and_then(|_| room.next());
            rest = &after[usize::from(second.is_some())..];
            let weights = [giant, with.unwrap_or(giant)].map(|giant| &giant.weights[i]);
            let baby = giant.baby.iter().enumerate();
            let image = |(k, &b): (usize, &usize)| {
                let term = (c0, weights.map(|weights| weights.operand(k)));
                table.automorphism_inner_product(vec![term], None, &self.baby_images[b])
            };
            let images: Vec<_> = baby.map(image).collect();
            table.automorphism_inner_products([first, second.unwrap_or(spare)], 0, &images, false);
        }
        let images = sums.chunks_exact(n).zip(&self.giant);
        let images = images.map(|(sum, giant)| {
            let own = Some((sum, 1));
            table.automorphism_inner_product(vec![], own, &giant.image)
        });
        let images: Vec<_> = images.collect();
        table.automorphism_inner_products([out, spare], 0, &images, false);
    }

    /// Products of a polynomial with weights.
    pub(crate) fn products(&self) -> usize {
        self.giant.iter().map(|giant| giant.baby.len()).sum()
    }

    /// Rotates the sums of giant steps, the second polynomials of which are in the coefficient
    /// domain, and adds them: switch `s_1 / P`, and let `s_0` stay multiplied by P.
    fn add_rotated(
        &self,
        evaluator: &Evaluator,
        [first, second]: &mut [Poly<Ntt>; 2],
        sums: &[u32],
        keys: &[GaloisKey<'_>],
    ) {
        let (parameters, scratch) = (evaluator.parameters(), &evaluator.scratch);
        let (tables, n) = (parameters.at(self.qp_level), parameters.degree());
        let sum = |i: usize, giant: usize, side: usize| {
            let at = (2 * (i * keys.len() + giant) + side) * n;
            &sums[at..at + n]
        };
        let digits = (0..keys.len()).map(|giant| {
            Digits::decompose_quotient(evaluator, &tables.mod_down, |i| sum(i, giant, 1))
        });
        let digits: Vec<_> = digits.collect();
        threads::for_each(
            first.limbs_mut().zip(second.limbs_mut()),
            |i, (first, second)| {
                let table = tables.qp.sub_ring(i);
                let words = digits.iter().map(|digits| digits.len() * n);
                let mut room = scratch.take(words.sum());
                let mut room = &mut room[..];
                let mut images = Vec::with_capacity(keys.len());
                for (giant, (key, digits)) in keys.iter().zip(&digits).enumerate() {
                    let (own_room, rest) = room.split_at_mut(digits.len() * n);
                    room = rest;
                    let raised = digits.mod_up(i, own_room);
                    let own = Some((sum(i, giant, 0), 1));
                    images.push(key.image(table, i, &raised, own));
                }
                table.automorphism_inner_products([first, second], 0, &images, true);
            },
        );
        for digits in &digits {
            // and one inverse transform a modulus, before
            evaluator
                .counters
                .ntt(tables.qp.len() + digits.transforms());
            evaluator.counters.key_switch(1);
        }
    }
}
