//! Four lanes of WebAssembly simd128.
//!
//! Relies on a module that is compiled for simd128: WebAssembly cannot detect it at run time.

use std::arch::wasm32::*;

use super::lanes::{Lanes, MAX_LANES};

pub(crate) struct Simd128;

/// Byte indices that rotate each word left by eight bits.
static BY_8: v128 = u8x16(3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);

// SAFETY (all methods): the module is compiled for simd128, and no engine without it loads it;
// loads and stores are of `LANES` valid words at any alignment, by the contract of `Lanes`.
#[allow(
    clippy::undocumented_unsafe_blocks,
    reason = "one reason for all, stated above"
)]
impl Lanes for Simd128 {
    const LANES: usize = 4;
    type V = v128;
    /// Sums of lanes 0 and 1, and sums of lanes 2 and 3.
    type Wide = (v128, v128);

    #[inline(always)]
    unsafe fn load(p: *const u32) -> v128 {
        unsafe { v128_load(p.cast()) }
    }
    #[inline(always)]
    unsafe fn load_duplicated(p: *const u32) -> v128 {
        unsafe {
            let words = v128_load64_zero(p.cast());
            u32x4_shuffle::<0, 0, 1, 1>(words, words)
        }
    }
    #[inline(always)]
    unsafe fn store(p: *mut u32, v: v128) {
        unsafe { v128_store(p.cast(), v) }
    }
    #[inline(always)]
    unsafe fn splat(x: u32) -> v128 {
        u32x4_splat(x)
    }
    #[inline(always)]
    unsafe fn reread(v: &v128) -> v128 {
        unsafe { std::ptr::from_ref(v).read_volatile() }
    }
    #[inline(always)]
    unsafe fn opaque(v: v128, zero: v128) -> v128 {
        v128_or(v, zero)
    }
    #[inline(always)]
    unsafe fn add(a: v128, b: v128) -> v128 {
        u32x4_add(a, b)
    }
    #[inline(always)]
    unsafe fn sub(a: v128, b: v128) -> v128 {
        u32x4_sub(a, b)
    }
    #[inline(always)]
    unsafe fn max(a: v128, b: v128) -> v128 {
        u32x4_max(a, b)
    }
    #[inline(always)]
    unsafe fn and(a: v128, b: v128) -> v128 {
        v128_and(a, b)
    }
    #[inline(always)]
    unsafe fn xor(a: v128, b: v128) -> v128 {
        v128_xor(a, b)
    }
    #[inline(always)]
    unsafe fn rotate_left<const LEFT: i32, const RIGHT: i32>(v: v128) -> v128 {
        match LEFT {
            // swaps the two halves of each word
            16 => u16x8_shuffle::<1, 0, 3, 2, 5, 4, 7, 6>(v, v),
            // the indices come from memory: V8 would build a constant vector anew at each use
            8 => u8x16_swizzle(v, unsafe { Self::reread(&BY_8) }),
            _ => v128_or(u32x4_shl(v, LEFT as u32), u32x4_shr(v, RIGHT as u32)),
        }
    }
    #[inline(always)]
    unsafe fn min(a: v128, b: v128) -> v128 {
        u32x4_min(a, b)
    }
    #[inline(always)]
    unsafe fn mul_lo(a: v128, b: v128) -> v128 {
        u32x4_mul(a, b)
    }
    #[inline(always)]
    unsafe fn mul_hi(a: v128, b: v128) -> v128 {
        let (low, high) = (u64x2_extmul_low_u32x4(a, b), u64x2_extmul_high_u32x4(a, b));
        u32x4_shuffle::<1, 3, 5, 7>(low, high)
    }
    #[inline(always)]
    unsafe fn shuffle(v: v128, indices: v128) -> v128 {
        u8x16_swizzle(v, indices)
    }
    #[inline(always)]
    unsafe fn transpose(rows: &mut [v128; MAX_LANES]) {
        let a = u32x4_shuffle::<0, 4, 1, 5>(rows[0], rows[1]);
        let b = u32x4_shuffle::<2, 6, 3, 7>(rows[0], rows[1]);
        let c = u32x4_shuffle::<0, 4, 1, 5>(rows[2], rows[3]);
        let d = u32x4_shuffle::<2, 6, 3, 7>(rows[2], rows[3]);
        rows[0] = u32x4_shuffle::<0, 1, 4, 5>(a, c);
        rows[1] = u32x4_shuffle::<2, 3, 6, 7>(a, c);
        rows[2] = u32x4_shuffle::<0, 1, 4, 5>(b, d);
        rows[3] = u32x4_shuffle::<2, 3, 6, 7>(b, d);
    }
    #[inline(always)]
    unsafe fn wide_zero() -> Self::Wide {
        (u64x2_splat(0), u64x2_splat(0))
    }
    #[inline(always)]
    unsafe fn wide_mul_add(acc: Self::Wide, a: v128, b: v128) -> Self::Wide {
        (
            u64x2_add(acc.0, u64x2_extmul_low_u32x4(a, b)),
            u64x2_add(acc.1, u64x2_extmul_high_u32x4(a, b)),
        )
    }
    #[inline(always)]
    unsafe fn wide_split(acc: Self::Wide) -> (v128, v128) {
        (
            u32x4_shuffle::<0, 2, 4, 6>(acc.0, acc.1),
            u32x4_shuffle::<1, 3, 5, 7>(acc.0, acc.1),
        )
    }
}
