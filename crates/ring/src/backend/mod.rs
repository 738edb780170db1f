//! Instruction sets: what a kernel may ask of a vector of `u32` lanes, and the choice at run time.
//!
//! A kernel is generic over [`Lanes`] and `#[inline(always)]`; `dispatch!` instantiates it once for
//! each backend inside a function compiled for that instruction set, so that the abstract
//! operations become single instructions. Adding an instruction set is one file here.

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
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(crate) use scalar::Scalar;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) use simd128::Simd128;

/// An instruction set that the kernels are compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Backend {
    /// One lane, plain Rust: the reference for all others, and there wherever they are not compiled in
    /// for good.
    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    Scalar,
    /// Eight lanes (x86-64).
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// Sixteen lanes (x86-64, AVX-512F).
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// Four lanes (WebAssembly; decided when the module is built).
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    Simd128,
}

impl Backend {
    /// Every backend that this machine can run, slowest first.
    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    pub fn available() -> Vec<Self> {
        #[allow(
            unused_mut,
            reason = "nothing to add on an architecture without a SIMD backend"
        )]
        let mut all = vec![Self::Scalar];
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx2") {
                all.push(Self::Avx2);
            }
            if std::arch::is_x86_feature_detected!("avx512f") {
                all.push(Self::Avx512);
            }
        }
        all
    }

    /// Every backend that this module can run.
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    pub fn available() -> Vec<Self> {
        vec![Self::Simd128]
    }

    /// The fastest backend that this machine can run.
    pub fn fastest() -> Self {
        let all = Self::available();
        // there is always one
        all[all.len() - 1]
    }

    /// Number of `u32` lanes in a vector.
    pub const fn lanes(self) -> usize {
        match self {
            #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
            Self::Scalar => Scalar::LANES,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => Avx2::LANES,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => Avx512::LANES,
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            Self::Simd128 => Simd128::LANES,
        }
    }
}

/// Asks for the 32 words from `p` on, which need not exist, to be brought near, where that can be asked: into
/// the second cache, since the first is full of what is used again, and waits for few lines at a time.
#[inline(always)]
pub(crate) fn prefetch_run(p: *const u32) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // SAFETY: a hint, of no consequence for any address; part of every x86-64.
        unsafe {
            _mm_prefetch::<_MM_HINT_T1>(p.cast());
            _mm_prefetch::<_MM_HINT_T1>(p.wrapping_add(16).cast());
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = p;
}

/// How [`Lanes::shuffle`] is told to take lane `i mod LANES`.
pub(crate) fn shuffle_index(i: u32) -> u32 {
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    {
        // the bytes 4i .. 4i + 3
        0x0302_0100 + 0x0404_0404 * (i % Simd128::LANES as u32)
    }
    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    i
}

/// The largest [`Lanes::LANES`].
pub(crate) const MAX_LANES: usize = 16;

/// A vector of `LANES` `u32` words. All arithmetic wraps.
///
/// # Safety
/// Every method may use instructions of the backend's instruction set: call them only in code that
/// runs on a CPU that has it. `load` and `store` read and write `LANES` words at any
/// alignment, `load_duplicated` reads half as many.
#[allow(
    clippy::missing_safety_doc,
    reason = "one contract for all methods, stated on the trait"
)]
pub(crate) trait Lanes {
    /// Number of lanes, a power of two.
    const LANES: usize;
    /// The vector.
    type V: Copy;
    /// `LANES` sums of 64 bits, in whatever order the instruction set likes.
    type Wide: Copy;

    unsafe fn load(p: *const u32) -> Self::V;
    /// Half as many words (one, where there is one lane), each in two lanes.
    unsafe fn load_duplicated(p: *const u32) -> Self::V;
    unsafe fn store(p: *mut u32, v: Self::V);
    unsafe fn splat(x: u32) -> Self::V;
    /// `v`, to be multiplied by at once. In WebAssembly it is read from memory at every use: LLVM
    /// would widen an operand that a loop does not change to 64 bits before the loop, and leave a
    /// 64-bit product within, which costs engines ten instructions instead of one.
    #[inline(always)]
    unsafe fn reread(v: &Self::V) -> Self::V {
        *v
    }
    /// `v`, to be multiplied by at once, where it was shuffled before; `zero` is 0, but from
    /// [`Lanes::reread`]. For the same reason: LLVM would see through the shuffles, and no longer take
    /// both halves of one vector.
    #[inline(always)]
    unsafe fn whole(v: Self::V, _zero: Self::V) -> Self::V {
        v
    }
    unsafe fn add(a: Self::V, b: Self::V) -> Self::V;
    unsafe fn sub(a: Self::V, b: Self::V) -> Self::V;
    /// Lanewise unsigned minimum.
    unsafe fn min(a: Self::V, b: Self::V) -> Self::V;
    /// Lanewise unsigned maximum.
    unsafe fn max(a: Self::V, b: Self::V) -> Self::V;
    unsafe fn and(a: Self::V, b: Self::V) -> Self::V;
    unsafe fn xor(a: Self::V, b: Self::V) -> Self::V;
    /// Each lane rotated by `LEFT` bits; `RIGHT` is `32 - LEFT`.
    unsafe fn rotate_left<const LEFT: i32, const RIGHT: i32>(v: Self::V) -> Self::V;
    /// Low 32 bits of the products.
    unsafe fn mul_lo(a: Self::V, b: Self::V) -> Self::V;
    /// High 32 bits of the products.
    unsafe fn mul_hi(a: Self::V, b: Self::V) -> Self::V;
    /// Lane i of the result is the lane of `v` that `indices[i]` stands for ([`shuffle_index`]).
    unsafe fn shuffle(v: Self::V, indices: Self::V) -> Self::V;
    /// Transposes the `LANES x LANES` matrix of words in `rows[..LANES]`.
    unsafe fn transpose(rows: &mut [Self::V; MAX_LANES]);
    unsafe fn wide_zero() -> Self::Wide;
    /// `acc + a b` in 64 bits.
    unsafe fn wide_mul_add(acc: Self::Wide, a: Self::V, b: Self::V) -> Self::Wide;
    /// Low and high words of the sums, in lane order.
    unsafe fn wide_split(acc: Self::Wide) -> (Self::V, Self::V);
    /// Montgomery's reduction without its last step: `(acc - m q) / 2^32` for the `m < 2^32` that
    /// makes it an integer, a number between -q and q for sums below `2^32 q`; `inverse` is
    /// `q^-1 mod 2^32`.
    #[inline(always)]
    unsafe fn wide_montgomery(acc: Self::Wide, inverse: Self::V, q: &Self::V) -> Self::V {
        // SAFETY: the caller's.
        unsafe {
            let (low, high) = Self::wide_split(acc);
            // the low words of the two are the same
            Self::sub(
                high,
                Self::mul_hi(Self::mul_lo(low, inverse), Self::reread(q)),
            )
        }
    }
}

/// Defines, for each kernel, a function that runs it on the backend given first.
macro_rules! dispatch {
    ($($(#[$doc:meta])* fn $name:ident($($arg:ident: $ty:ty),* $(,)?);)*) => {$(
        $(#[$doc])*
        // a kernel once, wherever it is called from
        #[inline(never)]
        pub(crate) fn $name(backend: $crate::Backend, $($arg: $ty),*) {
            match backend {
                #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
                // SAFETY: the scalar lanes are plain Rust.
                $crate::Backend::Scalar => unsafe { generic::$name::<$crate::backend::Scalar>($($arg),*) },
                #[cfg(target_arch = "x86_64")]
                $crate::Backend::Avx2 => {
                    #[target_feature(enable = "avx2")]
                    unsafe fn run($($arg: $ty),*) {
                        // SAFETY: this function is compiled for, and called on, a CPU with AVX2.
                        unsafe { generic::$name::<$crate::backend::Avx2>($($arg),*) }
                    }
                    // SAFETY: `SubRing` and `Basis` are only built on a backend the CPU has.
                    unsafe { run($($arg),*) }
                }
                #[cfg(target_arch = "x86_64")]
                $crate::Backend::Avx512 => {
                    #[target_feature(enable = "avx512f")]
                    unsafe fn run($($arg: $ty),*) {
                        // SAFETY: this function is compiled for, and called on, a CPU with AVX-512F.
                        unsafe { generic::$name::<$crate::backend::Avx512>($($arg),*) }
                    }
                    // SAFETY: `SubRing` and `Basis` are only built on a backend the CPU has.
                    unsafe { run($($arg),*) }
                }
                #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
                // SAFETY: the whole module is compiled for simd128.
                $crate::Backend::Simd128 => unsafe { generic::$name::<$crate::backend::Simd128>($($arg),*) },
            }
        }
    )*};
}
pub(crate) use dispatch;
