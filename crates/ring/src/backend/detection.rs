//! Detection: the only source of a [`Backend`].
//!
//! A `Backend` is a capability. Whoever holds one knows that this CPU has its instruction set, so
//! that running a kernel on it is sound. This file is all that could break the rule, since the
//! field of `Backend` is private to it.
//!
//! Relies on the detection of the standard library. Not for measurements: the order of the sets is
//! fixed.

use std::fmt;

/// An instruction set that this machine has, and that the kernels are compiled for.
///
/// Only detection makes one ([`Backend::fastest`], [`Backend::available`]). A `Backend` is
/// therefore the proof that its instructions may be used. All backends give bit-identical results.
///
/// The number of backends depends on the target: scalar, AVX2 and AVX-512F on x86-64, simd128 alone
/// in a WebAssembly module built for it, scalar alone elsewhere.
///
/// ```
/// use inkognito_ring::Backend;
///
/// // slowest first
/// let names: Vec<_> = Backend::available().into_iter().map(Backend::name).collect();
/// assert!(names[0] == "scalar" || names == ["simd128"]);
/// assert_eq!(names.last(), Some(&Backend::fastest().name()));
/// ```
///
/// No other code can name an instruction set:
///
/// ```compile_fail
/// use inkognito_ring::Backend;
///
/// let backend = Backend::Avx512;
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Backend(InstructionSet);

/// The instruction sets of the target. Naming one here proves nothing about the CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum InstructionSet {
    /// One lane of plain Rust: the reference for all others.
    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    Scalar,
    /// Eight lanes (x86-64).
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// Sixteen lanes (x86-64, AVX-512F).
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// Four lanes (WebAssembly; chosen when the module is built).
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    Simd128,
}

impl Backend {
    /// Returns every backend of this machine, slowest first.
    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    pub fn available() -> Vec<Self> {
        #[allow(
            unused_mut,
            reason = "nothing to add on an architecture without a SIMD backend"
        )]
        let mut all = vec![Self(InstructionSet::Scalar)];
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx2") {
                all.push(Self(InstructionSet::Avx2));
            }
            if std::arch::is_x86_feature_detected!("avx512f") {
                all.push(Self(InstructionSet::Avx512));
            }
        }
        all
    }

    /// Returns every backend of this module.
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    pub fn available() -> Vec<Self> {
        vec![Self(InstructionSet::Simd128)]
    }

    /// Returns the fastest backend of this machine.
    pub fn fastest() -> Self {
        let all = Self::available();
        // never empty
        all[all.len() - 1]
    }

    /// Returns the backend's name: `"scalar"`, `"avx2"`, `"avx512"` or `"simd128"`.
    pub const fn name(self) -> &'static str {
        match self.0 {
            #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
            InstructionSet::Scalar => "scalar",
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx512 => "avx512",
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            InstructionSet::Simd128 => "simd128",
        }
    }

    /// Returns the instruction set, which this CPU has.
    pub(crate) const fn instruction_set(self) -> InstructionSet {
        self.0
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Backend {
    /// Writes [`Backend::name`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
