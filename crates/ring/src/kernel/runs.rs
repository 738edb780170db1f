//! Residues as the sums of products read them: of operands that are always read together, runs of a few
//! words side by side, so that memory is read in one stream. They are *prepared*: times 2^32, so that
//! Montgomery's reduction is enough.

use super::pointwise;
use crate::{Backend, Modulus, Words};

/// Residues of a run: a multiple of what any kernel reads at once.
pub(super) const RUN: usize = 32;

/// Operands of the same length in runs side by side.
pub struct Prepared {
    words: Words,
    /// Number of operands.
    count: usize,
    doubled: bool,
}

/// The residues of one operand, in runs some way apart.
#[derive(Clone, Copy)]
pub struct Runs<'a> {
    pub(super) words: &'a [u32],
    /// Words from one run to the next.
    pub(super) stride: usize,
    /// Whether each word stands for two residues.
    pub(super) doubled: bool,
}

impl Prepared {
    /// # Panics
    /// If the lengths differ or are no multiple of 32.
    pub(crate) fn new(backend: Backend, m: &Modulus, operands: &[&[u32]]) -> Self {
        Self::laid_out(backend, m, operands, false)
    }

    /// As [`Prepared::new`], with half the words where in each operand each residue stands twice: the values of
    /// a polynomial in X^2 do, at a root and at its negative.
    pub(crate) fn weights(backend: Backend, m: &Modulus, operands: &[&[u32]]) -> Self {
        let in_pairs = |words: &&[u32]| words.chunks_exact(2).all(|pair| pair[0] == pair[1]);
        Self::laid_out(backend, m, operands, operands.iter().all(in_pairs))
    }

    fn laid_out(backend: Backend, m: &Modulus, operands: &[&[u32]], doubled: bool) -> Self {
        let (n, count) = (
            operands.first().map_or(0, |first| first.len()),
            operands.len(),
        );
        assert!(operands.iter().all(|words| words.len() == n) && n.is_multiple_of(RUN));
        let (run, step) = (run_words(doubled), usize::from(doubled) + 1);
        let mut words = Words::zero(n / step * count);
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
            doubled,
        }
    }

    /// One of the operands.
    ///
    /// # Panics
    /// If there are not so many.
    pub fn operand(&self, k: usize) -> Runs<'_> {
        assert!(k < self.count, "operand {k} of {}", self.count);
        let run = run_words(self.doubled);
        Runs {
            words: &self.words[k * run..],
            stride: self.count * run,
            doubled: self.doubled,
        }
    }
}

fn run_words(doubled: bool) -> usize {
    if doubled { RUN / 2 } else { RUN }
}

impl<'a> Runs<'a> {
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
        let end = start + (len / RUN - 1) * self.stride + run_words(self.doubled);
        Self {
            words: &self.words[start..end],
            ..*self
        }
    }
}

impl<'a> From<&'a [u32]> for Runs<'a> {
    fn from(words: &'a [u32]) -> Self {
        Self {
            words,
            stride: RUN,
            doubled: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NttTable;

    #[test]
    fn polynomials_in_the_square_of_x_take_half_the_words() {
        let q = crate::ntt_primes_below(26, 8, 1).unwrap()[0];
        for backend in Backend::available() {
            let table = NttTable::with_backend(8, q, backend).unwrap();
            let values = |step: usize| {
                let mut poly = vec![0; table.degree()];
                (0..poly.len())
                    .step_by(step)
                    .for_each(|i| poly[i] = 1 + i as u32);
                table.forward(&mut poly);
                poly
            };
            let (all, even) = (values(1), values(2));
            let doubled = |operands: &[&[u32]]| table.prepare_weights(operands).doubled;
            assert!(doubled(&[&even, &even]) && !doubled(&[&even, &all]));
            assert!(!table.prepare(&[&even]).doubled);
        }
    }
}
