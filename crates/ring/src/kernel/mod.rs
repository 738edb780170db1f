//! Every loop over coefficients, written once over [`Lanes`] and dispatched by backend.
//!
//! Range convention: residues are canonical, `[0, q)`, between kernels; inside a kernel they are
//! lazy, at most `[0, 4q)` with `4q < 2^32`; within transforms of smaller moduli, `[0, 16q)`. What the
//! forward transform is given may be lazy too ([`crate::SubRing`]'s `input_bound`).

use crate::{Modulus, Shoup, backend::Lanes};

pub(crate) mod automorphism;
pub(crate) mod chacha;
pub(crate) mod interleaved;
pub(crate) mod ntt;
pub(crate) mod pointwise;
pub(crate) mod products;

/// A modulus splatted over the lanes.
struct Splat<L: Lanes> {
    q: L::V,
    two_q: L::V,
}

/// A factor that does not change from one vector to the next.
struct Factor<L: Lanes> {
    w: L::V,
    ws: L::V,
}

impl<L: Lanes> Factor<L> {
    /// # Safety
    /// As [`Lanes`].
    #[inline(always)]
    unsafe fn new(factor: Shoup) -> Self {
        // SAFETY: the caller's.
        unsafe {
            Self {
                w: L::splat(factor.w),
                ws: L::splat(factor.ws),
            }
        }
    }

    /// The operands of [`Splat::mul_shoup`].
    ///
    /// # Safety
    /// As [`Lanes`].
    #[inline(always)]
    unsafe fn pair(&self) -> (L::V, L::V) {
        // SAFETY: the caller's.
        unsafe { (self.w, L::reread(&self.ws)) }
    }
}

impl<L: Lanes> Splat<L> {
    /// # Safety
    /// As [`Lanes`].
    #[inline(always)]
    unsafe fn new(q: u32) -> Self {
        // SAFETY: the caller's.
        unsafe {
            Self {
                q: L::splat(q),
                two_q: L::splat(2 * q),
            }
        }
    }

    /// `[0, 4q)` to `[0, 2q)`: of `x` and `x - 2q`, the one that did not wrap is the smaller.
    ///
    /// # Safety
    /// As [`Lanes`].
    #[inline(always)]
    unsafe fn halve_range(&self, x: L::V) -> L::V {
        // SAFETY: the caller's.
        unsafe { L::min(x, L::sub(x, self.two_q)) }
    }

    /// `[0, 2q)` to `[0, q)`.
    ///
    /// # Safety
    /// As [`Lanes`].
    #[inline(always)]
    unsafe fn canonical(&self, x: L::V) -> L::V {
        // SAFETY: the caller's.
        unsafe { L::min(x, L::sub(x, self.q)) }
    }

    /// `a w mod q` in `[0, 2q)` for any word `a` (Shoup; see [`crate::Modulus`]).
    ///
    /// # Safety
    /// As [`Lanes`].
    #[inline(always)]
    unsafe fn mul_shoup(&self, a: L::V, (w, ws): (L::V, L::V)) -> L::V {
        // SAFETY: the caller's.
        unsafe { L::sub(L::mul_lo(a, w), L::mul_lo(L::mul_hi(a, ws), self.q)) }
    }

    /// What the words of a 64-bit sum count, modulo q.
    ///
    /// # Safety
    /// As [`Lanes`].
    #[inline(always)]
    unsafe fn words(m: &Modulus) -> [Factor<L>; 2] {
        // SAFETY: the caller's.
        unsafe { [Factor::new(m.one), Factor::new(m.high)] }
    }

    /// A 64-bit sum to `[0, q)`: `low + 2^32 high` with both words brought below 2q; `words` are
    /// [`Splat::words`].
    ///
    /// # Safety
    /// As [`Lanes`].
    #[inline(always)]
    unsafe fn reduce_wide(&self, words: &[Factor<L>; 2], sum: L::Wide) -> L::V {
        // SAFETY: the caller's.
        unsafe {
            let (low, high) = L::wide_split(sum);
            let low = self.mul_shoup(low, words[0].pair());
            let high = self.mul_shoup(high, words[1].pair());
            self.canonical(self.halve_range(L::add(low, high)))
        }
    }
}
