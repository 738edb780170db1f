//! Polynomials as residues, with their domain in the type.

use std::{fmt, marker::PhantomData};

use zeroize::Zeroize;

use crate::{Basis, Modulus, Permutation, Shoup, SmallPoly, kernel::pointwise};

/// Coefficient domain: residue `i` belongs to `X^i`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coeff {}
/// NTT domain: residue `i` is the value at the `i`-th root, in bit-reversed order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ntt {}

/// The two domains.
pub trait Domain: sealed::Sealed + fmt::Debug + Clone + Copy + Send + Sync + 'static {}
impl Domain for Coeff {}
impl Domain for Ntt {}
mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Coeff {}
    impl Sealed for super::Ntt {}
}

/// An element of `Z_Q[X]/(X^N + 1)`: one residue polynomial for each modulus of its [`Basis`],
/// every residue in `[0, q)`.
///
/// Operations on two polynomials panic when their bases differ: that is a mistake of the program,
/// never of its input.
#[derive(Clone)]
pub struct Poly<D: Domain> {
    basis: Basis,
    data: Vec<u32>,
    domain: PhantomData<D>,
}

impl<D: Domain> Poly<D> {
    /// The zero polynomial.
    pub fn zero(basis: &Basis) -> Self {
        let data = vec![0; basis.len() * basis.degree()];
        Self {
            basis: basis.clone(),
            data,
            domain: PhantomData,
        }
    }

    /// Takes residues as they are, modulus after modulus; `None` if the number of words or any
    /// residue does not fit the basis.
    pub fn from_residues(basis: &Basis, data: Vec<u32>) -> Option<Self> {
        let n = basis.degree();
        let fits = data.len() == n * basis.len()
            && data.chunks_exact(n).zip(basis.moduli()).all(|(limb, m)| {
                // branch-free: the maximum is one instruction a vector
                limb.iter().fold(0, |max, &x| max.max(x)) < m.value()
            });
        fits.then(|| Self {
            basis: basis.clone(),
            data,
            domain: PhantomData,
        })
    }

    /// The ring that this polynomial lives in.
    pub fn basis(&self) -> &Basis {
        &self.basis
    }

    /// All residues, modulus after modulus.
    pub fn residues(&self) -> &[u32] {
        &self.data
    }

    /// The residues of the `i`-th modulus.
    ///
    /// # Panics
    /// If `i` is out of range.
    pub fn limb(&self, i: usize) -> &[u32] {
        let n = self.basis.degree();
        &self.data[i * n..(i + 1) * n]
    }

    /// The residues of the `i`-th modulus; the caller keeps them below it.
    ///
    /// # Panics
    /// If `i` is out of range.
    pub fn limb_mut(&mut self, i: usize) -> &mut [u32] {
        let n = self.basis.degree();
        &mut self.data[i * n..(i + 1) * n]
    }

    /// The residues of each modulus in turn; the caller keeps them below it.
    pub fn limbs_mut(&mut self) -> impl Iterator<Item = &mut [u32]> {
        self.data.chunks_exact_mut(self.basis.degree())
    }

    /// Index, modulus and residues of each modulus.
    fn limbs_with_moduli_mut(&mut self) -> impl Iterator<Item = (usize, &Modulus, &mut [u32])> {
        let n = self.basis.degree();
        let moduli = self.basis.moduli();
        self.data
            .chunks_exact_mut(n)
            .zip(moduli)
            .enumerate()
            .map(|(i, (d, m))| (i, m, d))
    }

    fn expect_same_basis(&self, other: &Self) {
        assert!(
            self.basis.same_as(&other.basis),
            "polynomials over different bases"
        );
    }

    /// `self += other`.
    ///
    /// # Panics
    /// If the bases differ.
    pub fn add_assign(&mut self, other: &Self) {
        self.expect_same_basis(other);
        let backend = self.basis.backend();
        for (i, m, limb) in self.limbs_with_moduli_mut() {
            pointwise::add_assign(backend, m, limb, other.limb(i));
        }
    }

    /// `self -= other`.
    ///
    /// # Panics
    /// If the bases differ.
    pub fn sub_assign(&mut self, other: &Self) {
        self.expect_same_basis(other);
        let backend = self.basis.backend();
        for (i, m, limb) in self.limbs_with_moduli_mut() {
            pointwise::sub_assign(backend, m, limb, other.limb(i));
        }
    }

    /// `self = -self`.
    pub fn neg_assign(&mut self) {
        let backend = self.basis.backend();
        for (_, m, limb) in self.limbs_with_moduli_mut() {
            pointwise::neg_assign(backend, m, limb);
        }
    }

    /// Multiplies by an integer given by its residue modulo each prime.
    ///
    /// # Panics
    /// If there are fewer residues than moduli.
    pub fn mul_residues_assign(&mut self, residues: &[u32]) {
        let backend = self.basis.backend();
        for (i, m, limb) in self.limbs_with_moduli_mut() {
            let w: Shoup = m.shoup(residues[i]);
            pointwise::mul_constant_assign(backend, m, limb, w);
        }
    }

    /// The residues of the moduli at `indices` alone: an element of `basis().select(indices)`.
    ///
    /// # Panics
    /// If an index is out of range.
    pub fn select(&self, indices: impl IntoIterator<Item = usize> + Clone) -> Self {
        let basis = self.basis.select(indices.clone());
        let mut data = Vec::with_capacity(basis.len() * basis.degree());
        for i in indices {
            data.extend_from_slice(self.limb(i));
        }
        Self {
            basis,
            data,
            domain: PhantomData,
        }
    }

    /// Forgets all but the first `len` moduli.
    ///
    /// # Panics
    /// If `len` is zero or exceeds the number of moduli.
    pub fn truncate(&mut self, len: usize) {
        if len < self.basis.len() {
            self.basis = self.basis.prefix(len);
            self.data.truncate(len * self.basis.degree());
        }
    }

    fn into_domain<E: Domain>(self) -> Poly<E> {
        Poly {
            basis: self.basis,
            data: self.data,
            domain: PhantomData,
        }
    }
}

impl Poly<Coeff> {
    /// Residues of small signed coefficients, without a branch on their values.
    ///
    /// # Panics
    /// If the number of coefficients is not N.
    pub fn from_small(basis: &Basis, small: &SmallPoly) -> Self {
        let mut poly = Self::zero(basis);
        for (i, limb) in poly.limbs_mut().enumerate() {
            basis.sub_ring(i).small_residues(small, limb);
        }
        poly
    }

    /// Residues of signed coefficients.
    ///
    /// # Panics
    /// If the number of coefficients is not N.
    pub fn from_signed(basis: &Basis, coefficients: &[i64]) -> Self {
        assert_eq!(
            coefficients.len(),
            basis.degree(),
            "coefficients and degree"
        );
        // 2^63 more than each, in two words
        let words = |shift: u32| {
            let moved = coefficients.iter().map(|&v| v.cast_unsigned() ^ 1 << 63);
            moved.map(move |v| (v >> shift) as u32).collect::<Vec<_>>()
        };
        let (low, high) = (words(0), words(u32::BITS));
        let mut poly = Self::zero(basis);
        for (_, m, limb) in poly.limbs_with_moduli_mut() {
            let more = ((1u64 << 63) % u64::from(m.value())) as u32;
            pointwise::reduce_words(basis.backend(), m, limb, &low, &high, more);
        }
        poly
    }

    /// To the NTT domain, in place: one transform a modulus.
    pub fn into_ntt(mut self) -> Poly<Ntt> {
        let basis = self.basis.clone();
        for (i, _, limb) in self.limbs_with_moduli_mut() {
            basis.sub_ring(i).forward(limb);
        }
        self.into_domain()
    }
}

impl Poly<Ntt> {
    /// To the coefficient domain, in place: one transform a modulus.
    pub fn into_coeff(mut self) -> Poly<Coeff> {
        let basis = self.basis.clone();
        for (i, _, limb) in self.limbs_with_moduli_mut() {
            basis.sub_ring(i).inverse(limb);
        }
        self.into_domain()
    }

    /// `self *= other`.
    ///
    /// # Panics
    /// If the bases differ.
    pub fn mul_assign(&mut self, other: &Self) {
        self.expect_same_basis(other);
        let backend = self.basis.backend();
        for (i, m, limb) in self.limbs_with_moduli_mut() {
            pointwise::mul_assign(backend, m, limb, other.limb(i));
        }
    }

    /// The image under an automorphism.
    pub fn permuted(&self, permutation: &Permutation) -> Self {
        let mut out = Self::zero(&self.basis);
        for (i, _, limb) in out.limbs_with_moduli_mut() {
            permutation.apply(self.limb(i), limb);
        }
        out
    }
}

impl<D: Domain> PartialEq for Poly<D> {
    /// Not constant time: for tests and public values.
    fn eq(&self, other: &Self) -> bool {
        self.basis.same_as(&other.basis) && self.data == other.data
    }
}

impl<D: Domain> Zeroize for Poly<D> {
    fn zeroize(&mut self) {
        self.data.zeroize();
    }
}

impl<D: Domain> fmt::Debug for Poly<D> {
    /// Shape only: a polynomial may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Poly<{}>({:?})", std::any::type_name::<D>(), self.basis)
    }
}
