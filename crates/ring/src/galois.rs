//! Automorphisms `X -> X^g` of the ring, as permutations of the NTT domain.

use crate::{RingError, backend::shuffle_index};

/// An odd `g < 2N`: the automorphism `X -> X^g`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GaloisElement {
    element: u32,
    log_n: u32,
}

impl GaloisElement {
    /// Checks that `element` is odd and below `2^(log_n + 1)`.
    ///
    /// # Errors
    /// [`RingError::GaloisElement`] otherwise.
    pub fn new(element: u32, log_n: u32) -> Result<Self, RingError> {
        let two_n = 2u32 << log_n;
        if element >= two_n || element.is_multiple_of(2) {
            return Err(RingError::GaloisElement { element, two_n });
        }
        Ok(Self { element, log_n })
    }

    /// `5^steps mod 2N`: rotates the N/2 slots of an encoded vector left by `steps` (right when
    /// negative).
    pub fn rotation(steps: i64, log_n: u32) -> Self {
        let two_n = 2u64 << log_n;
        let mut e = steps.rem_euclid((two_n / 4) as i64) as u64;
        let (mut g, mut base) = (1, 5);
        while e > 0 {
            if e & 1 == 1 {
                g = g * base % two_n;
            }
            base = base * base % two_n;
            e >>= 1;
        }
        Self {
            element: g as u32,
            log_n,
        }
    }

    /// `2N - 1`: conjugates every slot.
    pub fn conjugation(log_n: u32) -> Self {
        Self {
            element: (2u32 << log_n) - 1,
            log_n,
        }
    }

    /// This automorphism and then `other` (they commute).
    ///
    /// # Panics
    /// If they belong to rings of different degree.
    pub fn then(self, other: Self) -> Self {
        assert_eq!(self.log_n, other.log_n, "automorphisms of one ring");
        let mask = (2u32 << self.log_n) - 1;
        Self {
            element: self.element.wrapping_mul(other.element) & mask,
            log_n: self.log_n,
        }
    }

    /// The exponent `g`.
    pub fn value(self) -> u32 {
        self.element
    }

    /// The automorphism that undoes this one.
    pub fn inverse(self) -> Self {
        // the group of odd residues modulo 2N = 2^k has exponent 2^(k-2)
        let mask = (2u32 << self.log_n) - 1;
        let (mut g, mut inverse, mut e) = (self.element, 1u32, (1u32 << (self.log_n - 1)) - 1);
        while e > 0 {
            if e & 1 == 1 {
                inverse = inverse.wrapping_mul(g) & mask;
            }
            g = g.wrapping_mul(g) & mask;
            e >>= 1;
        }
        Self {
            element: inverse,
            log_n: self.log_n,
        }
    }
}

/// Words that a permutation moves together: at least a vector of any backend.
pub(crate) const BLOCK: usize = 16;

/// An automorphism as a permutation of NTT-domain residues.
///
/// In bit-reversed order it maps every aligned block of a power of two of residues onto such a
/// block: the exponents of `2^b` neighbours differ by multiples of `2N / 2^b`, and so do their images
/// under any odd `g`. Where the first of a block comes from decides where the others do. Kernels therefore
/// read whole vectors and shuffle inside them, and the tables are small.
pub struct Permutation {
    /// Where the first word of each block comes from.
    source: Vec<u32>,
    /// Where the words of a block come from within another, given where the first does.
    within: [[u32; BLOCK]; BLOCK],
    /// The same as [`Lanes::shuffle`](crate::backend::Lanes::shuffle) takes it.
    lanes: [[u32; BLOCK]; BLOCK],
}

impl Permutation {
    /// The permutation of `X -> X^g`.
    ///
    /// # Panics
    /// If N is less than 16.
    pub fn new(g: GaloisElement) -> Self {
        const LOG_BLOCK: u32 = BLOCK.trailing_zeros();
        assert!(g.log_n >= LOG_BLOCK, "a degree of at least a block");
        let reverse = |i: u32, bits: u32| i.reverse_bits() >> (u32::BITS - bits);
        // value i is f(psi^e), e = 2 bitrev(i) + 1; the image's value there is f(psi^(g e))
        let mask = (2u32 << g.log_n) - 1;
        let first = |block: u32| {
            let e = 2 * reverse(block * BLOCK as u32, g.log_n) + 1;
            let e = e.wrapping_mul(g.element) & mask;
            reverse((e - 1) / 2, g.log_n)
        };
        let mut within = [[0; BLOCK]; BLOCK];
        for (first, words) in (0..).zip(&mut within) {
            for (word, source) in (0..).zip(words) {
                let step = reverse(word, LOG_BLOCK).wrapping_mul(g.element);
                let sum = reverse(first, LOG_BLOCK).wrapping_add(step) % BLOCK as u32;
                *source = reverse(sum, LOG_BLOCK);
            }
        }
        Self {
            source: (0..1 << (g.log_n - LOG_BLOCK)).map(first).collect(),
            lanes: within.map(|words| words.map(shuffle_index)),
            within,
        }
    }

    /// N.
    pub(crate) fn len(&self) -> usize {
        self.source.len() * BLOCK
    }

    /// Where word `i` comes from, the first of a vector, and how those of the vector are shuffled that lie there
    /// with it.
    ///
    /// # Safety
    /// `i` is less than N.
    #[inline(always)]
    pub(crate) unsafe fn at(&self, i: usize) -> (usize, *const u32) {
        // SAFETY: the caller's; a remainder is less than BLOCK, the length of the tables.
        unsafe {
            let first = *self.source.get_unchecked(i / BLOCK) as usize;
            let (first, row) = (first & !(BLOCK - 1), first % BLOCK);
            let source = self.within.get_unchecked(row).get_unchecked(i % BLOCK);
            let lanes = self.lanes.get_unchecked(row).as_ptr().add(i % BLOCK);
            (first + *source as usize, lanes)
        }
    }

    /// The image of one residue polynomial.
    ///
    /// # Panics
    /// If a slice is not N words long.
    pub fn apply(&self, input: &[u32], out: &mut [u32]) {
        assert!(input.len() == self.len() && out.len() == self.len());
        for (block, &first) in out.chunks_exact_mut(BLOCK).zip(&self.source) {
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
    fn refuses_even_and_large_elements() {
        assert!(GaloisElement::new(4, 8).is_err());
        assert!(GaloisElement::new(513, 8).is_err());
        assert!(GaloisElement::new(511, 8).is_ok());
    }

    #[test]
    fn every_residue_goes_where_its_exponent_says() {
        let (log_n, n) = (8, 256);
        let reverse = |i: u32| i.reverse_bits() >> (u32::BITS - log_n);
        let words: Vec<u32> = (0..n).collect();
        for g in (1..2 * n).step_by(2) {
            let permutation = Permutation::new(GaloisElement::new(g, log_n).unwrap());
            let mut image = vec![0; n as usize];
            permutation.apply(&words, &mut image);
            for (i, &from) in image.iter().enumerate() {
                let e = (2 * reverse(i as u32) + 1) * g % (2 * n);
                assert_eq!(from, reverse((e - 1) / 2), "{g}");
                // SAFETY: a word of the image, which has N.
                assert_eq!(unsafe { permutation.at(i) }.0, from as usize);
            }
        }
    }

    #[test]
    fn rotations_compose_and_invert() {
        for (a, b) in [(1, 2), (3, -3), (100, 28), (-1, 5)] {
            let product = GaloisElement::rotation(a, 8).then(GaloisElement::rotation(b, 8));
            assert_eq!(product, GaloisElement::rotation(a + b, 8));
            let g = GaloisElement::rotation(a, 8);
            assert_eq!(g.value() * g.inverse().value() % 512, 1);
        }
        let c = GaloisElement::conjugation(8);
        assert_eq!(c.inverse(), c);
    }
}
