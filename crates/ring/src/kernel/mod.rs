//! Every loop over coefficients, written once over [`Lanes`](crate::backend::Lanes) and dispatched
//! by backend.
//!
//! Ranges: between kernels residues are canonical, in `[0, q)`. Inside a kernel they are lazy, at
//! most in `[0, 4q)` with `4q < 2^32`; inside a transform of a smaller modulus, in `[0, 16q)`. The
//! input of the forward transform may be lazy too (`NttTables::input_bound`).
//!
//! Safety: each dispatched function checks the lengths of its slices once per call. Its inner loops
//! rely on that, and read and write without further checks.
//!
//! Not for use outside this crate. [`fused`](crate::fused) shows the kernels that read several
//! operands at once; all others are behind methods of [`SubRing`](crate::SubRing) and
//! [`Poly`](crate::Poly).

mod accumulator;
pub(crate) mod automorphism;
pub(crate) mod chacha;
pub(crate) mod horner;
pub(crate) mod interleaved;
pub(crate) mod ntt;
mod offsets;
pub(crate) mod pointwise;
pub(crate) mod products;
mod reduction;
