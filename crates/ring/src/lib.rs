//! Arithmetic in `Z_Q[X]/(X^N + 1)`, where `Q` is a product of primes below 2^30.
//!
//! A polynomial is held as residues, one `u32` word for each coefficient and prime ([`Poly`]). Its
//! type says whether it is in the coefficient or in the NTT domain. Every loop over coefficients is
//! a *kernel*, written once over an abstract vector of lanes and compiled for each instruction set
//! ([`Backend`]): scalar, AVX2, AVX-512 and WebAssembly simd128. All backends give bit-identical
//! results.
//!
//! | to | use |
//! |---|---|
//! | choose primes | [`ntt_primes_below`], [`is_prime`] |
//! | build a ring | [`Basis`] (several primes), [`SubRing`] (one prime), [`Modulus`] |
//! | add and multiply polynomials | [`Poly`] in the domain [`Coeff`] or [`Ntt`] |
//! | change the basis | [`BaseConverter`], [`MixedRadix`] |
//! | divide by P and round | [`ModDown`] |
//! | apply automorphisms | [`GaloisElement`], [`Permutation`] |
//! | sample | [`ternary`], [`centred_binomial`], [`uniform`] |
//! | write the inner loops of an evaluator | [`fused`] |
//!
//! Relies on the stream cipher ChaCha20 for sampling, and on nothing else. Not for encryption: this
//! crate has no notion of keys, scales or messages.
//!
//! # Example
//!
//! ```
//! use inkognito_ring::{Basis, Coeff, Poly, RingError, ntt_primes_below};
//!
//! let basis = Basis::new(8, &ntt_primes_below(28, 8, 2)?)?;
//! // (1 + X)^2 = 1 + 2 X + X^2
//! let mut coefficients = vec![0; 256];
//! coefficients[..2].fill(1);
//! let mut f = Poly::from_signed(&basis, &coefficients).into_ntt();
//! f.mul_assign(&f.clone());
//! assert_eq!(f.into_coeff().limb(0)[..4], [1, 2, 1, 0]);
//! # Ok::<(), RingError>(())
//! ```

mod aligned_vec;
mod backend;
mod base_conversion;
mod basis;
mod degree;
mod error;
pub mod fused;
mod galois;
mod kernel;
mod mixed_radix;
mod mod_down;
mod modulus;
mod permutation;
mod poly;
mod prime;
mod sample;
mod small_poly;
mod sub_ring;

pub use backend::Backend;
pub use base_conversion::BaseConverter;
pub use basis::Basis;
pub use error::RingError;
pub use galois::GaloisElement;
pub use mixed_radix::MixedRadix;
pub use mod_down::ModDown;
pub use modulus::Modulus;
pub use permutation::Permutation;
pub use poly::{Coeff, Domain, Ntt, Poly};
pub use prime::{is_prime, ntt_primes_below};
pub use sample::{ERROR_VARIANCE, Seed, Stream, centred_binomial, ternary, uniform, uniform_limb};
pub use small_poly::SmallPoly;
pub use sub_ring::SubRing;

/// Compiles and runs the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
