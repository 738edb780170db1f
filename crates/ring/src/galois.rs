//! Galois elements: the automorphisms `X -> X^g` of the ring.
//!
//! In CKKS, powers of 5 rotate the slots, and `2N - 1` conjugates them (Cheon, Kim, Kim and Song,
//! *Homomorphic encryption for arithmetic of approximate numbers*, 2017; Gentry, Halevi
//! and Smart, *Fully homomorphic encryption with polylog overhead*, 2012).
//!
//! Relies on nothing. Not for applying an automorphism: [`Permutation`](crate::Permutation) does.

use crate::{degree::check_log_n, error::RingError};

/// An odd `g < 2N`: the automorphism `X -> X^g` of the ring of degree N, from 2^8 to 2^16.
///
/// ```
/// use inkognito_ring::{GaloisElement, RingError};
///
/// let g = GaloisElement::rotation(1, 13);
/// assert_eq!(g.value(), 5);
/// assert_eq!(g.then(g.inverse()), GaloisElement::new(1, 13)?);
///
/// // even numbers are no automorphism
/// let refused = GaloisElement::new(4, 13);
/// assert!(matches!(refused, Err(RingError::GaloisElement { element: 4, .. })));
/// # Ok::<(), RingError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GaloisElement {
    element: u32,
    log_n: u32,
}

impl GaloisElement {
    /// Checks that `element` is odd and less than `2N = 2^(log_n + 1)`.
    ///
    /// # Errors
    /// [`RingError::GaloisElement`] if it is not; [`RingError::Degree`] if `log_n` is outside
    /// 8 ..= 16.
    pub fn new(element: u32, log_n: u32) -> Result<Self, RingError> {
        check_log_n(log_n)?;
        let two_n = 2u32 << log_n;
        if element >= two_n || element.is_multiple_of(2) {
            return Err(RingError::GaloisElement { element, two_n });
        }
        Ok(Self { element, log_n })
    }

    /// Returns `5^steps mod 2N`, which rotates the N/2 slots of an encoded vector left by `steps`,
    /// or right if `steps` is negative.
    ///
    /// # Panics
    /// If `log_n` is outside 8 ..= 16.
    pub fn rotation(steps: i64, log_n: u32) -> Self {
        expect_degree(log_n);
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

    /// Returns `2N - 1`, which conjugates every slot.
    ///
    /// # Panics
    /// If `log_n` is outside 8 ..= 16.
    pub fn conjugation(log_n: u32) -> Self {
        expect_degree(log_n);
        Self {
            element: (2u32 << log_n) - 1,
            log_n,
        }
    }

    /// Composes this automorphism with `other`. The order does not matter.
    ///
    /// # Panics
    /// If they belong to rings of different degrees.
    pub fn then(self, other: Self) -> Self {
        assert_eq!(self.log_n, other.log_n, "automorphisms of one ring");
        let mask = (2u32 << self.log_n) - 1;
        Self {
            element: self.element.wrapping_mul(other.element) & mask,
            log_n: self.log_n,
        }
    }

    /// Returns the exponent `g`.
    pub fn value(self) -> u32 {
        self.element
    }

    /// Returns log2 of the ring degree.
    pub fn log_n(self) -> u32 {
        self.log_n
    }

    /// Returns the inverse automorphism.
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

fn expect_degree(log_n: u32) {
    assert!(check_log_n(log_n).is_ok(), "a ring degree from 2^8 to 2^16");
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
    fn refuses_degrees_that_no_ring_has() {
        for log_n in [0, 3, 7, 17, 31, 32, 36, u32::MAX] {
            let refused = GaloisElement::new(1, log_n);
            assert!(matches!(refused, Err(RingError::Degree { .. })), "{log_n}");
            for make in [
                |n| GaloisElement::rotation(1, n),
                GaloisElement::conjugation,
            ] {
                let made = std::panic::catch_unwind(|| make(log_n));
                assert!(made.is_err(), "{log_n}");
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
