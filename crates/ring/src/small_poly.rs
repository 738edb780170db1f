//! Polynomials with small signed coefficients: secrets and errors.
//!
//! Relies on nothing. Not for arithmetic: [`Poly::from_small`](crate::Poly::from_small) and
//! [`SubRing::small_residues`](crate::SubRing::small_residues) turn them into residues. Only
//! [`ternary`](crate::ternary) and [`centred_binomial`](crate::centred_binomial) make them.

use zeroize::{Zeroize, ZeroizeOnDrop};

/// N small signed coefficients; wiped when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct SmallPoly {
    coefficients: Vec<i8>,
}

impl SmallPoly {
    pub(crate) fn new(coefficients: Vec<i8>) -> Self {
        Self { coefficients }
    }

    /// Returns the coefficients, that of `X^0` first.
    pub fn coefficients(&self) -> &[i8] {
        &self.coefficients
    }
}
