//! Polynomials over several primes, with their domain in the type.
//!
//! Relies on [`Basis`] for moduli and transforms. Not for code that works limb by limb for the sake
//! of the cache: see [`SubRing`](crate::SubRing) and [`fused`](crate::fused).

use std::{fmt, marker::PhantomData};

use zeroize::Zeroize;

use crate::{
    basis::Basis, kernel::pointwise, modulus::Modulus, permutation::Permutation,
    small_poly::SmallPoly,
};

/// The coefficient domain: residue `i` belongs to `X^i`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coeff {}
/// The NTT domain: residue `i` is the value at `psi^(2 bitrev(i) + 1)`, for a primitive 2N-th root
/// of unity `psi`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ntt {}

/// The domain of a polynomial: [`Coeff`] or [`Ntt`].
pub trait Domain: sealed::Sealed + fmt::Debug + Clone + Copy + Send + Sync + 'static {}
impl Domain for Coeff {}
impl Domain for Ntt {}
mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Coeff {}
    impl Sealed for super::Ntt {}
}

/// An element of `Z_Q[X]/(X^N + 1)`: one residue polynomial (*limb*) for each modulus of its
/// [`Basis`], every residue in `[0, q)`.
///
/// Operations on two polynomials panic when their bases differ: that is a mistake of the program,
/// never of its input.
///
/// ```
/// use inkognito_ring::{Basis, Coeff, Poly, RingError, ntt_primes_below};
///
/// let basis = Basis::new(8, &ntt_primes_below(28, 8, 2)?)?;
/// let x = Poly::from_signed(&basis, &[-1; 256]);
/// assert_eq!(x.limb(1)[0], basis.modulus(1).value() - 1);
///
/// // a residue that is not below its modulus is refused, and so is a wrong number of them
/// let mut residues = x.residues().to_vec();
/// residues[0] += 1;
/// assert!(Poly::<Coeff>::from_residues(&basis, residues).is_none());
/// assert!(Poly::<Coeff>::from_residues(&basis, vec![0; 256]).is_none());
/// # Ok::<(), RingError>(())
/// ```
///
/// The domain is part of the type, and products exist in the NTT domain alone:
///
/// ```compile_fail
/// use inkognito_ring::{Basis, Poly};
///
/// # let basis = Basis::new(8, &[7681]).unwrap();
/// let mut x = Poly::from_signed(&basis, &[1; 256]);
/// x.mul_assign(&x.clone());
/// ```
#[derive(Clone)]
pub struct Poly<D: Domain> {
    basis: Basis,
    data: Vec<u32>,
    domain: PhantomData<D>,
}

impl<D: Domain> Poly<D> {
    /// Returns the zero polynomial.
    pub fn zero(basis: &Basis) -> Self {
        let data = vec![0; basis.len() * basis.degree()];
        Self {
            basis: basis.clone(),
            data,
            domain: PhantomData,
        }
    }

    /// Takes residues, modulus after modulus. Returns `None` if their number is not N for each
    /// modulus of the basis, or if a residue is not below its modulus.
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

    /// Returns the basis, which is the ring of the polynomial.
    pub fn basis(&self) -> &Basis {
        &self.basis
    }

    /// Returns all residues, modulus after modulus.
    pub fn residues(&self) -> &[u32] {
        &self.data
    }

    /// Returns the residues of modulus `i`.
    ///
    /// # Panics
    /// If `i` is out of range.
    pub fn limb(&self, i: usize) -> &[u32] {
        let n = self.basis.degree();
        &self.data[i * n..(i + 1) * n]
    }

    /// Returns the residues of modulus `i`. The caller keeps them below it.
    ///
    /// # Panics
    /// If `i` is out of range.
    pub fn limb_mut(&mut self, i: usize) -> &mut [u32] {
        let n = self.basis.degree();
        &mut self.data[i * n..(i + 1) * n]
    }

    /// Returns the residues of each modulus in turn. The caller keeps them below it.
    pub fn limbs_mut(&mut self) -> impl Iterator<Item = &mut [u32]> {
        self.data.chunks_exact_mut(self.basis.degree())
    }

    /// Returns index, modulus and residues of each modulus.
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

    /// Adds: `self += other`.
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

    /// Subtracts: `self -= other`.
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

    /// Negates: `self = -self`.
    pub fn neg_assign(&mut self) {
        let backend = self.basis.backend();
        for (_, m, limb) in self.limbs_with_moduli_mut() {
            pointwise::neg_assign(backend, m, limb);
        }
    }

    /// Multiplies by an integer, given by its residue modulo each prime.
    ///
    /// # Panics
    /// If there are fewer residues than moduli.
    pub fn mul_residues_assign(&mut self, residues: &[u32]) {
        let backend = self.basis.backend();
        for (i, m, limb) in self.limbs_with_moduli_mut() {
            pointwise::mul_constant_assign(backend, m, limb, m.shoup(residues[i]));
        }
    }

    /// Copies the residues of the moduli at `indices`: an element of `basis().select(indices)`.
    ///
    /// # Panics
    /// If an index is out of range, or if there is none.
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

    /// Drops all but the first `len` moduli, without a division. It does nothing if there are no
    /// more than `len`.
    ///
    /// # Panics
    /// If `len` is zero.
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
    /// Reduces small signed coefficients, without a branch on their values.
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

    /// Reduces signed coefficients.
    ///
    /// # Panics
    /// If the number of coefficients is not N.
    pub fn from_signed(basis: &Basis, coefficients: &[i64]) -> Self {
        assert_eq!(
            coefficients.len(),
            basis.degree(),
            "coefficients and degree"
        );
        // each plus 2^63, which is not negative, in two words
        let words = |shift: u32| {
            let biased = coefficients.iter().map(|&v| v.cast_unsigned() ^ 1 << 63);
            biased.map(move |v| (v >> shift) as u32).collect::<Vec<_>>()
        };
        let (low, high) = (words(0), words(u32::BITS));
        let mut poly = Self::zero(basis);
        for (_, m, limb) in poly.limbs_with_moduli_mut() {
            let bias = ((1u64 << 63) % u64::from(m.value())) as u32;
            pointwise::reduce_words(basis.backend(), m, limb, &low, &high, bias);
        }
        poly
    }

    /// Transforms to the NTT domain, in place: one transform for each modulus.
    pub fn into_ntt(mut self) -> Poly<Ntt> {
        let basis = self.basis.clone();
        for (i, _, limb) in self.limbs_with_moduli_mut() {
            basis.sub_ring(i).forward(limb);
        }
        self.into_domain()
    }
}

impl Poly<Ntt> {
    /// Transforms to the coefficient domain, in place: one transform for each modulus.
    pub fn into_coeff(mut self) -> Poly<Coeff> {
        let basis = self.basis.clone();
        for (i, _, limb) in self.limbs_with_moduli_mut() {
            basis.sub_ring(i).inverse(limb);
        }
        self.into_domain()
    }

    /// Multiplies in the ring: `self *= other`, value by value.
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

    /// Applies an automorphism.
    ///
    /// # Panics
    /// If the permutation belongs to a ring of another degree.
    pub fn permuted(&self, permutation: &Permutation) -> Self {
        let mut out = Self::zero(&self.basis);
        for (i, _, limb) in out.limbs_with_moduli_mut() {
            permutation.apply(self.limb(i), limb);
        }
        out
    }
}

impl<D: Domain> PartialEq for Poly<D> {
    /// Compares basis and residues, not in constant time: for tests and public values.
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
    /// Writes domain and basis only: the residues may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Poly<{}>({:?})", std::any::type_name::<D>(), self.basis)
    }
}
