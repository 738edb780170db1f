//! Eight lanes in a 256-bit register (AVX2).
//!
//! Relies on AVX2 alone, which [`Backend`](super::Backend) has detected.

use std::arch::x86_64::*;

use super::lanes::{Lanes, MAX_LANES};

pub(crate) struct Avx2;

/// Copies each even lane into the odd lane above it.
const EVEN: i32 = 0b10_10_00_00;
/// Moves each odd lane into the even lane below it.
const ODD: i32 = 0b11_11_01_01;

// SAFETY (all methods): called only on a CPU with AVX2, by the contract of `Lanes`; loads and
// stores are of `LANES` valid words at any alignment, by the same.
#[allow(
    clippy::undocumented_unsafe_blocks,
    reason = "one reason for all, stated above"
)]
impl Lanes for Avx2 {
    const LANES: usize = 8;
    type V = __m256i;
    /// Sums of the even lanes, and sums of the odd lanes.
    type Wide = (__m256i, __m256i);

    #[inline(always)]
    unsafe fn load(p: *const u32) -> __m256i {
        unsafe { _mm256_loadu_si256(p.cast()) }
    }
    #[inline(always)]
    unsafe fn load_duplicated(p: *const u32) -> __m256i {
        unsafe {
            let words = _mm256_cvtepu32_epi64(_mm_loadu_si128(p.cast()));
            _mm256_shuffle_epi32::<EVEN>(words)
        }
    }
    #[inline(always)]
    unsafe fn store(p: *mut u32, v: __m256i) {
        unsafe { _mm256_storeu_si256(p.cast(), v) }
    }
    #[inline(always)]
    unsafe fn splat(x: u32) -> __m256i {
        unsafe { _mm256_set1_epi32(x as i32) }
    }
    #[inline(always)]
    unsafe fn add(a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_add_epi32(a, b) }
    }
    #[inline(always)]
    unsafe fn sub(a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_sub_epi32(a, b) }
    }
    #[inline(always)]
    unsafe fn max(a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_max_epu32(a, b) }
    }
    #[inline(always)]
    unsafe fn and(a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_and_si256(a, b) }
    }
    #[inline(always)]
    unsafe fn xor(a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_xor_si256(a, b) }
    }
    #[inline(always)]
    unsafe fn rotate_left<const LEFT: i32, const RIGHT: i32>(v: __m256i) -> __m256i {
        unsafe { _mm256_or_si256(_mm256_slli_epi32::<LEFT>(v), _mm256_srli_epi32::<RIGHT>(v)) }
    }
    #[inline(always)]
    unsafe fn min(a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_min_epu32(a, b) }
    }
    #[inline(always)]
    unsafe fn mul_lo(a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_mullo_epi32(a, b) }
    }
    #[inline(always)]
    unsafe fn mul_hi(a: __m256i, b: __m256i) -> __m256i {
        unsafe {
            let even = _mm256_mul_epu32(a, b);
            let odd = _mm256_mul_epu32(
                _mm256_shuffle_epi32::<ODD>(a),
                _mm256_shuffle_epi32::<ODD>(b),
            );
            _mm256_blend_epi32::<0b1010_1010>(_mm256_shuffle_epi32::<ODD>(even), odd)
        }
    }
    #[inline(always)]
    unsafe fn shuffle(v: __m256i, indices: __m256i) -> __m256i {
        unsafe { _mm256_permutevar8x32_epi32(v, indices) }
    }
    #[inline(always)]
    unsafe fn transpose(rows: &mut [__m256i; MAX_LANES]) {
        unsafe {
            let r = *rows;
            let mut t = r;
            // 2x2 blocks of words, then of pairs of words, then of 128-bit parts
            for i in 0..4 {
                t[2 * i] = _mm256_unpacklo_epi32(r[2 * i], r[2 * i + 1]);
                t[2 * i + 1] = _mm256_unpackhi_epi32(r[2 * i], r[2 * i + 1]);
            }
            let mut u = t;
            for h in 0..2 {
                let b = 4 * h;
                u[b] = _mm256_unpacklo_epi64(t[b], t[b + 2]);
                u[b + 1] = _mm256_unpackhi_epi64(t[b], t[b + 2]);
                u[b + 2] = _mm256_unpacklo_epi64(t[b + 1], t[b + 3]);
                u[b + 3] = _mm256_unpackhi_epi64(t[b + 1], t[b + 3]);
            }
            for i in 0..4 {
                rows[i] = _mm256_permute2x128_si256::<0x20>(u[i], u[i + 4]);
                rows[i + 4] = _mm256_permute2x128_si256::<0x31>(u[i], u[i + 4]);
            }
        }
    }
    #[inline(always)]
    unsafe fn wide_zero() -> Self::Wide {
        unsafe { (_mm256_setzero_si256(), _mm256_setzero_si256()) }
    }
    #[inline(always)]
    unsafe fn wide_mul_add(acc: Self::Wide, a: __m256i, b: __m256i) -> Self::Wide {
        unsafe {
            let odd = _mm256_mul_epu32(
                _mm256_shuffle_epi32::<ODD>(a),
                _mm256_shuffle_epi32::<ODD>(b),
            );
            (
                _mm256_add_epi64(acc.0, _mm256_mul_epu32(a, b)),
                _mm256_add_epi64(acc.1, odd),
            )
        }
    }
    #[inline(always)]
    unsafe fn wide_split(acc: Self::Wide) -> (__m256i, __m256i) {
        unsafe {
            let low = _mm256_blend_epi32::<0b1010_1010>(acc.0, _mm256_slli_epi64::<32>(acc.1));
            let high = _mm256_blend_epi32::<0b1010_1010>(_mm256_srli_epi64::<32>(acc.0), acc.1);
            (low, high)
        }
    }
    #[inline(always)]
    unsafe fn wide_montgomery(acc: Self::Wide, inverse: __m256i, q: &__m256i) -> __m256i {
        unsafe {
            let reduce = |sums| {
                let m = _mm256_mul_epu32(sums, inverse);
                _mm256_sub_epi64(sums, _mm256_mul_epu32(m, *q))
            };
            let (even, odd) = (reduce(acc.0), reduce(acc.1));
            _mm256_blend_epi32::<0b1010_1010>(_mm256_shuffle_epi32::<ODD>(even), odd)
        }
    }
}
