//! The product of a fixed matrix and an encrypted vector of slots.
//!
//! The matrix is given by its diagonals, `y = sum_d diagonal_d * rotate(x, d)` (Halevi and Shoup
//! 2014), and evaluated by baby steps and giant steps. With `d = g + b`,
//! `y = sum_g rotate(sum_b rotate(diagonal_(g+b), -g) * rotate(x, b), g)`.
//!
//! 1. Decompose: `c_1` is decomposed once for all baby steps.
//! 2. Baby steps: `rotate(x, b)` stays multiplied by P.
//! 3. Inner sums over the baby steps of each giant step.
//! 4. Giant steps: the inner sums are rotated and added.
//! 5. Mod down: one division by P at the end, which also rescales.
//!
//! (Double hoisting: Bossuat et al., *Efficient bootstrapping for approximate homomorphic
//! encryption with non-sparse keys*, 2021, algorithm 6.) Where the level below has the same moduli,
//! giant steps may work there, on rescaled inner sums
//! ([`LinearTransform::rescale_before_giant_steps`]).
//!
//! Relies on `key_switch.rs` and `blocked_sums.rs`. Not for matrices that are encrypted.

use std::mem;

use inkognito_ring::fused::FusedKernels;
use inkognito_ring::{GaloisElement, Ntt, Permutation, Poly};
use inkognito_threads as threads;
use num_complex::Complex64;

use crate::{
    error::CkksError,
    evaluator::{
        Evaluator, ciphertext_qp::CiphertextQp, key_switch::Decomposition, limbs::limbs,
        scratch::Buffer,
    },
    keys::{request::KeyRequest, switching_key::GaloisKey},
    scheme::{ciphertext::Ciphertext, encoder::Encoder, parameters::Parameters},
    transforms::{
        baby_giant::{BabyGiant, ascending},
        blocked_sums,
        giant_step::GiantStep,
    },
};

/// A matrix, encoded for ciphertexts at one level.
///
/// ```
/// use inkognito_ckks::{
///     BabyGiant, CkksError, Complex64, Encoder, KeyRequest, LinearTransform, Parameters,
///     ParametersLiteral,
/// };
///
/// let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
/// let encoder = Encoder::new(&parameters);
/// // y_i = x_i + 2 x_(i + 5)
/// let diagonal = |value: f64| vec![Complex64::from(value); parameters.slots()];
/// let diagonals = [(0, diagonal(1.0)), (5, diagonal(2.0))];
/// let split = BabyGiant { unit: 1, baby_steps: 4 };
/// let new = |level: usize| {
///     let scale = f64::from(parameters.modulus(level));
///     LinearTransform::new(&parameters, &encoder, &diagonals, split, level, scale)
/// };
///
/// // 5 is giant step 4 and baby step 1
/// let rotation = |steps, level| KeyRequest::rotation(&parameters, steps, level);
/// let mut requests = new(5)?.key_requests(&parameters);
/// requests.sort_by_key(|request| *request != rotation(1, 5));
/// assert_eq!(requests, [rotation(1, 5), rotation(4, 5)]);
///
/// // giant steps one level below need keys there, and the same moduli
/// let transform = new(5)?.rescale_before_giant_steps(&parameters)?;
/// assert!(transform.key_requests(&parameters).contains(&rotation(4, 4)));
/// let refused = new(4)?.rescale_before_giant_steps(&parameters).err();
/// assert_eq!(refused, Some(CkksError::ModuliDiffer { level: 4 }));
///
/// // level 0 leaves nothing to rescale
/// assert_eq!(new(0).err(), Some(CkksError::LevelsExhausted));
/// # Ok::<(), CkksError>(())
/// ```
pub struct LinearTransform {
    pub(super) level: usize,
    /// The level at which giant steps work, and of the result before mod down.
    giant_level: usize,
    scale: f64,
    /// Rotations of the baby steps that occur, ascending.
    baby_steps: Vec<usize>,
    /// The automorphism of each baby step.
    pub(super) baby_permutations: Vec<Permutation>,
    /// The giant steps that occur, ascending.
    pub(super) giant_steps: Vec<GiantStep>,
}

/// The keys of baby steps and giant steps; `None` for rotation 0.
struct Keys<'a> {
    baby: Vec<Option<GaloisKey<'a>>>,
    giant: Vec<Option<GaloisKey<'a>>>,
}

impl LinearTransform {
    /// Encodes a matrix at `scale` for ciphertexts at `level`.
    ///
    /// Each diagonal is its number and up to N/2 slots; further slots are zero. Diagonals without a
    /// value other than zero are left out.
    ///
    /// # Errors
    /// - [`CkksError::LevelsExhausted`] at level 0, from which nothing can be rescaled;
    /// - [`CkksError::TooManyValues`] if a diagonal has more values than slots, or `encoder` is for
    ///   a smaller degree;
    /// - [`CkksError::ValueOutOfRange`] if a value is not finite or too large for the scale.
    ///
    /// # Panics
    /// If `level` exceeds the parameter set's highest, a number of `split` is 0, or `encoder` is
    /// for a greater degree.
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
        let index = |list: &[usize], step: usize| list.partition_point(|&other| other < step);
        for (((g, b), _), poly) in present.iter().zip(encoded) {
            terms[index(&giant, *g)].push((index(&baby, *b), poly?));
        }
        let permutation = |step: usize| {
            Permutation::new(GaloisElement::rotation(step as i64, parameters.log_n()))
        };
        let giant = giant.into_iter().zip(terms);
        let giant = giant.map(|(step, terms)| GiantStep::new(step, permutation(step), &terms));
        Ok(Self {
            level,
            giant_level: level,
            scale,
            baby_permutations: baby.iter().map(|&step| permutation(step)).collect(),
            giant_steps: giant.collect(),
            baby_steps: baby,
        })
    }

    /// Makes giant steps work one level below, on inner sums that are rescaled already.
    ///
    /// Rescaling costs nothing here, since both levels have the same moduli. The keys of the giant
    /// steps have fewer digits at the lower level. In exchange, each giant step but the first adds
    /// a rounding of its second polynomial.
    ///
    /// # Errors
    /// [`CkksError::ModuliDiffer`] if the level below has other moduli
    /// ([`Parameters::shares_moduli_below`]).
    ///
    /// # Panics
    /// If the transform's level exceeds the highest level of `parameters`.
    pub fn rescale_before_giant_steps(self, parameters: &Parameters) -> Result<Self, CkksError> {
        if !parameters.shares_moduli_below(self.level) {
            return Err(CkksError::ModuliDiffer { level: self.level });
        }
        Ok(Self {
            giant_level: self.level - 1,
            ..self
        })
    }

    /// Returns the level of the ciphertexts that the transform takes. Its rescaled result is one
    /// level below.
    pub fn level(&self) -> usize {
        self.level
    }

    /// Returns the keys that [`LinearTransform::apply`] needs, in ascending order.
    pub fn key_requests(&self, parameters: &Parameters) -> Vec<KeyRequest> {
        let baby = self.baby_steps.iter().map(|&step| (step, self.level));
        let giant = self.giant_steps.iter();
        let giant = giant.map(|giant| (giant.step, self.giant_level));
        let steps = baby.chain(giant).filter(|&(step, _)| step != 0);
        let request = |(step, level)| KeyRequest::rotation(parameters, step as i64, level);
        ascending(steps.map(request).collect())
    }

    /// Multiplies the matrix and the vector, and returns P times the result: scale `D` becomes
    /// `D scale`, for [`Evaluator::mod_down`] with rescaling, or for more sums before it.
    ///
    /// After [`LinearTransform::rescale_before_giant_steps`] the result is rescaled already: level
    /// l becomes l - 1, scale `D` becomes `D scale / q_l`, and mod down must not rescale again.
    ///
    /// # Errors
    /// - [`CkksError::Level`] if the ciphertext is at another level than the transform;
    /// - [`CkksError::MissingKey`] if a rotation key is missing.
    pub fn apply(&self, evaluator: &Evaluator, x: &Ciphertext) -> Result<CiphertextQp, CkksError> {
        x.expect_level(self.level)?;
        let [c0, c1] = x.polys();
        self.apply_to_polys(evaluator, Some(c0), c1, x.scale())
    }

    /// Applies the transform to `(c_0, c_1)` at `scale`; without `c_0`, as if it were zero.
    ///
    /// # Errors
    /// [`CkksError::MissingKey`] if a rotation key is missing.
    pub(super) fn apply_to_polys(
        &self,
        evaluator: &Evaluator,
        c0: Option<&Poly<Ntt>>,
        c1: &Poly<Ntt>,
        scale: f64,
    ) -> Result<CiphertextQp, CkksError> {
        let keys = self.keys(evaluator)?;
        let decomposition = Decomposition::new(evaluator, limbs(c1));
        let (mut total, sums) = self.inner_sums(evaluator, c0, c1, &decomposition, &keys);
        self.add_giant_steps(evaluator, &mut total, &sums, &keys);
        let rescaled = match self.giant_level < self.level {
            true => f64::from(evaluator.parameters().modulus(self.level)),
            false => 1.0,
        };
        Ok(CiphertextQp {
            c: total,
            level: self.giant_level,
            scale: scale * self.scale / rescaled,
        })
    }

    /// Returns the keys of all rotations.
    ///
    /// # Errors
    /// [`CkksError::MissingKey`] if a rotation key is missing.
    fn keys<'a>(&self, evaluator: &'a Evaluator) -> Result<Keys<'a>, CkksError> {
        let log_n = evaluator.parameters().log_n();
        let key = |step: usize, level: usize| match step {
            0 => Ok(None),
            _ => {
                let g = GaloisElement::rotation(step as i64, log_n);
                evaluator.keys().galois(g, level).map(Some)
            }
        };
        let baby = self.baby_steps.iter().map(|&step| key(step, self.level));
        let giant = self.giant_steps.iter();
        let giant = giant.map(|giant| key(giant.step, self.giant_level));
        Ok(Keys {
            baby: baby.collect::<Result<_, _>>()?,
            giant: giant.collect::<Result<_, _>>()?,
        })
    }

    /// Computes the baby steps, and from them the inner sum of each giant step, modulus by modulus.
    ///
    /// Returns the inner sum that is not rotated, or zeros, and all others: for each modulus and
    /// each of those giant steps a limb of both polynomials, the second one in the coefficient
    /// domain.
    fn inner_sums<'a>(
        &self,
        evaluator: &'a Evaluator,
        c0: Option<&Poly<Ntt>>,
        c1: &Poly<Ntt>,
        decomposition: &Decomposition<'_>,
        keys: &Keys<'_>,
    ) -> ([Poly<Ntt>; 2], Buffer<'a>) {
        let (parameters, scratch) = (evaluator.parameters(), &evaluator.scratch);
        let (tables, n) = (parameters.level_tables(self.level), parameters.degree());
        let rotated = keys.giant.iter().flatten().count();
        let giant_basis = &parameters.level_tables(self.giant_level).qp;
        let mut total = [Poly::zero(giant_basis), Poly::zero(giant_basis)];
        let mut sums = scratch.take(tables.qp.len() * 2 * rotated * n);
        let [first, second] = &mut total;
        let mut rest = &mut sums[..];
        let outputs = first.limbs_mut().zip(second.limbs_mut()).map(|total| {
            let (sums, after) = mem::take(&mut rest).split_at_mut(2 * rotated * n);
            rest = after;
            (total, sums)
        });
        threads::for_each(outputs, |i, ((first, second), sums)| {
            let sub_ring = tables.qp.sub_ring(i);
            let digits_len = decomposition.len() * n;
            let baby_len = blocked_sums::buffer_len(self.baby_steps.len(), n);
            let mut buffer = scratch.take(digits_len + baby_len);
            let (digits, baby_buffer) = buffer.split_at_mut(digits_len);
            let digits = decomposition.mod_up(i, digits);
            // P c_0 and P c_1 are 0 modulo the special moduli
            let source = [c0, Some(c1)].map(|c| {
                let c = c.filter(|_| i <= self.level);
                c.map(|c| (c.limb(i), tables.special_product[i]))
            });
            let baby_steps = keys.baby.iter().map(|key| {
                key.map(|key| key.automorphism_inner_product(sub_ring, i, &digits, source[0]))
            });
            let baby_steps: Vec<_> = baby_steps.collect();

            let (mut unrotated, mut sums) = (Some([first, second]), sums.chunks_exact_mut(n));
            let sums = keys.giant.iter().map(|key| match key {
                None => unrotated.take(),
                Some(_) => sums.next().zip(sums.next()).map(Into::into),
            });
            let mut sums: Vec<[&mut [u32]; 2]> = sums.flatten().collect();
            blocked_sums::inner_sums(
                sub_ring,
                i,
                &baby_steps,
                source,
                &self.giant_steps,
                &mut sums,
                baby_buffer,
            );
            // a sum that is rotated is decomposed next, which takes coefficients
            for ([_, second], key) in sums.iter_mut().zip(&keys.giant) {
                if key.is_some() {
                    sub_ring.inverse(second);
                }
            }
        });
        let counters = &evaluator.counters;
        counters.ntt(decomposition.transforms() + rotated * tables.qp.len());
        counters.plaintext_product(self.products());
        counters.key_switch(keys.baby.iter().flatten().count());
        (total, sums)
    }

    /// Rotates inner sums and adds them to `total`; for the layout of `sums` see
    /// [`LinearTransform::inner_sums`].
    ///
    /// The second polynomial of each sum is divided by P and switched. The first stays multiplied
    /// by P.
    fn add_giant_steps(
        &self,
        evaluator: &Evaluator,
        [first, second]: &mut [Poly<Ntt>; 2],
        sums: &[u32],
        keys: &Keys<'_>,
    ) {
        let keys: Vec<_> = keys.giant.iter().flatten().collect();
        let (parameters, scratch) = (evaluator.parameters(), &evaluator.scratch);
        let (tables, n) = (
            parameters.level_tables(self.giant_level),
            parameters.degree(),
        );
        let sum = |i: usize, giant: usize, side: usize| {
            let start = (2 * (i * keys.len() + giant) + side) * n;
            &sums[start..start + n]
        };
        let decompositions = (0..keys.len()).map(|giant| {
            Decomposition::of_quotient(evaluator, &tables.mod_down, |i| sum(i, giant, 1))
        });
        let decompositions: Vec<_> = decompositions.collect();
        threads::for_each(
            first.limbs_mut().zip(second.limbs_mut()),
            |i, (first, second)| {
                let sub_ring = tables.qp.sub_ring(i);
                let words = decompositions.iter().map(|digits| digits.len() * n);
                let mut buffer = scratch.take(words.sum());
                let mut buffer = &mut buffer[..];
                let mut rotated = Vec::with_capacity(keys.len());
                for (giant, (key, decomposition)) in keys.iter().zip(&decompositions).enumerate() {
                    let (digits, rest) = buffer.split_at_mut(decomposition.len() * n);
                    buffer = rest;
                    let digits = decomposition.mod_up(i, digits);
                    let source = Some((sum(i, giant, 0), 1));
                    rotated.push(key.automorphism_inner_product(sub_ring, i, &digits, source));
                }
                sub_ring.automorphism_inner_products([first, second], 0, &rotated, true);
            },
        );
        for decomposition in &decompositions {
            evaluator.counters.ntt(decomposition.transforms());
            evaluator.counters.key_switch(1);
        }
    }

    /// Returns the number of products of a polynomial with weights.
    pub(super) fn products(&self) -> usize {
        self.giant_steps.iter().map(|giant| giant.baby.len()).sum()
    }
}
