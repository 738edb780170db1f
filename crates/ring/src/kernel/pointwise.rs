//! Residue-by-residue loops: sums, differences, products, products with constants.
//!
//! Relies on [`reduction`](super::reduction). Not for sums of many products, which
//! [`products`](super::products) reduces once for all.
//!
//! Every function here panics if the lengths differ, or if they are not multiples of the backend's
//! number of lanes.

use crate::{
    backend::dispatch,
    modulus::{Modulus, Shoup},
};

dispatch! {
    /// `a += b`.
    pub(crate) fn add_assign(m: &Modulus, a: &mut [u32], b: &[u32]);
    /// `a -= b`.
    pub(crate) fn sub_assign(m: &Modulus, a: &mut [u32], b: &[u32]);
    /// `a = -a`.
    pub(crate) fn neg_assign(m: &Modulus, a: &mut [u32]);
    /// `a += c` for one residue `c < q`.
    pub(crate) fn add_constant_assign(m: &Modulus, a: &mut [u32], c: u32);
    /// `a *= b`.
    pub(crate) fn mul_assign(m: &Modulus, a: &mut [u32], b: &[u32]);
    /// `a *= w`.
    pub(crate) fn mul_constant_assign(m: &Modulus, a: &mut [u32], w: Shoup);
    /// `a = (a - b) w`. The words of `b` are below 2^30 and may be residues of another prime.
    pub(crate) fn sub_mul_constant_assign(m: &Modulus, a: &mut [u32], b: &[u32], w: Shoup);
    /// `a += w b`.
    pub(crate) fn add_multiple_assign(m: &Modulus, a: &mut [u32], b: &[u32], w: Shoup);
    /// `a -= b c / 2^32`.
    pub(crate) fn sub_product_assign(m: &Modulus, a: &mut [u32], b: &[u32], c: &[u32]);
    /// `out = low + 2^32 high - c`, for any words of `low` and `high`, and a residue `c < q`.
    pub(crate) fn reduce_words(m: &Modulus, out: &mut [u32], low: &[u32], high: &[u32], c: u32);
}

mod generic {
    use crate::{
        backend::Lanes,
        kernel::{
            offsets::vectors,
            reduction::{Factor, Splat},
        },
        modulus::{Modulus, Shoup},
    };

    // SAFETY (all functions of this module): the CPU has the instruction set of `L`; each offset
    // that `vectors` gives is followed by a whole vector, in slices of the asserted length.

    #[inline(always)]
    pub(super) unsafe fn add_assign<L: Lanes>(m: &Modulus, a: &mut [u32], b: &[u32]) {
        assert_eq!(a.len(), b.len());
        // SAFETY: as stated for the module.
        unsafe {
            let s = Splat::<L>::new(m.q);
            for i in vectors::<L, 1>(a.len()) {
                let at = a.as_mut_ptr().add(i);
                L::store(
                    at,
                    s.canonical(L::add(L::load(at), L::load(b.as_ptr().add(i)))),
                );
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn sub_assign<L: Lanes>(m: &Modulus, a: &mut [u32], b: &[u32]) {
        assert_eq!(a.len(), b.len());
        // SAFETY: as stated for the module.
        unsafe {
            let s = Splat::<L>::new(m.q);
            for i in vectors::<L, 1>(a.len()) {
                let at = a.as_mut_ptr().add(i);
                let d = L::sub(L::load(at), L::load(b.as_ptr().add(i)));
                // of d and d + q, the one that did not wrap is the smaller
                L::store(at, L::min(d, L::add(d, s.q)));
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn neg_assign<L: Lanes>(m: &Modulus, a: &mut [u32]) {
        // SAFETY: as stated for the module.
        unsafe {
            let s = Splat::<L>::new(m.q);
            for i in vectors::<L, 1>(a.len()) {
                let at = a.as_mut_ptr().add(i);
                L::store(at, s.canonical(L::sub(s.q, L::load(at))));
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn add_constant_assign<L: Lanes>(m: &Modulus, a: &mut [u32], c: u32) {
        // SAFETY: as stated for the module.
        unsafe {
            let s = Splat::<L>::new(m.q);
            let c = L::splat(c);
            for i in vectors::<L, 1>(a.len()) {
                let at = a.as_mut_ptr().add(i);
                L::store(at, s.canonical(L::add(L::load(at), c)));
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn mul_assign<L: Lanes>(m: &Modulus, a: &mut [u32], b: &[u32]) {
        assert_eq!(a.len(), b.len());
        // SAFETY: as stated for the module.
        unsafe {
            let (s, weights) = (Splat::<L>::new(m.q), Splat::<L>::word_weights(m));
            for i in vectors::<L, 1>(a.len()) {
                let at = a.as_mut_ptr().add(i);
                let b = L::load(b.as_ptr().add(i));
                let product = L::wide_mul_add(L::wide_zero(), L::load(at), b);
                L::store(at, s.reduce_wide(&weights, product));
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn mul_constant_assign<L: Lanes>(m: &Modulus, a: &mut [u32], w: Shoup) {
        // SAFETY: as stated for the module.
        unsafe {
            let (s, w) = (Splat::<L>::new(m.q), Factor::<L>::new(w));
            for i in vectors::<L, 1>(a.len()) {
                let at = a.as_mut_ptr().add(i);
                L::store(at, s.canonical(s.mul_shoup(L::load(at), w.pair())));
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn sub_mul_constant_assign<L: Lanes>(
        m: &Modulus,
        a: &mut [u32],
        b: &[u32],
        w: Shoup,
    ) {
        assert_eq!(a.len(), b.len());
        // SAFETY: as stated for the module.
        unsafe {
            let (s, w) = (Splat::<L>::new(m.q), Factor::<L>::new(w));
            let bias = L::splat(m.bias);
            for i in vectors::<L, 1>(a.len()) {
                let at = a.as_mut_ptr().add(i);
                // a + bias < 2^30 + 2^31, and bias >= 2^30 > b
                let d = L::sub(L::add(L::load(at), bias), L::load(b.as_ptr().add(i)));
                L::store(at, s.canonical(s.mul_shoup(d, w.pair())));
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn add_multiple_assign<L: Lanes>(
        m: &Modulus,
        a: &mut [u32],
        b: &[u32],
        w: Shoup,
    ) {
        assert_eq!(a.len(), b.len());
        // SAFETY: as stated for the module.
        unsafe {
            let (s, w) = (Splat::<L>::new(m.q), Factor::<L>::new(w));
            for i in vectors::<L, 1>(a.len()) {
                let at = a.as_mut_ptr().add(i);
                let product = s.canonical(s.mul_shoup(L::load(b.as_ptr().add(i)), w.pair()));
                L::store(at, s.canonical(L::add(L::load(at), product)));
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn sub_product_assign<L: Lanes>(
        m: &Modulus,
        a: &mut [u32],
        b: &[u32],
        c: &[u32],
    ) {
        assert!(a.len() == b.len() && a.len() == c.len());
        // SAFETY: as stated for the module.
        unsafe {
            let (s, inverse) = (Splat::<L>::new(m.q), L::splat(m.inverse));
            for i in vectors::<L, 1>(a.len()) {
                let at = a.as_mut_ptr().add(i);
                let (b, c) = (L::load(b.as_ptr().add(i)), L::load(c.as_ptr().add(i)));
                let product = s.montgomery(inverse, L::wide_mul_add(L::wide_zero(), b, c));
                let d = L::sub(L::load(at), product);
                L::store(at, L::min(d, L::add(d, s.q)));
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn reduce_words<L: Lanes>(
        m: &Modulus,
        out: &mut [u32],
        low: &[u32],
        high: &[u32],
        c: u32,
    ) {
        assert!(out.len() == low.len() && out.len() == high.len());
        // SAFETY: as stated for the module.
        unsafe {
            let (s, [one, two_32]) = (Splat::<L>::new(m.q), Splat::<L>::word_weights(m));
            let c = L::splat(c);
            for i in vectors::<L, 1>(out.len()) {
                let low = s.mul_shoup(L::load(low.as_ptr().add(i)), one.pair());
                let high = s.mul_shoup(L::load(high.as_ptr().add(i)), two_32.pair());
                let d = L::sub(s.canonical(s.halve_range(L::add(low, high))), c);
                L::store(out.as_mut_ptr().add(i), L::min(d, L::add(d, s.q)));
            }
        }
    }
}
