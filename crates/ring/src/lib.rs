//! Arithmetic in `Z_Q[X]/(X^N + 1)` for `Q` a product of primes below 2^30.
//!
//! A polynomial is held as residues, one `u32` word each ([`Poly`]), in coefficient or NTT domain
//! (the type says which). Every loop over coefficients is a *kernel*, written once over an abstract
//! vector of lanes and compiled for each instruction set ([`Backend`]): scalar, AVX2, AVX-512 and
//! WebAssembly simd128. All backends give bit-identical results.
//!
//! Relies on: nothing but a stream cipher for sampling. Not for: encryption; this crate has no
//! notion of keys, scales or messages.

mod aligned_vec;
mod backend;
mod basis;
mod convert;
mod error;
mod galois;
mod kernel;
mod limb;
mod modulus;
mod poly;
mod prime;
mod sample;
mod sub_ring;

pub use aligned_vec::AlignedVec;
pub use backend::Backend;
pub use basis::Basis;
pub use convert::{BaseConverter, MixedRadix, ModDown};
pub use error::RingError;
pub use galois::{GaloisElement, Permutation};
pub use limb::{AutomorphismInnerProduct, DualInnerProduct, Interleaved, InterleavedOperands};
pub use modulus::{Modulus, Shoup};
pub use poly::{Coeff, Domain, Ntt, Poly};
pub use prime::{is_prime, ntt_primes_below};
pub use sample::{
    ERROR_VARIANCE, Seed, SmallPoly, Stream, centred_binomial, ternary, uniform, uniform_limb,
};
pub use sub_ring::SubRing;
