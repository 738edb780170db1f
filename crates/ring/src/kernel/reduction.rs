//! Reductions modulo q in vectors: lazy ranges, Shoup's products, 64-bit sums.
//!
//! Relies on the constants of [`Modulus`]; its header names the papers. Not for loops: this module
//! has the steps that all kernels share.

use crate::{
    backend::Lanes,
    modulus::{Modulus, Shoup},
};

/// A modulus in every lane.
pub(super) struct Splat<L: Lanes> {
    pub(super) q: L::V,
    pub(super) two_q: L::V,
}

/// A fixed factor in every lane, with its Shoup constant.
pub(super) struct Factor<L: Lanes> {
    w: L::V,
    ws: L::V,
}

impl<L: Lanes> Factor<L> {
    /// Copies a factor and its constant to every lane.
    ///
    /// # Safety
    /// See [`Lanes`].
    #[inline(always)]
    pub(super) unsafe fn new(factor: Shoup) -> Self {
        // SAFETY: by the caller's contract.
        unsafe {
            Self {
                w: L::splat(factor.w),
                ws: L::splat(factor.ws),
            }
        }
    }

    /// Returns the operands of [`Splat::mul_shoup`].
    ///
    /// # Safety
    /// See [`Lanes`].
    #[inline(always)]
    pub(super) unsafe fn pair(&self) -> (L::V, L::V) {
        // SAFETY: by the caller's contract.
        unsafe { (self.w, L::reread(&self.ws)) }
    }
}

impl<L: Lanes> Splat<L> {
    /// Copies a modulus to every lane.
    ///
    /// # Safety
    /// See [`Lanes`].
    #[inline(always)]
    pub(super) unsafe fn new(q: u32) -> Self {
        // SAFETY: by the caller's contract.
        unsafe {
            Self {
                q: L::splat(q),
                two_q: L::splat(2 * q),
            }
        }
    }

    /// Reduces `[0, 4q)` to `[0, 2q)`: of `x` and `x - 2q`, the one that did not wrap is the
    /// smaller.
    ///
    /// # Safety
    /// See [`Lanes`].
    #[inline(always)]
    pub(super) unsafe fn halve_range(&self, x: L::V) -> L::V {
        // SAFETY: by the caller's contract.
        unsafe { L::min(x, L::sub(x, self.two_q)) }
    }

    /// Reduces `[0, 2q)` to `[0, q)`.
    ///
    /// # Safety
    /// See [`Lanes`].
    #[inline(always)]
    pub(super) unsafe fn canonical(&self, x: L::V) -> L::V {
        // SAFETY: by the caller's contract.
        unsafe { L::min(x, L::sub(x, self.q)) }
    }

    /// Returns `a w mod q` in `[0, 2q)`, for any word `a` (Shoup's method; see [`Modulus`]).
    ///
    /// # Safety
    /// See [`Lanes`].
    #[inline(always)]
    pub(super) unsafe fn mul_shoup(&self, a: L::V, (w, ws): (L::V, L::V)) -> L::V {
        // SAFETY: by the caller's contract.
        unsafe { L::sub(L::mul_lo(a, w), L::mul_lo(L::mul_hi(a, ws), self.q)) }
    }

    /// Returns the weights of the two words of a 64-bit sum, 1 and 2^32, modulo q.
    ///
    /// # Safety
    /// See [`Lanes`].
    #[inline(always)]
    pub(super) unsafe fn word_weights(m: &Modulus) -> [Factor<L>; 2] {
        // SAFETY: by the caller's contract.
        unsafe { [Factor::new(m.one), Factor::new(m.high)] }
    }

    /// Reduces a 64-bit sum to `[0, q)`: both words of `low + 2^32 high` are first reduced to
    /// `[0, 2q)`. `weights` comes from [`Splat::word_weights`].
    ///
    /// # Safety
    /// See [`Lanes`].
    #[inline(always)]
    pub(super) unsafe fn reduce_wide(&self, weights: &[Factor<L>; 2], sum: L::Wide) -> L::V {
        // SAFETY: by the caller's contract.
        unsafe {
            let (low, high) = L::wide_split(sum);
            let low = self.mul_shoup(low, weights[0].pair());
            let high = self.mul_shoup(high, weights[1].pair());
            self.canonical(self.halve_range(L::add(low, high)))
        }
    }

    /// Reduces a 64-bit sum below `2^32 q` to `sum / 2^32 mod q` in `[0, q)`, by Montgomery's
    /// method. `inverse` is `q^-1 mod 2^32`.
    ///
    /// # Safety
    /// See [`Lanes`].
    #[inline(always)]
    pub(super) unsafe fn montgomery(&self, inverse: L::V, sum: L::Wide) -> L::V {
        // SAFETY: by the caller's contract.
        unsafe {
            let v = L::wide_montgomery(sum, inverse, &self.q);
            // of v and v + q, the one that is not negative is the smaller word
            L::min(v, L::add(v, self.q))
        }
    }
}
