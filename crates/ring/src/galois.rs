//! Automorphisms `X -> X^g` of the ring, as permutations of the NTT domain.

use crate::RingError;

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

/// An automorphism as a permutation of NTT-domain residues: `out[i] = in[source[i]]`, or
/// `out[target[i]] = in[i]`.
///
/// In bit-reversed order it maps every aligned block of a power of two of residues onto such a
/// block: the exponents of `2^b` neighbours differ by multiples of `2N / 2^b`, and so do their images
/// under any odd `g`. Kernels therefore move whole vectors and shuffle inside them.
pub struct Permutation {
    pub(crate) source: Vec<u32>,
    pub(crate) target: Vec<u32>,
}

impl Permutation {
    /// The permutation of `X -> X^g`.
    pub fn new(g: GaloisElement) -> Self {
        let (log_n, mask) = (g.log_n, (2u32 << g.log_n) - 1);
        let reverse = |i: u32| i.reverse_bits() >> (u32::BITS - log_n);
        // value i is f(psi^e), e = 2 bitrev(i) + 1; the image's value there is f(psi^(g e))
        let source: Vec<u32> = (0..1u32 << log_n)
            .map(|i| {
                let e = (2 * reverse(i) + 1).wrapping_mul(g.element) & mask;
                reverse((e - 1) / 2)
            })
            .collect();
        let mut target = vec![0; source.len()];
        for (i, &source) in source.iter().enumerate() {
            target[source as usize] = i as u32;
        }
        Self { source, target }
    }

    /// `out[i] = input[source[i]]` for one residue polynomial.
    ///
    /// # Panics
    /// If a slice is not N words long.
    pub fn apply(&self, input: &[u32], out: &mut [u32]) {
        assert!(input.len() == self.source.len() && out.len() == self.source.len());
        for (out, &source) in out.iter_mut().zip(&self.source) {
            *out = input[source as usize];
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
    fn blocks_go_to_blocks() {
        for steps in [1, 5, -7] {
            let permutation = Permutation::new(GaloisElement::rotation(steps, 8));
            for block in [4, 8, 16] {
                for run in permutation.target.chunks_exact(block) {
                    let base = run[0] & !(block as u32 - 1);
                    let mut sorted = run.to_vec();
                    sorted.sort_unstable();
                    assert!(sorted.into_iter().eq(base..base + block as u32));
                }
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
