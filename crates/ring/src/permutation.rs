//! An automorphism as a permutation of the NTT domain.
//!
//! Relies on [`GaloisElement`]. Not for the coefficient domain, where an automorphism also changes
//! signs.

use crate::{backend::shuffle_index, galois::GaloisElement};

/// Words that a permutation moves together: at least a vector of any backend.
const BLOCK: usize = 16;

/// The automorphism `X -> X^g` as a permutation of residues in the NTT domain.
///
/// In bit-reversed order it maps every aligned block of a power of two of residues to such a block:
/// the exponents of `2^b` neighbours differ by multiples of `2N / 2^b`, and so do those exponents
/// times any odd `g`. The source of the first residue of a block decides the sources of the others.
/// Kernels therefore load whole vectors and shuffle them in registers, and the tables are small.
///
/// ```
/// use inkognito_ring::{GaloisElement, Permutation};
///
/// let identity = Permutation::new(GaloisElement::rotation(0, 8));
/// let residues: Vec<u32> = (0..256).collect();
/// let mut out = vec![0; 256];
/// identity.apply(&residues, &mut out);
/// assert_eq!(out, residues);
/// ```
///
/// A slice of another length than N is refused:
///
/// ```should_panic
/// use inkognito_ring::{GaloisElement, Permutation};
///
/// let conjugation = Permutation::new(GaloisElement::conjugation(8));
/// conjugation.apply(&[0; 256], &mut [0; 255]);
/// ```
pub struct Permutation {
    /// The source of the first word of each block.
    first_source: Vec<u32>,
    /// The sources, inside a block, of the words of another, by the source of the first word.
    within: [[u32; BLOCK]; BLOCK],
    /// `within` as indices of [`Lanes::shuffle`](crate::backend::Lanes::shuffle).
    lanes: [[u32; BLOCK]; BLOCK],
}

impl Permutation {
    /// Builds the permutation of `X -> X^g`.
    pub fn new(g: GaloisElement) -> Self {
        const LOG_BLOCK: u32 = BLOCK.trailing_zeros();
        // a Galois element belongs to a ring of at least 2^8 coefficients: at least one block
        let log_n = g.log_n();
        let reverse = |i: u32, bits: u32| i.reverse_bits() >> (u32::BITS - bits);
        // residue i is f(psi^e), e = 2 bitrev(i) + 1; after the automorphism it is f(psi^(g e))
        let mask = (2u32 << log_n) - 1;
        let first_source = |block: u32| {
            let e = 2 * reverse(block * BLOCK as u32, log_n) + 1;
            let e = e.wrapping_mul(g.value()) & mask;
            reverse((e - 1) / 2, log_n)
        };
        let mut within = [[0; BLOCK]; BLOCK];
        for (first, words) in (0..).zip(&mut within) {
            for (word, source) in (0..).zip(words) {
                let step = reverse(word, LOG_BLOCK).wrapping_mul(g.value());
                let sum = reverse(first, LOG_BLOCK).wrapping_add(step) % BLOCK as u32;
                *source = reverse(sum, LOG_BLOCK);
            }
        }
        Self {
            first_source: (0..1 << (log_n - LOG_BLOCK)).map(first_source).collect(),
            lanes: within.map(|words| words.map(shuffle_index)),
            within,
        }
    }

    /// Returns N.
    pub(crate) fn len(&self) -> usize {
        self.first_source.len() * BLOCK
    }

    /// Returns the source of word `i`, the first of a vector, and the shuffle indices of the vector
    /// that contains the source. Both the source and the end of its vector are at most N.
    ///
    /// # Safety
    /// `i` is less than N.
    #[inline(always)]
    pub(crate) unsafe fn source(&self, i: usize) -> (usize, *const u32) {
        // SAFETY: by the caller's contract; a remainder is less than BLOCK, the length of the
        // tables.
        unsafe {
            let first = *self.first_source.get_unchecked(i / BLOCK) as usize;
            let (first, row) = (first & !(BLOCK - 1), first % BLOCK);
            let source = self.within.get_unchecked(row).get_unchecked(i % BLOCK);
            let lanes = self.lanes.get_unchecked(row).as_ptr().add(i % BLOCK);
            (first + *source as usize, lanes)
        }
    }

    /// Permutes one residue polynomial, in the NTT domain.
    ///
    /// # Panics
    /// If a slice is not N words long.
    pub fn apply(&self, input: &[u32], out: &mut [u32]) {
        assert!(
            input.len() == self.len() && out.len() == self.len(),
            "residues and degree"
        );
        for (block, &first) in out.chunks_exact_mut(BLOCK).zip(&self.first_source) {
            let (first, row) = (first as usize, first as usize % BLOCK);
            let input = &input[first - row..][..BLOCK];
            for (word, &source) in block.iter_mut().zip(&self.within[row]) {
                *word = input[source as usize];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_residue_comes_from_where_its_exponent_says() {
        let (log_n, n) = (8, 256);
        let reverse = |i: u32| i.reverse_bits() >> (u32::BITS - log_n);
        let words: Vec<u32> = (0..n).collect();
        for g in (1..2 * n).step_by(2) {
            let permutation = Permutation::new(GaloisElement::new(g, log_n).unwrap());
            let mut permuted = vec![0; n as usize];
            permutation.apply(&words, &mut permuted);
            for (i, &source) in permuted.iter().enumerate() {
                let e = (2 * reverse(i as u32) + 1) * g % (2 * n);
                assert_eq!(source, reverse((e - 1) / 2), "{g}");
                // SAFETY: `i` is less than N, the number of words.
                assert_eq!(unsafe { permutation.source(i) }.0, source as usize);
            }
        }
    }
}
