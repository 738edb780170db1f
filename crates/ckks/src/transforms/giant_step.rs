//! One giant step of a linear transform: its rotation and its encoded diagonals.
//!
//! Relies on [`InterleavedOperands`] for the diagonals. Not for the rotations themselves, which
//! `linear.rs` evaluates.

use std::ops::Range;

use inkognito_ring::fused::{FusedKernels, Interleaved, InterleavedOperands};
use inkognito_ring::{Ntt, Permutation, Poly};

/// A giant step: the products of baby steps with diagonals, summed and then rotated.
pub(super) struct GiantStep {
    /// The rotation; 0 for the step that is not rotated.
    pub(super) step: usize,
    /// The automorphism of the rotation.
    pub(super) permutation: Permutation,
    /// Index of the baby step of each diagonal.
    pub(super) baby: Vec<usize>,
    /// For each modulus of `qp_basis(level)`: the encoded, pre-rotated diagonals, interleaved.
    pub(super) weights: Vec<InterleavedOperands>,
}

impl GiantStep {
    /// Takes terms of the index of a baby step and an encoded diagonal.
    pub(super) fn new(step: usize, permutation: Permutation, terms: &[(usize, Poly<Ntt>)]) -> Self {
        let moduli = terms.first().map_or(0, |(_, poly)| poly.basis().len());
        let limb = |i: usize| {
            let limbs: Vec<_> = terms.iter().map(|(_, poly)| poly.limb(i)).collect();
            terms[0].1.basis().sub_ring(i).interleave_weights(&limbs)
        };
        Self {
            step,
            permutation,
            baby: terms.iter().map(|(b, _)| *b).collect(),
            weights: (0..moduli).map(limb).collect(),
        }
    }

    /// Returns the terms `[weight, first, second]` of the inner sums modulo modulus `i`, for one
    /// range of residues. `rotated` has that range of the first and of the second polynomial of
    /// each baby step, in turn.
    pub(super) fn terms<'a>(
        &'a self,
        rotated: &[&'a [u32]],
        i: usize,
        range: Range<usize>,
    ) -> Vec<[Interleaved<'a>; 3]> {
        let baby = self.baby.iter().enumerate();
        baby.map(|(k, b)| {
            let weight = self.weights[i].operand(k).part(range.start, range.len());
            let [first, second] = [rotated[2 * b], rotated[2 * b + 1]].map(Interleaved::contiguous);
            [weight, first, second]
        })
        .collect()
    }
}
