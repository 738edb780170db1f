//! Sums of products in 64-bit lanes, two sums at a time, reduced by Montgomery's method. All fused
//! kernels use them.
//!
//! Relies on [`reduction`](super::reduction). Not for single products, which
//! [`pointwise`](super::pointwise) reduces one by one.

use super::reduction::Splat;
use crate::{
    backend::{Lanes, prefetch_32_words},
    modulus::Modulus,
};

/// Number of vectors that a fused kernel computes at a time.
pub(super) const PAIR: usize = 2;

/// Number of terms whose pointers a kernel holds in an array; more of them go to a `Vec`.
pub(super) const INLINE_TERMS: usize = 16;

/// Distances, in blocks, between a block and those that are prefetched while it is used. Each block
/// is prefetched twice, because a processor drops prefetches while it waits for many other loads.
const PREFETCH_DISTANCE: [usize; 2] = [16, 4];

// SAFETY (all unsafe functions of this module): the CPU has the instruction set of `L`.

/// Prefetches blocks that will be read soon: `at` is the present one, and `stride` words lie
/// between the starts of two blocks.
#[inline(always)]
pub(super) fn prefetch(at: *const u32, stride: usize) {
    for blocks in PREFETCH_DISTANCE {
        prefetch_32_words(at.wrapping_add(blocks * stride));
    }
}

/// Reduces each sum below that of one product, so that there is headroom for more products.
///
/// The four sums are named one by one. In a loop that is not unrolled they would lie in memory,
/// inside the loop and around it.
#[inline(always)]
pub(super) unsafe fn reduce_accumulators<L: Lanes>(
    m: &Modulus,
    s: &Splat<L>,
    inverse: L::V,
    [[a, b], [c, d]]: [[L::Wide; 2]; PAIR],
) -> [[L::Wide; 2]; PAIR] {
    // SAFETY: as stated for the module.
    unsafe {
        let [a, b] = [
            reduce_accumulator(m, s, inverse, a),
            reduce_accumulator(m, s, inverse, b),
        ];
        let [c, d] = [
            reduce_accumulator(m, s, inverse, c),
            reduce_accumulator(m, s, inverse, d),
        ];
        [[a, b], [c, d]]
    }
}

#[inline(always)]
unsafe fn reduce_accumulator<L: Lanes>(
    m: &Modulus,
    s: &Splat<L>,
    inverse: L::V,
    sum: L::Wide,
) -> L::Wide {
    // SAFETY: as stated for the module.
    unsafe {
        let v = s.montgomery(inverse, sum);
        L::wide_mul_add(L::wide_zero(), v, L::splat(m.high.w))
    }
}
