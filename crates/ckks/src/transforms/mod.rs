//! Linear maps on encrypted vectors: from slots to slots, and from slots to coefficients.
//!
//! They rely on `evaluator/`. Not for maps that are not linear.

pub(crate) mod baby_giant;
mod blocked_sums;
pub(crate) mod coefficients;
mod giant_step;
pub(crate) mod linear;
mod offline_linear;
