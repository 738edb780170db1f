//! Linear maps on encrypted vectors: on slots, and onto coefficients.

pub(crate) mod coefficients;
pub(crate) mod linear;
