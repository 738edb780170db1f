//! Fused kernels: sums of many products, read in one stream and reduced once.
//!
//! An evaluator of an RLWE scheme spends most of its time in two sums: the inner product of a key
//! switch, and the product of a ciphertext with encoded diagonals. Both have the shape
//! `(sum a_k b_k, sum a_k c_k)` ([`DualInnerProduct`]). The key switches of several rotations are
//! sums of such pairs under automorphisms ([`AutomorphismInnerProduct`]). A fused kernel keeps the
//! sums in registers and writes each residue once.
//!
//! Operands that are multiplied often, keys and diagonals, are stored for it
//! ([`InterleavedOperands`]): side by side, and in Montgomery form. One factor of each product must
//! come from there; the other is a plain limb ([`Interleaved::contiguous`]).
//!
//! Relies on the invariant of [`Interleaved`]: whole blocks of 32 residues. Not for a first
//! acquaintance with the crate: [`Poly`](crate::Poly) computes the same with single operations.
//!
//! # Example
//!
//! ```
//! use inkognito_ring::fused::{DualInnerProduct, FusedKernels, Interleaved};
//! use inkognito_ring::{RingError, SubRing, ntt_primes_below};
//!
//! let sub_ring = SubRing::new(8, ntt_primes_below(28, 8, 1)?[0])?;
//! let (digit, key) = (vec![3; 256], [vec![5; 256], vec![7; 256]]);
//!
//! let key = sub_ring.interleave(&[&key[0], &key[1]]);
//! let terms = [[Interleaved::contiguous(&digit), key.operand(0), key.operand(1)]];
//! let sum = DualInnerProduct { terms: &terms, extra: [None; 2] };
//! let (mut first, mut second) = (vec![0; 256], vec![0; 256]);
//! sub_ring.dual_inner_product([&mut first, &mut second], sum);
//! assert_eq!((first, second), (vec![15; 256], vec![21; 256]));
//! # Ok::<(), RingError>(())
//! ```
//!
//! A limb that is not made of whole blocks is refused:
//!
//! ```should_panic
//! use inkognito_ring::fused::Interleaved;
//!
//! let _ = Interleaved::contiguous(&[0; 225]);
//! ```

use crate::{
    kernel::{automorphism, products},
    permutation::Permutation,
    sub_ring::SubRing,
};

pub use crate::{
    aligned_vec::AlignedVec,
    kernel::{
        automorphism::AutomorphismInnerProduct,
        interleaved::{Interleaved, InterleavedOperands},
        products::DualInnerProduct,
    },
};

mod sealed {
    pub trait Sealed {}
    impl Sealed for crate::sub_ring::SubRing {}
}

/// The fused kernels of a [`SubRing`], for limbs in the NTT domain. All residues are in `[0, q)`,
/// in and out.
pub trait FusedKernels: sealed::Sealed {
    /// Stores operands that are multiplied together, block by block and in Montgomery form.
    ///
    /// # Panics
    /// If the lengths differ or are not multiples of 32.
    fn interleave(&self, operands: &[&[u32]]) -> InterleavedOperands;

    /// Stores operands like [`FusedKernels::interleave`], in half the words where possible: where
    /// in each of them the residues come in equal pairs, as those of polynomials in `X^2` do (the
    /// values at a root and at its negative are the same).
    ///
    /// Use it for the side that both sums share ([`DualInnerProduct`]), or for both other sides of
    /// all terms of an [`AutomorphismInnerProduct`].
    ///
    /// # Panics
    /// If the lengths differ or are not multiples of 32.
    fn interleave_weights(&self, operands: &[&[u32]]) -> InterleavedOperands;

    /// Writes both sums of `sum`.
    ///
    /// # Panics
    /// If the lengths differ or are not multiples of 32, or if operands are duplicated that may not
    /// be.
    fn dual_inner_product(&self, out: [&mut [u32]; 2], sum: DualInnerProduct<'_>);

    /// Describes the automorphism of `w d + sum a_k b_k` and of `sum a_k c_k`. A term is `a_k`, and
    /// the automorphism of `b_k` and of `c_k`, in Montgomery form. `source` is `(d, w)`.
    fn automorphism_inner_product<'a>(
        &self,
        terms: Vec<(&'a [u32], [Interleaved<'a>; 2])>,
        source: Option<(&'a [u32], u32)>,
        permutation: &'a Permutation,
    ) -> AutomorphismInnerProduct<'a>;

    /// Sums over all `automorphisms`. Writes the words from `start` on of both sums, as many as
    /// `out` has, or adds them to `out` if `add`.
    ///
    /// # Panics
    /// If an operand is not N words long, if the words are not among the N, if `start` or the
    /// length of `out` is not a multiple of 32, or if some operands are duplicated and others are
    /// not.
    fn automorphism_inner_products(
        &self,
        out: [&mut [u32]; 2],
        start: usize,
        automorphisms: &[AutomorphismInnerProduct<'_>],
        add: bool,
    );
}

impl FusedKernels for SubRing {
    fn interleave(&self, operands: &[&[u32]]) -> InterleavedOperands {
        InterleavedOperands::new(self.backend(), self.modulus(), operands)
    }

    fn interleave_weights(&self, operands: &[&[u32]]) -> InterleavedOperands {
        InterleavedOperands::weights(self.backend(), self.modulus(), operands)
    }

    fn dual_inner_product(&self, out: [&mut [u32]; 2], sum: DualInnerProduct<'_>) {
        products::dual_inner_product(self.backend(), self.modulus(), out, sum);
    }

    fn automorphism_inner_product<'a>(
        &self,
        terms: Vec<(&'a [u32], [Interleaved<'a>; 2])>,
        source: Option<(&'a [u32], u32)>,
        permutation: &'a Permutation,
    ) -> AutomorphismInnerProduct<'a> {
        let m = self.modulus();
        AutomorphismInnerProduct {
            terms,
            source: source.map(|(d, w)| (d, m.mul(w, m.high.w))),
            permutation,
        }
    }

    fn automorphism_inner_products(
        &self,
        out: [&mut [u32]; 2],
        start: usize,
        automorphisms: &[AutomorphismInnerProduct<'_>],
        add: bool,
    ) {
        automorphism::automorphism_inner_products(
            self.backend(),
            self.modulus(),
            out,
            start,
            automorphisms,
            add,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{backend::Backend, prime::ntt_primes_below};

    #[test]
    fn polynomials_in_the_square_of_x_take_half_the_words() {
        let q = ntt_primes_below(26, 8, 1).unwrap()[0];
        for backend in Backend::available() {
            let sub_ring = SubRing::with_backend(8, q, backend).unwrap();
            let values = |step: usize| {
                let mut poly = vec![0; sub_ring.degree()];
                (0..poly.len())
                    .step_by(step)
                    .for_each(|i| poly[i] = 1 + i as u32);
                sub_ring.forward(&mut poly);
                poly
            };
            let (all, even) = (values(1), values(2));
            let duplicated = |operands: &[&[u32]]| {
                let weights = sub_ring.interleave_weights(operands);
                weights.operand(0).is_duplicated()
            };
            assert!(duplicated(&[&even, &even]) && !duplicated(&[&even, &all]));
            assert!(!sub_ring.interleave(&[&even]).operand(0).is_duplicated());
        }
    }
}
