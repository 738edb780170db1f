//! Residues laid out for the fused kernels: blocks of several operands side by side, so that memory
//! is read in one stream.
//!
//! The words of [`InterleavedOperands`] are in Montgomery form, times 2^32, so that one Montgomery
//! reduction finishes a sum of products (Montgomery, *Modular multiplication without trial
//! division*, 1985).
//!
//! Relies on [`pointwise`]. Not for operands that are used once: the copy costs more than it saves.

use super::pointwise;
use crate::{aligned_vec::AlignedVec, backend::Backend, modulus::Modulus};

/// Residues of a block: a multiple of the words that any kernel reads at once.
pub(crate) const BLOCK: usize = 32;

/// Operands of one length, in Montgomery form, stored block by block: first block 0 of each
/// operand, then block 1 of each, and so on.
///
/// [`FusedKernels::interleave`](crate::fused::FusedKernels::interleave) and
/// [`FusedKernels::interleave_weights`](crate::fused::FusedKernels::interleave_weights) make them.
pub struct InterleavedOperands {
    words: AlignedVec,
    /// Number of operands.
    count: usize,
    /// Whether each word stands for two equal residues.
    duplicated: bool,
}

/// One operand of a fused kernel: blocks of 32 residues, at a fixed distance from each other.
///
/// Its length is always a multiple of 32, and every block lies inside the borrowed words. The
/// kernels read without further checks because of that.
#[derive(Clone, Copy)]
pub struct Interleaved<'a> {
    pub(super) words: &'a [u32],
    /// Words from one block to the next.
    pub(super) stride: usize,
    /// Whether each word stands for two equal residues.
    pub(super) duplicated: bool,
}

impl InterleavedOperands {
    /// Interleaves operands of one length, one word for each residue.
    ///
    /// # Panics
    /// If the lengths differ or are not multiples of 32.
    pub(crate) fn new(backend: Backend, m: &Modulus, operands: &[&[u32]]) -> Self {
        Self::with_layout(backend, m, operands, false)
    }

    /// Interleaves weights. Stores one word for two residues if the residues of every operand come
    /// in equal pairs.
    ///
    /// # Panics
    /// If the lengths differ or are not multiples of 32.
    pub(crate) fn weights(backend: Backend, m: &Modulus, operands: &[&[u32]]) -> Self {
        let in_pairs = |words: &&[u32]| words.chunks_exact(2).all(|pair| pair[0] == pair[1]);
        Self::with_layout(backend, m, operands, operands.iter().all(in_pairs))
    }

    fn with_layout(backend: Backend, m: &Modulus, operands: &[&[u32]], duplicated: bool) -> Self {
        let (n, count) = (
            operands.first().map_or(0, |first| first.len()),
            operands.len(),
        );
        assert!(
            operands.iter().all(|words| words.len() == n) && n.is_multiple_of(BLOCK),
            "operands of one length, a multiple of 32"
        );
        let (block, step) = (words_per_block(duplicated), usize::from(duplicated) + 1);
        let mut words = AlignedVec::zero(n / step * count);
        for (k, out) in words.chunks_exact_mut(block).enumerate() {
            let (at, operand) = (k / count * BLOCK, k % count);
            let residues = operands[operand][at..at + BLOCK].iter().step_by(step);
            out.iter_mut().zip(residues).for_each(|(out, &r)| *out = r);
        }
        // a block is a multiple of 16 words, duplicated or not: whole vectors
        pointwise::mul_constant_assign(backend, m, &mut words, m.high);
        Self {
            words,
            count,
            duplicated,
        }
    }

    /// Returns operand `k`.
    ///
    /// # Panics
    /// If there are no more than `k` operands.
    pub fn operand(&self, k: usize) -> Interleaved<'_> {
        assert!(k < self.count, "operand {k} of {}", self.count);
        let block = words_per_block(self.duplicated);
        Interleaved {
            // an operand of no words has no block at which it could begin
            words: self.words.get(k * block..).unwrap_or(&[]),
            stride: self.count * block,
            duplicated: self.duplicated,
        }
    }
}

fn words_per_block(duplicated: bool) -> usize {
    if duplicated { BLOCK / 2 } else { BLOCK }
}

impl<'a> Interleaved<'a> {
    /// Borrows an operand that is stored by itself, with its blocks one after the other.
    ///
    /// # Panics
    /// If the number of words is not a multiple of 32.
    pub fn contiguous(words: &'a [u32]) -> Self {
        assert!(
            words.len().is_multiple_of(BLOCK),
            "a length that is a multiple of 32"
        );
        Self {
            words,
            stride: BLOCK,
            duplicated: false,
        }
    }

    /// Returns the number of residues.
    #[allow(
        clippy::len_without_is_empty,
        reason = "the kernels compare lengths; an operand without residues has no use"
    )]
    pub fn len(&self) -> usize {
        self.words.len().div_ceil(self.stride) * BLOCK
    }

    /// Returns whether each word stands for two equal residues.
    pub fn is_duplicated(&self) -> bool {
        self.duplicated
    }

    /// Returns the `len` residues from `start` on.
    ///
    /// # Panics
    /// If `start` or `len` is not a multiple of 32, if `len` is zero, or if there are fewer
    /// residues.
    pub fn part(&self, start: usize, len: usize) -> Self {
        assert!(
            start.is_multiple_of(BLOCK) && len.is_multiple_of(BLOCK) && len > 0,
            "whole blocks of 32"
        );
        let total = self.len();
        assert!(
            start <= total && len <= total - start,
            "a part of the operand"
        );
        let first = start / BLOCK * self.stride;
        let end = first + (len / BLOCK - 1) * self.stride + words_per_block(self.duplicated);
        Self {
            words: &self.words[first..end],
            ..*self
        }
    }
}
