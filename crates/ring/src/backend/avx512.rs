//! Sixteen lanes in a 512-bit register (AVX-512F alone).
//!
//! Relies on AVX-512F alone, which [`Backend`](super::Backend) has detected.

use std::arch::x86_64::*;

use super::lanes::{Lanes, MAX_LANES};

pub(crate) struct Avx512;

/// Copies each even lane into the odd lane above it.
const EVEN: i32 = 0b10_10_00_00;
/// Moves each odd lane into the even lane below it.
const ODD: i32 = 0b11_11_01_01;
/// The odd lanes.
const ODD_LANES: __mmask16 = 0xAAAA;

// SAFETY (all methods): called only on a CPU with AVX-512F, by the contract of `Lanes`; loads and
// stores are of `LANES` valid words at any alignment, by the same contract.
#[allow(
    clippy::undocumented_unsafe_blocks,
    reason = "one reason for all, stated above"
)]
impl Lanes for Avx512 {
    const LANES: usize = 16;
    type V = __m512i;
    /// Sums of the even lanes, and sums of the odd lanes.
    type Wide = (__m512i, __m512i);

    #[inline(always)]
    unsafe fn load(p: *const u32) -> __m512i {
        unsafe { _mm512_loadu_si512(p.cast()) }
    }
    #[inline(always)]
    unsafe fn load_duplicated(p: *const u32) -> __m512i {
        unsafe {
            let words = _mm512_cvtepu32_epi64(_mm256_loadu_si256(p.cast()));
            _mm512_shuffle_epi32::<EVEN>(words)
        }
    }
    #[inline(always)]
    unsafe fn store(p: *mut u32, v: __m512i) {
        unsafe { _mm512_storeu_si512(p.cast(), v) }
    }
    #[inline(always)]
    unsafe fn splat(x: u32) -> __m512i {
        unsafe { _mm512_set1_epi32(x as i32) }
    }
    #[inline(always)]
    unsafe fn add(a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_add_epi32(a, b) }
    }
    #[inline(always)]
    unsafe fn sub(a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_sub_epi32(a, b) }
    }
    #[inline(always)]
    unsafe fn max(a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_max_epu32(a, b) }
    }
    #[inline(always)]
    unsafe fn and(a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_and_si512(a, b) }
    }
    #[inline(always)]
    unsafe fn xor(a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_xor_si512(a, b) }
    }
    #[inline(always)]
    unsafe fn rotate_left<const LEFT: i32, const RIGHT: i32>(v: __m512i) -> __m512i {
        unsafe { _mm512_rol_epi32::<LEFT>(v) }
    }
    #[inline(always)]
    unsafe fn min(a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_min_epu32(a, b) }
    }
    #[inline(always)]
    unsafe fn mul_lo(a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_mullo_epi32(a, b) }
    }
    #[inline(always)]
    unsafe fn mul_hi(a: __m512i, b: __m512i) -> __m512i {
        unsafe {
            let even = _mm512_mul_epu32(a, b);
            let odd = _mm512_mul_epu32(
                _mm512_shuffle_epi32::<ODD>(a),
                _mm512_shuffle_epi32::<ODD>(b),
            );
            _mm512_mask_shuffle_epi32::<ODD>(odd, !ODD_LANES, even)
        }
    }
    #[inline(always)]
    unsafe fn shuffle(v: __m512i, indices: __m512i) -> __m512i {
        unsafe { _mm512_permutexvar_epi32(indices, v) }
    }
    #[inline(always)]
    unsafe fn transpose(rows: &mut [__m512i; MAX_LANES]) {
        unsafe {
            let r = *rows;
            let mut t = r;
            for i in 0..8 {
                t[2 * i] = _mm512_unpacklo_epi32(r[2 * i], r[2 * i + 1]);
                t[2 * i + 1] = _mm512_unpackhi_epi32(r[2 * i], r[2 * i + 1]);
            }
            // u[4g + j]: in each 128-bit part p, column 4p + j of the rows 4g .. 4g + 3
            let mut u = t;
            for g in 0..4 {
                let b = 4 * g;
                u[b] = _mm512_unpacklo_epi64(t[b], t[b + 2]);
                u[b + 1] = _mm512_unpackhi_epi64(t[b], t[b + 2]);
                u[b + 2] = _mm512_unpacklo_epi64(t[b + 1], t[b + 3]);
                u[b + 3] = _mm512_unpackhi_epi64(t[b + 1], t[b + 3]);
            }
            // a 4x4 transpose of the 128-bit parts of u[j], u[4 + j], u[8 + j], u[12 + j]
            for j in 0..4 {
                let low01 = _mm512_shuffle_i32x4::<0b01_00_01_00>(u[j], u[4 + j]);
                let high01 = _mm512_shuffle_i32x4::<0b11_10_11_10>(u[j], u[4 + j]);
                let low23 = _mm512_shuffle_i32x4::<0b01_00_01_00>(u[8 + j], u[12 + j]);
                let high23 = _mm512_shuffle_i32x4::<0b11_10_11_10>(u[8 + j], u[12 + j]);
                rows[j] = _mm512_shuffle_i32x4::<0b10_00_10_00>(low01, low23);
                rows[4 + j] = _mm512_shuffle_i32x4::<0b11_01_11_01>(low01, low23);
                rows[8 + j] = _mm512_shuffle_i32x4::<0b10_00_10_00>(high01, high23);
                rows[12 + j] = _mm512_shuffle_i32x4::<0b11_01_11_01>(high01, high23);
            }
        }
    }
    #[inline(always)]
    unsafe fn wide_zero() -> Self::Wide {
        unsafe { (_mm512_setzero_si512(), _mm512_setzero_si512()) }
    }
    #[inline(always)]
    unsafe fn wide_mul_add(acc: Self::Wide, a: __m512i, b: __m512i) -> Self::Wide {
        unsafe {
            let odd = _mm512_mul_epu32(
                _mm512_shuffle_epi32::<ODD>(a),
                _mm512_shuffle_epi32::<ODD>(b),
            );
            (
                _mm512_add_epi64(acc.0, _mm512_mul_epu32(a, b)),
                _mm512_add_epi64(acc.1, odd),
            )
        }
    }
    #[inline(always)]
    unsafe fn wide_split(acc: Self::Wide) -> (__m512i, __m512i) {
        unsafe {
            let low = _mm512_mask_shuffle_epi32::<0b10_10_00_00>(acc.0, ODD_LANES, acc.1);
            let high = _mm512_mask_shuffle_epi32::<ODD>(acc.1, !ODD_LANES, acc.0);
            (low, high)
        }
    }
    #[inline(always)]
    unsafe fn wide_montgomery(acc: Self::Wide, inverse: __m512i, q: &__m512i) -> __m512i {
        unsafe {
            let reduce = |sums| {
                let m = _mm512_mul_epu32(sums, inverse);
                _mm512_sub_epi64(sums, _mm512_mul_epu32(m, *q))
            };
            let (even, odd) = (reduce(acc.0), reduce(acc.1));
            _mm512_mask_shuffle_epi32::<ODD>(odd, !ODD_LANES, even)
        }
    }
}
