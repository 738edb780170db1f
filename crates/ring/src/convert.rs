//! From one RNS basis to another, exactly, and division with rounding.
//!
//! Garner's mixed-radix digits give the *centred* representative exactly, with 32-bit words and no
//! floating point: the digits of `x + floor(P/2)` are found with one product for each pair of
//! primes, Horner's rule evaluates them modulo each target, and `floor(P/2)` is taken off again.
//! For the two or three primes used here that costs no more than the inexact conversion of
//! Bajard et al. (2016) and leaves no multiple of P behind.

use std::ops::Range;

use crate::{
    Basis, Coeff, Modulus, Ntt, Poly, Shoup,
    kernel::pointwise::{self, Horner},
};

/// The mixed-radix digits of residues modulo `P = p_0 p_1 ...`, moved up by `floor(P/2)` so that
/// centred representatives have digits too.
pub struct MixedRadix {
    basis: Basis,
    /// `floor(P/2)` modulo each `p_i`.
    half: Vec<u32>,
    /// `inverses[i][j] = p_j^-1 mod p_i`, `j < i`.
    inverses: Vec<Vec<Shoup>>,
}

/// Number of coefficients that there are residues of.
fn coefficients_per_limb(data: &[u32], basis: &Basis) -> usize {
    assert!(
        !data.is_empty() && data.len().is_multiple_of(basis.len()),
        "equally many residues modulo each prime"
    );
    data.len() / basis.len()
}

/// `floor(P/2) mod m` for the product of odd primes `P`: `(P - 1) / 2`.
fn half_of_product(basis: &Basis, m: &Modulus) -> u32 {
    m.mul(m.sub(basis.product_mod(m), 1), m.inv(2))
}

impl MixedRadix {
    /// Constants for residues over `basis`.
    pub fn new(basis: &Basis) -> Self {
        let inverses = |(i, m): (usize, &Modulus)| {
            let before = basis.moduli().take(i);
            before
                .map(|p| m.shoup(m.inv(p.value() % m.value())))
                .collect()
        };
        Self {
            // modulo p_i itself P is 0, and (0 - 1) / 2 is what floor(P/2) is there too
            half: basis.moduli().map(|m| half_of_product(basis, m)).collect(),
            inverses: basis.moduli().enumerate().map(inverses).collect(),
            basis: basis.clone(),
        }
    }

    /// Turns coefficient-domain residues, in place, into the digits `d_i < p_i` of
    /// `x + floor(P/2) mod P = d_0 + p_0 (d_1 + p_1 (d_2 + ...))`: all coefficients, or a stretch of them, since each
    /// is converted by itself.
    ///
    /// # Panics
    /// Unless there are residues modulo each prime, equally many.
    pub fn digits(&self, residues: &mut [&mut [u32]]) {
        let backend = self.basis.backend();
        assert_eq!(residues.len(), self.basis.len());
        for (i, m) in self.basis.moduli().enumerate() {
            let (digits, rest) = residues.split_at_mut(i);
            let limb = &mut *rest[0];
            pointwise::add_constant_assign(backend, m, limb, self.half[i]);
            for (digit, &inverse) in digits.iter().zip(&self.inverses[i]) {
                pointwise::sub_mul_constant_assign(backend, m, limb, digit, inverse);
            }
        }
    }

    /// As [`MixedRadix::digits`], of residues that lie one modulus after the other.
    ///
    /// # Panics
    /// As there.
    pub fn digits_of(&self, residues: &mut [u32]) {
        let len = coefficients_per_limb(residues, &self.basis);
        let mut residues: Vec<_> = residues.chunks_exact_mut(len).collect();
        self.digits(&mut residues);
    }
}

/// Converts the centred representative modulo `P = p_0 p_1 ...` to other moduli.
pub struct BaseConverter {
    from: Basis,
    to: Basis,
    radix: MixedRadix,
    /// `floor(P/2)` modulo each target.
    half: Vec<u32>,
    /// `radices[t][i] = p_i mod q_t`.
    radices: Vec<Vec<Shoup>>,
}

impl BaseConverter {
    /// Constants for `from` to `to`. The bases may share no prime.
    ///
    /// # Panics
    /// If they share a prime.
    pub fn new(from: &Basis, to: &Basis) -> Self {
        assert!(
            from.moduli().all(|p| to.moduli().all(|q| p != q)),
            "bases that share a prime"
        );
        Self {
            radix: MixedRadix::new(from),
            half: to.moduli().map(|m| half_of_product(from, m)).collect(),
            radices: to
                .moduli()
                .map(|m| from.moduli().map(|p| m.shoup(p.value())).collect())
                .collect(),
            from: from.clone(),
            to: to.clone(),
        }
    }

    /// What turns residues modulo the source primes into the digits that [`BaseConverter::evaluate`] reads.
    pub fn radix(&self) -> &MixedRadix {
        &self.radix
    }

    /// The residues modulo target prime `t` of the number whose digits are given.
    ///
    /// # Panics
    /// If a length is wrong or `t` out of range.
    pub fn evaluate(&self, digits: &[u32], t: usize, out: &mut [u32]) {
        self.horner(digits, t, out, true);
    }

    /// As [`BaseConverter::evaluate`], in the NTT domain.
    ///
    /// # Panics
    /// As there.
    pub fn evaluate_ntt(&self, digits: &[u32], t: usize, out: &mut [u32]) {
        let (q, table) = (self.to.modulus(t).value(), self.to.sub_ring(t));
        // the transform has room for residues that are not quite reduced
        let bound = 3 + self.from.modulus(0).value().div_ceil(q);
        self.horner(digits, t, out, bound > table.input_bound());
        table.forward(out);
    }

    fn horner(&self, digits: &[u32], t: usize, out: &mut [u32], reduced: bool) {
        let (backend, m) = (self.to.backend(), self.to.modulus(t));
        pointwise::horner(backend, m, out, &self.numbers(digits, t), reduced);
    }

    fn numbers<'a>(&'a self, digits: &'a [u32], t: usize) -> Horner<'a> {
        Horner {
            digits: digits
                .chunks_exact(coefficients_per_limb(digits, &self.from))
                .collect(),
            radices: &self.radices[t],
            offset: self.half[t],
        }
    }

    /// The whole conversion of one polynomial.
    ///
    /// # Panics
    /// If `poly` is not over the source basis.
    pub fn convert(&self, poly: &Poly<Coeff>) -> Poly<Coeff> {
        assert!(
            poly.basis().same_as(&self.from),
            "polynomial over another basis"
        );
        let mut digits = poly.residues().to_vec();
        self.radix.digits_of(&mut digits);
        let mut out = Poly::zero(&self.to);
        for t in 0..self.to.len() {
            self.evaluate(&digits, t, out.limb_mut(t));
        }
        out
    }
}

/// Division by the product `P` of some moduli of a basis, rounded to the nearest integer: CKKS
/// rescaling (one modulus), the last step of key switching (the special moduli), or both at once.
pub struct ModDown {
    basis: Basis,
    dropped: Range<usize>,
    kept: Basis,
    converter: BaseConverter,
    /// `P^-1` modulo each modulus that stays.
    inverses: Vec<Shoup>,
}

impl ModDown {
    /// Constants for dividing by the moduli of `basis` that `dropped` counts.
    ///
    /// # Panics
    /// If that is none or all of them.
    pub fn new(basis: &Basis, dropped: Range<usize>) -> Self {
        let stays = (0..basis.len()).filter(|i| !dropped.contains(i));
        let (kept, from) = (basis.select(stays), basis.select(dropped.clone()));
        let inverses = kept
            .moduli()
            .map(|m| m.shoup(m.inv(from.product_mod(m))))
            .collect();
        Self {
            converter: BaseConverter::new(&from, &kept),
            inverses,
            basis: basis.clone(),
            dropped,
            kept,
        }
    }

    /// The moduli that are divided by.
    pub fn dropped(&self) -> Range<usize> {
        self.dropped.clone()
    }

    /// The ring of the quotient.
    pub fn kept(&self) -> &Basis {
        &self.kept
    }

    /// Where the modulus that is number `t` of those kept stands in the whole basis.
    pub fn position(&self, t: usize) -> usize {
        if t < self.dropped.start {
            t
        } else {
            t + self.dropped.len()
        }
    }

    /// Number of transforms that a division in the NTT domain takes: one inverse transform a
    /// dropped modulus, one forward transform a kept one.
    pub fn transforms(&self) -> usize {
        self.basis.len()
    }

    /// What turns residues modulo the dropped moduli, coefficient domain, into the digits that the other two
    /// functions read.
    pub fn radix(&self) -> &MixedRadix {
        self.converter.radix()
    }

    /// Residues modulo kept modulus `t` of `round(x / P)`, given those of x, coefficient domain: all of them, or a
    /// stretch.
    ///
    /// # Panics
    /// If lengths differ or `t` is out of range.
    pub fn divide_coefficients(&self, t: usize, digits: &[u32], limb: &[u32], out: &mut [u32]) {
        let (backend, m) = (self.kept.backend(), self.kept.modulus(t));
        let remainder = self.converter.numbers(digits, t);
        pointwise::sub_horner(backend, m, out, limb, &remainder, self.inverses[t]);
    }

    /// As [`ModDown::divide_coefficients`], but of residues in the NTT domain and in place, at the cost of
    /// one forward transform. `spare` is N words, overwritten.
    ///
    /// # Panics
    /// As there.
    pub fn divide_values(&self, t: usize, digits: &[u32], limb: &mut [u32], spare: &mut [u32]) {
        self.converter.evaluate_ntt(digits, t, spare);
        let (backend, m) = (self.kept.backend(), self.kept.modulus(t));
        pointwise::sub_mul_constant_assign(backend, m, limb, spare, self.inverses[t]);
    }

    /// `round(poly / P)`, all of the above for one polynomial.
    ///
    /// # Panics
    /// If `poly` is not over the basis given to [`ModDown::new`].
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
        self.radix().digits_of(&mut digits);
        let mut quotient = poly.select((0..self.kept.len()).map(|t| self.position(t)));
        let mut spare = vec![0; n];
        for (t, limb) in quotient.limbs_mut().enumerate() {
            self.divide_values(t, &digits, limb, &mut spare);
        }
        quotient
    }
}
