//! Division by P with rounding.
//!
//! The remainder modulo P, centred, is converted to each kept modulus and subtracted; then P is
//! inverted (Cheon, Han, Kim, Kim and Song, *A full RNS variant of approximate homomorphic
//! encryption*, 2018, algorithm 2, there with an approximate conversion).
//!
//! Relies on [`BaseConverter`]. Not for dropping moduli without a division: see
//! [`Poly::truncate`].

use std::ops::Range;

use crate::{
    base_conversion::BaseConverter,
    basis::Basis,
    kernel::{horner, pointwise},
    mixed_radix::MixedRadix,
    modulus::Shoup,
    poly::{Ntt, Poly},
};

/// Division by the product `P` of some moduli of a basis, rounded to the nearest integer.
///
/// It serves for CKKS rescaling (one modulus), for the last step of a key switch (the special
/// moduli), and for both in one step.
///
/// ```
/// use inkognito_ring::{Basis, ModDown, Poly, RingError, ntt_primes_below};
///
/// let basis = Basis::new(8, &ntt_primes_below(28, 8, 2)?)?;
/// let p = i64::from(basis.modulus(1).value());
/// // 3 p + 5, which rounds to 3
/// let x = Poly::from_signed(&basis, &[3 * p + 5; 256]).into_ntt();
/// let quotient = ModDown::new(&basis, 1..2).apply(x);
/// assert_eq!(quotient.into_coeff(), Poly::from_signed(&basis.prefix(1), &[3; 256]));
/// # Ok::<(), RingError>(())
/// ```
///
/// At least one modulus must be left:
///
/// ```should_panic
/// use inkognito_ring::{Basis, ModDown};
///
/// let basis = Basis::new(8, &[7681, 12289]).unwrap();
/// ModDown::new(&basis, 0..2);
/// ```
pub struct ModDown {
    basis: Basis,
    dropped: Range<usize>,
    kept: Basis,
    converter: BaseConverter,
    /// `P^-1` modulo each kept modulus.
    inverses: Vec<Shoup>,
}

impl ModDown {
    /// Computes the constants for a division by the moduli of `basis` at the indices `dropped`.
    ///
    /// # Panics
    /// If `dropped` is empty, contains all moduli, or is out of range.
    pub fn new(basis: &Basis, dropped: Range<usize>) -> Self {
        let kept = (0..basis.len()).filter(|i| !dropped.contains(i));
        let (kept, source) = (basis.select(kept), basis.select(dropped.clone()));
        let inverses = kept
            .moduli()
            .map(|m| m.shoup(m.inv(source.product_mod(m))))
            .collect();
        Self {
            converter: BaseConverter::new(&source, &kept),
            inverses,
            basis: basis.clone(),
            dropped,
            kept,
        }
    }

    /// Returns the indices of the moduli that are divided by.
    pub fn dropped(&self) -> Range<usize> {
        self.dropped.clone()
    }

    /// Returns the basis of the quotient.
    pub fn kept(&self) -> &Basis {
        &self.kept
    }

    /// Returns the index, in the whole basis, of kept modulus `t`.
    pub fn position(&self, t: usize) -> usize {
        if t < self.dropped.start {
            t
        } else {
            t + self.dropped.len()
        }
    }

    /// Returns the number of transforms of a division in the NTT domain: one inverse transform for
    /// each dropped modulus, one forward transform for each kept one.
    pub fn transforms(&self) -> usize {
        self.basis.len()
    }

    /// Returns the first step of the division: from residues modulo the dropped moduli, in the
    /// coefficient domain, to the digits that the other steps read.
    pub fn mixed_radix(&self) -> &MixedRadix {
        self.converter.mixed_radix()
    }

    /// Writes the residues modulo kept modulus `t` of `round(x / P)`, given the digits and the
    /// residues of x in the coefficient domain: all coefficients, or a chunk of them.
    ///
    /// # Panics
    /// If `t` is out of range, if there are more than nine dropped moduli, if `limb` and `out`
    /// differ in length, or unless `digits` holds, for each dropped modulus, as many words: a
    /// multiple of [`Backend::lanes`](crate::Backend::lanes).
    pub fn divide_coefficients(&self, t: usize, digits: &[u32], limb: &[u32], out: &mut [u32]) {
        let (backend, m) = (self.kept.backend(), self.kept.modulus(t));
        let remainder = self.converter.numbers(digits, t);
        horner::sub_horner(backend, m, out, limb, &remainder, self.inverses[t]);
    }

    /// Divides the residues modulo kept modulus `t` in place, in the NTT domain, for one forward
    /// transform. `scratch` is N words, overwritten.
    ///
    /// # Panics
    /// If `t` is out of range, if there are more than nine dropped moduli, if `limb` or `scratch`
    /// is not N words long, or unless `digits` holds N words for each dropped modulus.
    pub fn divide_values(&self, t: usize, digits: &[u32], limb: &mut [u32], scratch: &mut [u32]) {
        self.converter.evaluate_ntt(digits, t, scratch);
        let (backend, m) = (self.kept.backend(), self.kept.modulus(t));
        pointwise::sub_mul_constant_assign(backend, m, limb, scratch, self.inverses[t]);
    }

    /// Returns `round(poly / P)`: all steps for one polynomial.
    ///
    /// # Panics
    /// If `poly` is not over the basis given to [`ModDown::new`], or if there are more than nine
    /// dropped moduli.
    pub fn apply(&self, mut poly: Poly<Ntt>) -> Poly<Ntt> {
        assert!(
            poly.basis().same_as(&self.basis),
            "polynomial over another basis"
        );
        let n = self.basis.degree();
        for i in self.dropped() {
            self.basis.sub_ring(i).inverse(poly.limb_mut(i));
        }
        let mut digits = poly.residues()[self.dropped.start * n..self.dropped.end * n].to_vec();
        self.mixed_radix().digits_assign_contiguous(&mut digits);
        let mut quotient = poly.select((0..self.kept.len()).map(|t| self.position(t)));
        let mut scratch = vec![0; n];
        for (t, limb) in quotient.limbs_mut().enumerate() {
            self.divide_values(t, &digits, limb, &mut scratch);
        }
        quotient
    }
}
