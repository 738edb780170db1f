//! One prime below 2^30, with the constants of its reductions.
//!
//! Multiplication by a fixed operand uses Shoup's method (Harvey, *Faster arithmetic for
//! number-theoretic transforms*, 2014): with `w' = floor(w 2^32 / q)` the product `a w mod q` is
//! `a w - floor(a w' / 2^32) q`, in `[0, 2q)` for **every** `a < 2^32`, two multiplications and no
//! division. The lazy NTT needs 4q < 2^32, hence q < 2^30.
//!
//! Sums of products are reduced by Montgomery's method (*Modular multiplication without trial
//! division*, 1985) with the radix 2^32: a sum `s < 2^32 q` becomes `s / 2^32 mod q` with one short
//! and one long product. One factor of each product is in Montgomery form, times 2^32, which
//! cancels the division.
//!
//! Relies on [`is_prime`]. Not for loops over coefficients: the kernels have vectors of these
//! operations.

use crate::{error::RingError, prime::is_prime};

/// An odd prime `q < 2^30`.
///
/// ```
/// use inkognito_ring::{Modulus, RingError};
///
/// let m = Modulus::new(7681)?;
/// assert_eq!(m.mul(m.inv(5), 5), 1);
/// assert_eq!((m.sub(3, 5), m.centre(7679)), (7679, -2));
///
/// assert_eq!(Modulus::new(7683), Err(RingError::NotPrime { modulus: 7683 }));
/// # Ok::<(), RingError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Modulus {
    pub(crate) q: u32,
    /// The factor 1: its Shoup constant, `floor(2^32 / q)`, reduces any word.
    pub(crate) one: Shoup,
    /// The factor `2^32 mod q`: the weight of the high word of a 64-bit sum.
    pub(crate) high: Shoup,
    /// `q^-1 mod 2^32`.
    pub(crate) inverse: u32,
    /// The least multiple of `q` that is at least 2^30; it is below 2^31. Then `a + bias - b` is
    /// positive for residues `b` of *any* modulus.
    pub(crate) bias: u32,
}

/// A fixed factor `w < q`, and its Shoup constant `floor(w 2^32 / q)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shoup {
    pub(crate) w: u32,
    pub(crate) ws: u32,
}

impl Modulus {
    /// Checks that `q` is an odd prime below 2^30.
    ///
    /// # Errors
    /// [`RingError::NotPrime`] if it is not.
    pub fn new(q: u32) -> Result<Self, RingError> {
        if !(3..1 << 30).contains(&q) || !is_prime(q) {
            return Err(RingError::NotPrime { modulus: q });
        }
        Ok(Self {
            q,
            one: Shoup::new(1, q),
            high: Shoup::new(((1u64 << 32) % u64::from(q)) as u32, q),
            inverse: inverse(q),
            bias: q * (1u32 << 30).div_ceil(q),
        })
    }

    /// Returns the prime.
    #[inline]
    pub const fn value(&self) -> u32 {
        self.q
    }

    /// Returns `w mod q` as a fixed factor.
    pub(crate) fn shoup(&self, w: u32) -> Shoup {
        Shoup::new(w % self.q, self.q)
    }

    /// Returns `a + b mod q` for residues `a, b < q`.
    ///
    /// # Panics
    /// If `a + b` does not fit into a word, in builds with overflow checks.
    #[inline]
    pub const fn add(&self, a: u32, b: u32) -> u32 {
        let s = a + b;
        if s >= self.q { s - self.q } else { s }
    }

    /// Returns `a - b mod q` for residues `a, b < q`.
    ///
    /// # Panics
    /// If `a < b` and `a + q` does not fit into a word, in builds with overflow checks.
    #[inline]
    pub const fn sub(&self, a: u32, b: u32) -> u32 {
        if a >= b { a - b } else { a + self.q - b }
    }

    /// Returns `a b mod q` for any words `a, b`.
    #[inline]
    pub const fn mul(&self, a: u32, b: u32) -> u32 {
        (a as u64 * b as u64 % self.q as u64) as u32
    }

    /// Returns `a^e mod q`.
    pub const fn pow(&self, a: u32, mut e: u32) -> u32 {
        let mut base = a % self.q;
        let mut r = 1;
        while e > 0 {
            if e & 1 == 1 {
                r = self.mul(r, base);
            }
            base = self.mul(base, base);
            e >>= 1;
        }
        r
    }

    /// Returns `a^-1 mod q` (by Fermat's little theorem), or 0 for `a = 0`.
    pub const fn inv(&self, a: u32) -> u32 {
        self.pow(a, self.q - 2)
    }

    /// Returns `v mod q` for a signed integer.
    #[inline]
    pub const fn reduce_i64(&self, v: i64) -> u32 {
        v.rem_euclid(self.q as i64) as u32
    }

    /// Returns the representative in `[-q/2, q/2]` of a residue `a < q`.
    #[inline]
    pub const fn centre(&self, a: u32) -> i32 {
        if a > self.q / 2 {
            a as i32 - self.q as i32
        } else {
            a as i32
        }
    }

    /// Returns the number of products of two residues that fit into one 64-bit sum.
    pub const fn max_products(&self) -> usize {
        let square = (self.q as u64 - 1) * (self.q as u64 - 1);
        let n = u64::MAX / square;
        if n > u32::MAX as u64 {
            u32::MAX as usize
        } else {
            n as usize
        }
    }

    /// Returns the number of products of two residues whose sum is below `2^32 q`: at least four.
    pub(crate) const fn max_montgomery_products(&self) -> usize {
        ((1u64 << 32) / self.q as u64) as usize
    }
}

/// Returns the inverse of an odd number modulo 2^32, by Newton's iteration: each step doubles the
/// number of correct bits.
const fn inverse(q: u32) -> u32 {
    // three correct bits
    let mut x = q;
    let mut step = 0;
    while step < 4 {
        x = x.wrapping_mul(2u32.wrapping_sub(q.wrapping_mul(x)));
        step += 1;
    }
    x
}

impl Shoup {
    const fn new(w: u32, q: u32) -> Self {
        Self {
            w,
            ws: (((w as u64) << 32) / q as u64) as u32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_odd_primes_below_2_30_are_moduli() {
        for bad in [0, 1, 2, 4, 9, 1 << 30, (1 << 30) + 3, u32::MAX] {
            assert_eq!(Modulus::new(bad), Err(RingError::NotPrime { modulus: bad }));
        }
        let largest = Modulus::new((1 << 30) - 35).unwrap();
        assert_eq!(largest.q.wrapping_mul(largest.inverse), 1);
        assert!(largest.max_montgomery_products() >= 4);
    }

    proptest! {
        #[test]
        fn the_operations_obey_the_laws_of_a_field(a in 0u32..1073479681, b in 0u32..1073479681) {
            let m = Modulus::new(1073479681).unwrap();
            prop_assert_eq!(m.sub(m.add(a, b), b), a);
            prop_assert_eq!(u64::from(m.mul(a, b)), u64::from(a) * u64::from(b) % 1073479681);
            if a != 0 {
                prop_assert_eq!(m.mul(a, m.inv(a)), 1);
            }
            prop_assert_eq!(m.reduce_i64(i64::from(m.centre(a))), a);
        }
    }
}
