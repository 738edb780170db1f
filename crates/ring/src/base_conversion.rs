//! From one RNS basis to another, exactly.
//!
//! The mixed-radix digits of `x + floor(P/2)` are evaluated modulo each target prime by Horner's
//! rule, and `floor(P/2)` is subtracted again. The result is the *centred* representative itself.
//! For the two or three primes of a key-switching digit this costs no more than the approximate
//! conversion of Bajard et al. (*A full RNS variant of FV like somewhat homomorphic encryption
//! schemes*, 2016), and leaves no multiple of P behind.
//!
//! Relies on [`MixedRadix`]. Not for more than nine source primes.

use crate::{
    basis::Basis,
    kernel::horner::{self, Horner},
    mixed_radix::{MixedRadix, coefficients_per_limb, half_of_product},
    modulus::Shoup,
    poly::{Coeff, Poly},
};

/// Converts the centred representative modulo `P = p_0 p_1 ...` to other moduli.
///
/// ```
/// use inkognito_ring::{BaseConverter, Basis, Poly, RingError, ntt_primes_below};
///
/// let all = Basis::new(8, &ntt_primes_below(28, 8, 3)?)?;
/// let (source, target) = (all.prefix(2), all.select([2]));
/// let coefficients: Vec<i64> = (-128..128).collect();
/// let x = Poly::from_signed(&source, &coefficients);
/// let y = BaseConverter::new(&source, &target).convert(&x);
/// assert_eq!(y, Poly::from_signed(&target, &coefficients));
/// # Ok::<(), RingError>(())
/// ```
///
/// Bases that share a prime are refused:
///
/// ```should_panic
/// use inkognito_ring::{BaseConverter, Basis};
///
/// let basis = Basis::new(8, &[7681, 12289]).unwrap();
/// BaseConverter::new(&basis.prefix(1), &basis);
/// ```
pub struct BaseConverter {
    source: Basis,
    target: Basis,
    mixed_radix: MixedRadix,
    /// `floor(P/2)` modulo each target.
    half_p: Vec<u32>,
    /// `radices[t][i] = p_i mod q_t`.
    radices: Vec<Vec<Shoup>>,
}

impl BaseConverter {
    /// Computes the constants for a conversion from `source` to `target`.
    ///
    /// # Panics
    /// If the bases share a prime, or if their degrees differ.
    pub fn new(source: &Basis, target: &Basis) -> Self {
        assert!(
            source.moduli().all(|p| target.moduli().all(|q| p != q)),
            "bases that share a prime"
        );
        assert_eq!(source.degree(), target.degree(), "bases of one degree");
        Self {
            mixed_radix: MixedRadix::new(source),
            half_p: target
                .moduli()
                .map(|m| half_of_product(source, m))
                .collect(),
            radices: target
                .moduli()
                .map(|m| source.moduli().map(|p| m.shoup(p.value())).collect())
                .collect(),
            source: source.clone(),
            target: target.clone(),
        }
    }

    /// Returns the first step of the conversion: from residues modulo the source primes to the
    /// digits that [`BaseConverter::evaluate`] reads.
    pub fn mixed_radix(&self) -> &MixedRadix {
        &self.mixed_radix
    }

    /// Writes the residues modulo target prime `t` of the numbers with the given digits, in the
    /// coefficient domain: all coefficients, or a chunk of them.
    ///
    /// # Panics
    /// If `t` is out of range, if there are more than nine source primes, or unless `digits` holds,
    /// for each of them, as many words as `out`: a multiple of
    /// [`Backend::lanes`](crate::Backend::lanes).
    pub fn evaluate(&self, digits: &[u32], t: usize, out: &mut [u32]) {
        self.horner(digits, t, out, true);
    }

    /// Writes the residues modulo target prime `t` of the numbers with the given digits, in the NTT
    /// domain: [`BaseConverter::evaluate`] and one forward transform.
    ///
    /// # Panics
    /// If `t` is out of range, if there are more than nine source primes, if `out` is not N words
    /// long, or unless `digits` holds N words for each source prime.
    pub fn evaluate_ntt(&self, digits: &[u32], t: usize, out: &mut [u32]) {
        let (q, sub_ring) = (self.target.modulus(t).value(), self.target.sub_ring(t));
        // the transform has headroom for residues that are not quite reduced
        let bound = 3 + self.source.modulus(0).value().div_ceil(q);
        self.horner(digits, t, out, bound > sub_ring.input_bound());
        sub_ring.forward(out);
    }

    fn horner(&self, digits: &[u32], t: usize, out: &mut [u32], reduced: bool) {
        let (backend, m) = (self.target.backend(), self.target.modulus(t));
        horner::horner(backend, m, out, &self.numbers(digits, t), reduced);
    }

    /// Returns the numbers with the given digits, for evaluation modulo target prime `t`.
    pub(crate) fn numbers<'a>(&'a self, digits: &'a [u32], t: usize) -> Horner<'a> {
        Horner {
            digits: digits
                .chunks_exact(coefficients_per_limb(digits, &self.source))
                .collect(),
            radices: &self.radices[t],
            offset: self.half_p[t],
        }
    }

    /// Converts one polynomial.
    ///
    /// # Panics
    /// If `poly` is not over the source basis, or if that has more than nine primes.
    pub fn convert(&self, poly: &Poly<Coeff>) -> Poly<Coeff> {
        assert!(
            poly.basis().same_as(&self.source),
            "polynomial over another basis"
        );
        let mut digits = poly.residues().to_vec();
        self.mixed_radix.digits_assign_contiguous(&mut digits);
        let mut out = Poly::zero(&self.target);
        for t in 0..self.target.len() {
            self.evaluate(&digits, t, out.limb_mut(t));
        }
        out
    }
}
