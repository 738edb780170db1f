//! Instruction sets: the vector operations of a kernel, and the choice of a set at run time.
//!
//! A kernel is generic over [`Lanes`] and `#[inline(always)]`. The macro `dispatch!` instantiates
//! it once for each instruction set, inside a function that is compiled for that set, so that each
//! abstract operation becomes one instruction. A new instruction set is one new file here.
//!
//! Relies on the detection of CPU features by the standard library. Not for use outside this crate:
//! of this module, only [`Backend`] is public.
//!
//! The design follows `curve25519-dalek` and `poulpy`: private backends under one public interface,
//! and one test suite that runs on each of them.

mod detection;
mod lanes;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod scalar;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;

#[cfg(target_arch = "x86_64")]
pub(crate) use avx2::Avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) use avx512::Avx512;
pub use detection::Backend;
pub(crate) use detection::InstructionSet;
pub(crate) use lanes::{Lanes, MAX_LANES};
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(crate) use scalar::Scalar;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) use simd128::Simd128;

impl Backend {
    /// Returns the number of `u32` lanes of a vector, a power of two up to 16.
    pub const fn lanes(self) -> usize {
        match self.instruction_set() {
            #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
            InstructionSet::Scalar => Scalar::LANES,
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx2 => Avx2::LANES,
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx512 => Avx512::LANES,
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            InstructionSet::Simd128 => Simd128::LANES,
        }
    }
}

/// Prefetches the 32 words from `p` on. The address need not be valid. On other architectures than
/// x86-64 it does nothing.
///
/// The words go to the second-level cache: the first level is full of operands that are used again,
/// and has few outstanding requests.
#[inline(always)]
pub(crate) fn prefetch_32_words(p: *const u32) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // SAFETY: a prefetch is a hint, valid for any address, and part of every x86-64.
        unsafe {
            _mm_prefetch::<_MM_HINT_T1>(p.cast());
            _mm_prefetch::<_MM_HINT_T1>(p.wrapping_add(16).cast());
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = p;
}

/// Returns the index by which [`Lanes::shuffle`] selects lane `i mod LANES`.
pub(crate) fn shuffle_index(i: u32) -> u32 {
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    {
        // the bytes 4i .. 4i + 3
        0x0302_0100 + 0x0404_0404 * (i % Simd128::LANES as u32)
    }
    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    i
}

/// Defines, for each kernel of the module `generic`, a function that runs it on a given backend.
macro_rules! dispatch {
    ($($(#[$doc:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),* $(,)?);)*) => {$(
        $(#[$doc])*
        // one copy of a kernel for any number of callers
        #[inline(never)]
        $vis fn $name(backend: $crate::backend::Backend, $($arg: $ty),*) {
            match backend.instruction_set() {
                #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
                // SAFETY: the scalar lanes are plain Rust.
                $crate::backend::InstructionSet::Scalar => unsafe {
                    generic::$name::<$crate::backend::Scalar>($($arg),*)
                },
                #[cfg(target_arch = "x86_64")]
                $crate::backend::InstructionSet::Avx2 => {
                    #[target_feature(enable = "avx2")]
                    fn with_avx2($($arg: $ty),*) {
                        // SAFETY: this function is compiled for AVX2, and called on such CPUs only.
                        unsafe { generic::$name::<$crate::backend::Avx2>($($arg),*) }
                    }
                    // SAFETY: a `Backend` of AVX2 exists only if detection found AVX2: its field is
                    // private, and detection alone makes one.
                    unsafe { with_avx2($($arg),*) }
                }
                #[cfg(target_arch = "x86_64")]
                $crate::backend::InstructionSet::Avx512 => {
                    #[target_feature(enable = "avx512f")]
                    fn with_avx512f($($arg: $ty),*) {
                        // SAFETY: this function is compiled for AVX-512F, and called on such CPUs
                        // only.
                        unsafe { generic::$name::<$crate::backend::Avx512>($($arg),*) }
                    }
                    // SAFETY: a `Backend` of AVX-512F exists only if detection found AVX-512F: its
                    // field is private, and detection alone makes one.
                    unsafe { with_avx512f($($arg),*) }
                }
                #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
                // SAFETY: the whole module is compiled for simd128.
                $crate::backend::InstructionSet::Simd128 => unsafe {
                    generic::$name::<$crate::backend::Simd128>($($arg),*)
                },
            }
        }
    )*};
}
pub(crate) use dispatch;
