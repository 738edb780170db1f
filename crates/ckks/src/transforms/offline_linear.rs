//! The two phases of a linear transform. The offline phase computes the part that depends on the
//! mask, the online phase the part that depends on `c_0`.
//!
//! Relies on `evaluator/offline.rs`, which explains both. Not for a mask that has been used.

use inkognito_ring::fused::FusedKernels;
use inkognito_ring::{Ntt, Poly, SubRing};
use inkognito_threads as threads;

use crate::{
    error::CkksError,
    evaluator::{
        Evaluator, automorphism::Automorphism, ciphertext_qp::CiphertextQp, offline::OfflineLinear,
        scratch::Scratch,
    },
    scheme::ciphertext::{Ciphertext, Mask, expect_level},
    transforms::linear::LinearTransform,
};

impl LinearTransform {
    /// Applies the transform to a ciphertext at `scale` with this mask for `c_1` and with zero for
    /// `c_0`; see [`LinearTransform::apply`].
    ///
    /// # Errors
    /// - [`CkksError::Level`] if the mask is for another level than the transform;
    /// - [`CkksError::MissingKey`] if a rotation key is missing.
    ///
    /// ```
    /// # use inkognito_ckks::*;
    /// # use inkognito_ring::Poly;
    /// # let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
    /// # let evaluator = Evaluator::new(parameters.clone(), EvaluationKeys::new());
    /// // multiplies each slot by 2: no rotation, so no key
    /// let diagonals = [(0, vec![Complex64::from(2.0); 4096])];
    /// let split = BabyGiant { unit: 1, baby_steps: 1 };
    /// let (encoder, q3) = (Encoder::new(&parameters), f64::from(parameters.modulus(3)));
    /// let double = LinearTransform::new(&parameters, &encoder, &diagonals, split, 3, q3)?;
    ///
    /// // offline: the mask is known
    /// let (mask, scale) = (Mask { level: 3, seed: [7; 32] }, 1024.0);
    /// let offline = double.apply_offline(&evaluator, &mask, scale)?;
    /// let offline = evaluator.mod_down_offline(offline, true)?;
    ///
    /// // online: c_0 is known, too
    /// let c0 = Poly::zero(parameters.q_basis(3));
    /// let output = double.apply_online(&evaluator, offline, &[], &c0)?;
    ///
    /// // the same as without the two phases, word for word
    /// let input = SeededCiphertext { c0, seed: [7; 32], scale }.expand();
    /// let whole = evaluator.mod_down(double.apply(&evaluator, &input)?, true)?;
    /// assert_eq!(output, whole);
    ///
    /// // a mask for another level
    /// let other = Mask { level: 2, ..mask };
    /// let refused = double.apply_offline(&evaluator, &other, scale).err();
    /// assert_eq!(refused, Some(CkksError::Level { expected: 3, actual: 2 }));
    /// # Ok::<(), CkksError>(())
    /// ```
    pub fn apply_offline(
        &self,
        evaluator: &Evaluator,
        mask: &Mask,
        scale: f64,
    ) -> Result<CiphertextQp, CkksError> {
        expect_level(self.level, mask.level)?;
        let c1 = mask.expand(evaluator.parameters());
        self.apply_to_polys(evaluator, None, &c1, scale)
    }

    /// Completes a linear layer: returns its output for this `c_0`, over `q_0 .. q_level`.
    ///
    /// `offline` must be the result of [`LinearTransform::apply_offline`] of this transform, then
    /// [`Evaluator::rotate_and_sum`] with each of `groups`, then [`Evaluator::mod_down_offline`].
    ///
    /// # Errors
    /// - [`CkksError::Level`] if `c0` is at another level than the transform;
    /// - [`CkksError::MissingKey`] if the key of an automorphism is missing.
    pub fn apply_online(
        &self,
        evaluator: &Evaluator,
        offline: OfflineLinear,
        groups: &[Vec<Automorphism>],
        c0: &Poly<Ntt>,
    ) -> Result<Ciphertext, CkksError> {
        let level = c0.basis().len() - 1;
        expect_level(self.level, level)?;
        let (division, _) = evaluator.division(offline.level, offline.rescale)?;
        let special_product = &evaluator.parameters().level_tables(level).special_product;
        let groups = groups.iter();
        let groups = groups.map(|group| evaluator.automorphism_keys(group, offline.level));
        let groups = groups.collect::<Result<Vec<_>, _>>()?;
        let (scratch, mut first) = (&evaluator.scratch, offline.first);
        // P c_0 is 0 modulo the special moduli
        threads::for_each(first.limbs_mut().take(level + 1), |i, first| {
            let (sub_ring, n) = (c0.basis().sub_ring(i), first.len());
            let mut buffer = scratch.take(3 * n);
            let (sum, buffer) = buffer.split_at_mut(n);
            let (source, unused) = buffer.split_at_mut(n);
            self.apply_to_c0(scratch, sub_ring, i, c0.limb(i), sum);
            for keys in &groups {
                source.copy_from_slice(sum);
                // the second polynomial was switched offline
                let out = [&mut *sum, &mut *unused];
                evaluator.add_automorphisms(sub_ring, i, &[], Some((source, 1)), keys, out);
            }
            sub_ring.add_multiple_assign(first, sum, special_product[i]);
        });
        evaluator.counters.plaintext_product(self.products());
        evaluator.mod_down_assign(division, std::slice::from_mut(&mut first));
        Ok(Ciphertext::new([first, offline.second], offline.scale))
    }

    /// Writes the transform of `c_0` modulo modulus `i`. It takes permutations and products with
    /// weights, but no key.
    fn apply_to_c0(
        &self,
        scratch: &Scratch,
        sub_ring: &SubRing,
        i: usize,
        c0: &[u32],
        out: &mut [u32],
    ) {
        let n = out.len();
        let mut buffer = scratch.take((self.giant_steps.len() + 1) * n);
        let (unused, sums) = buffer.split_at_mut(n);

        // baby steps and inner sums: two giant steps with the same baby steps share the operand
        let (mut rest, mut outputs) = (&self.giant_steps[..], sums.chunks_exact_mut(n));
        while let ([giant, after @ ..], Some(first)) = (rest, outputs.next()) {
            let partner = after.first().filter(|other| other.baby == giant.baby);
            let second = partner.and_then(|_| outputs.next());
            rest = &after[usize::from(second.is_some())..];
            let weights = [giant, partner.unwrap_or(giant)].map(|giant| &giant.weights[i]);
            let baby = giant.baby.iter().enumerate();
            let rotated = baby.map(|(k, &b)| {
                let term = (c0, weights.map(|weights| weights.operand(k)));
                let permutation = &self.baby_permutations[b];
                sub_ring.automorphism_inner_product(vec![term], None, permutation)
            });
            let rotated: Vec<_> = rotated.collect();
            let out = [first, second.unwrap_or(unused)];
            sub_ring.automorphism_inner_products(out, 0, &rotated, false);
        }

        // giant steps
        let rotated = sums.chunks_exact(n).zip(&self.giant_steps);
        let rotated = rotated.map(|(sum, giant)| {
            let source = Some((sum, 1));
            sub_ring.automorphism_inner_product(vec![], source, &giant.permutation)
        });
        let rotated: Vec<_> = rotated.collect();
        sub_ring.automorphism_inner_products([out, unused], 0, &rotated, false);
    }
}
