//! Polynomials with small signed coefficients: secrets and errors.
//!
//! Relies on nothing. Not for arithmetic: [`Poly::from_small`](crate::Poly::from_small) and
//! [`SubRing::small_residues`](crate::SubRing::small_residues) convert them to residues. Only
//! [`ternary`](crate::ternary) and [`centred_binomial`](crate::centred_binomial) make them.

use zeroize::{Zeroize, ZeroizeOnDrop};

/// N small signed coefficients; wiped when dropped.
///
/// ```
/// use inkognito_ring::{Basis, Poly, RingError, Stream, centred_binomial};
///
/// let basis = Basis::new(8, &[7681, 12289])?;
/// let error = centred_binomial(256, &mut Stream::new(&[7; 32], 0));
/// let poly = Poly::from_small(&basis, &error);
/// assert_eq!(basis.modulus(1).centre(poly.limb(1)[0]), i32::from(error.coefficients()[0]));
/// # Ok::<(), RingError>(())
/// ```
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
