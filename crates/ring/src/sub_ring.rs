//! The ring of one prime, with its transforms and its operations on single residue polynomials.
//!
//! A residue polynomial is a slice of N words (a *limb*). Callers that work limb by limb keep what
//! lies between two steps in the cache. All residues are canonical, in `[0, q)`, in and out.
//!
//! Relies on the kernels. Not for polynomials over several primes: [`Poly`](crate::Poly) has the
//! safer interface. Named after Lattigo's `SubRing`.

use crate::{
    backend::Backend,
    error::RingError,
    kernel::{ntt::NttTables, pointwise, products},
    modulus::Modulus,
    small_poly::SmallPoly,
};

/// `Z_q[X]/(X^N + 1)` for one prime `q = 1 mod 2N`, with the tables of its negacyclic transform.
///
/// ```
/// use inkognito_ring::{RingError, SubRing, ntt_primes_below};
///
/// let q = ntt_primes_below(28, 8, 1)?[0];
/// let sub_ring = SubRing::new(8, q)?;
/// let mut data: Vec<u32> = (0..256).collect();
/// sub_ring.forward(&mut data);
/// sub_ring.inverse(&mut data);
/// assert!(data.into_iter().eq(0..256));
///
/// // 2^30 - 35 is a prime, but it is not 1 modulo 2N
/// let refused = SubRing::new(8, (1 << 30) - 35);
/// assert!(matches!(refused, Err(RingError::NotNttFriendly { two_n: 512, .. })));
/// # Ok::<(), RingError>(())
/// ```
pub struct SubRing {
    tables: NttTables,
}

impl SubRing {
    /// Builds the tables of `q` at degree `2^log_n`, for the fastest backend of this machine.
    ///
    /// # Errors
    /// [`RingError::Degree`] if `log_n` is outside 8 ..= 16; [`RingError::NotPrime`] if `q` is not
    /// an odd prime below 2^30; [`RingError::NotNttFriendly`] if `q` is not 1 modulo 2N.
    pub fn new(log_n: u32, q: u32) -> Result<Self, RingError> {
        Self::with_backend(log_n, q, Backend::fastest())
    }

    /// Builds the tables of `q` at degree `2^log_n`, for a given backend; for tests and benchmarks.
    ///
    /// # Errors
    /// [`RingError::Degree`] if `log_n` is outside 8 ..= 16; [`RingError::NotPrime`] if `q` is not
    /// an odd prime below 2^30; [`RingError::NotNttFriendly`] if `q` is not 1 modulo 2N.
    pub fn with_backend(log_n: u32, q: u32, backend: Backend) -> Result<Self, RingError> {
        let tables = NttTables::new(log_n, q, backend)?;
        Ok(Self { tables })
    }

    /// Returns the prime.
    pub fn modulus(&self) -> &Modulus {
        self.tables.modulus()
    }

    /// Returns the ring degree N.
    pub fn degree(&self) -> usize {
        self.tables.degree()
    }

    /// Returns the backend that the tables are laid out for.
    pub fn backend(&self) -> Backend {
        self.tables.backend()
    }

    /// Returns the multiple of q that the input of the forward transform must be below.
    pub(crate) fn input_bound(&self) -> u32 {
        self.tables.input_bound()
    }

    /// Transforms coefficients to values, in place: `data[i]` becomes `f(psi^(2 bitrev(i) + 1))`
    /// for a primitive 2N-th root of unity `psi`. Residues are in `[0, q)`, in and out.
    ///
    /// # Panics
    /// If `data` is not N words long.
    pub fn forward(&self, data: &mut [u32]) {
        self.tables.forward(data, None);
    }

    /// Transforms coefficients to values, like [`SubRing::forward`], from one slice to another.
    ///
    /// # Panics
    /// If a slice is not N words long.
    pub fn forward_from(&self, coefficients: &[u32], out: &mut [u32]) {
        self.tables.forward(out, Some(coefficients));
    }

    /// Transforms values to coefficients, in place: the inverse of [`SubRing::forward`].
    ///
    /// # Panics
    /// If `data` is not N words long.
    pub fn inverse(&self, data: &mut [u32]) {
        self.tables.inverse(data, None);
    }

    /// Transforms values to coefficients, like [`SubRing::inverse`], from one slice to another.
    ///
    /// # Panics
    /// If a slice is not N words long.
    pub fn inverse_from(&self, values: &[u32], out: &mut [u32]) {
        self.tables.inverse(out, Some(values));
    }

    /// Writes the residues of small signed coefficients, without a branch on their values.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn small_residues(&self, small: &SmallPoly, out: &mut [u32]) {
        let (q, small) = (self.modulus().value() as i32, small.coefficients());
        assert_eq!(small.len(), out.len(), "coefficients and degree");
        for (x, &v) in out.iter_mut().zip(small) {
            let v = i32::from(v);
            // adds q where v is negative: there the arithmetic shift is all ones
            *x = (v + ((v >> 31) & q)) as u32;
        }
    }

    /// Adds a multiple: `a += w b`, for any word `w`.
    ///
    /// # Panics
    /// If the lengths differ, or are not multiples of [`Backend::lanes`].
    pub fn add_multiple_assign(&self, a: &mut [u32], b: &[u32], w: u32) {
        let w = self.modulus().shoup(w);
        pointwise::add_multiple_assign(self.backend(), self.modulus(), a, b, w);
    }

    /// Multiplies by 2^32: brings a factor of [`SubRing::sub_product_assign`] to Montgomery form.
    ///
    /// # Panics
    /// If the length is not a multiple of [`Backend::lanes`].
    pub fn to_montgomery_assign(&self, a: &mut [u32]) {
        let high = self.modulus().high;
        pointwise::mul_constant_assign(self.backend(), self.modulus(), a, high);
    }

    /// Subtracts a product of values: `a -= b c`. One of the two factors is in Montgomery form.
    ///
    /// # Panics
    /// If the lengths differ, or are not multiples of [`Backend::lanes`].
    pub fn sub_product_assign(&self, a: &mut [u32], b: &[u32], c: &[u32]) {
        pointwise::sub_product_assign(self.backend(), self.modulus(), a, b, c);
    }

    /// Writes a sum of products of values: `out = sum a_k b_k` for the terms `[a_k, b_k]`.
    ///
    /// # Panics
    /// If the lengths differ, or are not multiples of four vectors ([`Backend::lanes`] words each).
    pub fn inner_product(&self, out: &mut [u32], terms: &[[&[u32]; 2]]) {
        products::inner_product(self.backend(), self.modulus(), out, terms);
    }

    /// Multiplies by the monomial `X^(N/2)` in the NTT domain, which multiplies every CKKS slot by
    /// the imaginary unit.
    ///
    /// # Panics
    /// If a slice is not N words long.
    pub fn mul_by_i(&self, input: &[u32], out: &mut [u32]) {
        assert!(
            input.len() == self.degree() && out.len() == self.degree(),
            "residues and degree"
        );
        out.copy_from_slice(input);
        // Residue i is the value at psi^e, e = 2 bitrev(i) + 1, and psi^(e N/2) is a root of -1. In
        // the first half e = 1 mod 4, which gives psi^(N/2); in the second e = 3 mod 4, which gives
        // the other root.
        let (m, root) = (self.modulus(), self.tables.root_of_minus_one());
        let (first, second) = out.split_at_mut(self.degree() / 2);
        pointwise::mul_constant_assign(self.backend(), m, first, m.shoup(root));
        pointwise::mul_constant_assign(self.backend(), m, second, m.shoup(m.sub(0, root)));
    }
}
