//! Mixed-radix digits of residues.
//!
//! Garner's algorithm finds, with one product for each pair of primes, digits that Horner's rule
//! then evaluates modulo any other prime. It is exact, with 32-bit words and without floating point
//! (Garner, *The residue number system*, 1959).
//!
//! Relies on [`Basis`]. Not for the evaluation itself: [`BaseConverter`](crate::BaseConverter) does
//! that.

use crate::{
    basis::Basis,
    kernel::pointwise,
    modulus::{Modulus, Shoup},
};

/// The constants that convert residues modulo `P = p_0 p_1 ...` to mixed-radix digits.
///
/// The digits are those of `x + floor(P/2)`, so that centred representatives, which may be
/// negative, have digits too.
///
/// ```
/// use inkognito_ring::{Basis, MixedRadix, RingError};
///
/// let basis = Basis::new(8, &[7681, 12289])?;
/// // the residues of 0: the digits are those of floor(P/2)
/// let mut residues = vec![0; 2 * 256];
/// MixedRadix::new(&basis).digits_assign_contiguous(&mut residues);
/// let half = 7681 * 12289 / 2;
/// assert_eq!((residues[0], residues[256]), (half % 7681, half / 7681));
/// # Ok::<(), RingError>(())
/// ```
///
/// Each prime has as many residues as the others:
///
/// ```should_panic
/// use inkognito_ring::{Basis, MixedRadix};
///
/// let basis = Basis::new(8, &[7681, 12289]).unwrap();
/// MixedRadix::new(&basis).digits_assign_contiguous(&mut [0; 256 + 255]);
/// ```
pub struct MixedRadix {
    basis: Basis,
    /// `floor(P/2)` modulo each `p_i`.
    half_p: Vec<u32>,
    /// `inverses[i][j] = p_j^-1 mod p_i`, `j < i`.
    inverses: Vec<Vec<Shoup>>,
}

/// Returns the number of residues modulo each prime in `data`, which holds the same number of
/// residues for all.
pub(crate) fn coefficients_per_limb(data: &[u32], basis: &Basis) -> usize {
    assert!(
        !data.is_empty() && data.len().is_multiple_of(basis.len()),
        "equally many residues modulo each prime"
    );
    data.len() / basis.len()
}

/// Returns `floor(P/2) mod m` for the product P of odd primes: `(P - 1) / 2`.
pub(crate) fn half_of_product(basis: &Basis, m: &Modulus) -> u32 {
    m.mul(m.sub(basis.product_mod(m), 1), m.inv(2))
}

impl MixedRadix {
    /// Computes the constants for residues over `basis`.
    pub fn new(basis: &Basis) -> Self {
        let inverses = |(i, m): (usize, &Modulus)| {
            let before = basis.moduli().take(i);
            before
                .map(|p| m.shoup(m.inv(p.value() % m.value())))
                .collect()
        };
        Self {
            // modulo p_i, P is 0, and floor(P/2) is (0 - 1) / 2
            half_p: basis.moduli().map(|m| half_of_product(basis, m)).collect(),
            inverses: basis.moduli().enumerate().map(inverses).collect(),
            basis: basis.clone(),
        }
    }

    /// Replaces residues in the coefficient domain by the digits `d_i < p_i` of
    /// `x + floor(P/2) mod P = d_0 + p_0 (d_1 + p_1 (d_2 + ...))`.
    ///
    /// There is one slice for each prime, with all coefficients or with the same chunk of them:
    /// each coefficient is converted by itself.
    ///
    /// # Panics
    /// Unless there is one slice for each prime, all of one length, which is a multiple of
    /// [`Backend::lanes`](crate::Backend::lanes).
    pub fn digits_assign(&self, residues: &mut [&mut [u32]]) {
        let backend = self.basis.backend();
        assert_eq!(
            residues.len(),
            self.basis.len(),
            "residues modulo each prime"
        );
        for (i, m) in self.basis.moduli().enumerate() {
            let (digits, rest) = residues.split_at_mut(i);
            let limb = &mut *rest[0];
            pointwise::add_constant_assign(backend, m, limb, self.half_p[i]);
            for (digit, &inverse) in digits.iter().zip(&self.inverses[i]) {
                pointwise::sub_mul_constant_assign(backend, m, limb, digit, inverse);
            }
        }
    }

    /// Replaces residues by digits, like [`MixedRadix::digits_assign`], in one slice that holds the
    /// residues of one prime after those of another.
    ///
    /// # Panics
    /// Unless there are residues, equally many for each prime, a multiple of
    /// [`Backend::lanes`](crate::Backend::lanes).
    pub fn digits_assign_contiguous(&self, residues: &mut [u32]) {
        let len = coefficients_per_limb(residues, &self.basis);
        let mut residues: Vec<_> = residues.chunks_exact_mut(len).collect();
        self.digits_assign(&mut residues);
    }
}
