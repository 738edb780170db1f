//! Residues as the sums of products read them: of operands that are always read together, runs of a few
//! words side by side, so that memory is read in one stream. They are *prepared*: times 2^32, so that
//! Montgomery's reduction is enough.

use super::pointwise;
use crate::{AlignedVec, Backend, Modulus};

/// Residues of a run: a multiple of what any kernel reads at once.
pub(super) const RUN: usize = 32;

/// Operands of the same length in runs side by side.
pub struct InterleavedOperands {
    words: AlignedVec,
    /// Number of operands.
    count: usize,
    duplicated: bool,
}

/// The residues of one operand, in runs some way apart.
#[derive(Clone, Copy)]
pub struct Interleaved<'a> {
    pub(super) words: &'a [u32],
    /// Words from one run to the next.
    pub(super) stride: usize,
    /// Whether each word stands for two residues.
    pub(super) duplicated: bool,
}

impl InterleavedOperands {
    /// # Panics
    /// If the lengths differ or are no multiple of 32.
    pub(crate) fn new(backend: Backend, m: &Modulus, operands: &[&[u32]]) -> Self {
        Self::laid_out(backend, m, operands, false)
    }

    /// As [`InterleavedOperands::new`], with half the words where in each operand each residue stands twice: the values of
    /// a polynomial in X^2 do, at a root and at its negative.
    pub(crate) fn weights(backend: Backend, m: &Modulus, operands: &[&[u32]]) -> Self {
        let in_pairs = |words: &&[u32]| words.chunks_exact(2).all(|pair| pair[0] == pair[1]);
        Self::laid_out(backend, m, operands, operands.iter().all(in_pairs))
    }

    fn laid_out(backend: Backend, m: &Modulus, operands: &[&[u32]], duplicated: bool) -> Self {
        let (n, count) = (
            operands.first().map_or(0, |first| first.len()),
            operands.len(),
        );
        assert!(operands.iter().all(|words| words.len() == n) && n.is_multiple_of(RUN));
        let (run, step) = (run_words(duplicated), usize::from(duplicated) + 1);
        let mut words = AlignedVec::zero(n / step * count);
        for (k, out) in words.chunks_exact_mut(run).enumerate() {
            let (at, operand) = (k / count * RUN, k % count);
            let residues = operands[operand][at..at + RUN].iter().step_by(step);
            out.iter_mut().zip(residues).for_each(|(out, &r)| *out = r);
        }
        // runs of the operands together, be they half as long, are still whole vectors
        pointwise::mul_constant_assign(backend, m, &mut words, m.high);
        Self {
            words,
            count,
            duplicated,
        }
    }

    /// One of the operands.
    ///
    /// # Panics
    /// If there are not so many.
    pub fn operand(&self, k: usize) -> Interleaved<'_> {
        assert!(k < self.count, "operand {k} of {}", self.count);
        let run = run_words(self.duplicated);
        Interleaved {
            words: &self.words[k * run..],
            stride: self.count * run,
            duplicated: self.duplicated,
        }
    }
}

fn run_words(duplicated: bool) -> usize {
    if duplicated { RUN / 2 } else { RUN }
}

impl<'a> Interleaved<'a> {
    /// Number of residues.
    pub(super) fn len(&self) -> usize {
        self.words.len().div_ceil(self.stride) * RUN
    }

    /// Residues from `at` on, `len` of them, both multiples of 32.
    ///
    /// # Panics
    /// If there are fewer.
    pub fn part(&self, at: usize, len: usize) -> Self {
        assert!(at.is_multiple_of(RUN) && len.is_multiple_of(RUN) && len > 0);
        let start = at / RUN * self.stride;
        let end = start + (len / RUN - 1) * self.stride + run_words(self.duplicated);
        Self {
            words: &self.words[start..end],
            ..*self
        }
    }
}

impl<'a> From<&'a [u32]> for Interleaved<'a> {
    fn from(words: &'a [u32]) -> Self {
        Self {
            words,
            stride: RUN,
            duplicated: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SubRing;

    #[test]
    fn polynomials_in_the_square_of_x_take_half_the_words() {
        let q = crate::ntt_primes_below(26, 8, 1).unwrap()[0];
        for backend in Backend::available() {
            let table = SubRing::with_backend(8, q, backend).unwrap();
            let values = |step: usize| {
                let mut poly = vec![0; table.degree()];
                (0..poly.len())
                    .step_by(step)
                    .for_each(|i| poly[i] = 1 + i as u32);
                table.forward(&mut poly);
                poly
            };
            let (all, even) = (values(1), values(2));
            let duplicated = |operands: &[&[u32]]| table.interleave_weights(operands).duplicated;
            assert!(duplicated(&[&even, &even]) && !duplicated(&[&even, &all]));
            assert!(!table.interleave(&[&even]).duplicated);
        }
    }
}
