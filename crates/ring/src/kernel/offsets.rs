//! Offsets of whole vectors in a slice: the loop of every kernel over coefficients.
//!
//! Relies on slices of whole vectors, and panics for others. Not for transforms, whose passes have
//! strides.

use crate::backend::Lanes;

/// Returns the offset of each group of `K` vectors in `len` words. Every one of them is followed by
/// `K` whole vectors: the unsafe code of the kernels relies on it.
///
/// # Panics
/// If `len` is not a multiple of `K LANES`.
#[inline(always)]
pub(super) fn vectors<L: Lanes, const K: usize>(len: usize) -> impl Iterator<Item = usize> {
    assert_eq!(len % (K * L::LANES), 0, "whole vectors");
    (0..len).step_by(K * L::LANES)
}
