//! RNS bases: ordered lists of primes with their transforms.
//!
//! Relies on [`SubRing`] for each prime. Not for arithmetic: a [`Poly`](crate::Poly) over a basis
//! has the operations.

use std::sync::Arc;

use crate::{backend::Backend, error::RingError, modulus::Modulus, sub_ring::SubRing};

/// Distinct primes `q = 1 mod 2N` for one ring degree N: the ring of a [`Poly`](crate::Poly).
///
/// A clone shares the tables.
///
/// ```
/// use inkognito_ring::{Basis, RingError, ntt_primes_below};
///
/// let primes = ntt_primes_below(28, 13, 3)?;
/// let basis = Basis::new(13, &primes)?;
/// assert_eq!((basis.len(), basis.degree()), (3, 8192));
///
/// let repeated = Basis::new(13, &[primes[0], primes[0]]);
/// assert!(matches!(repeated, Err(RingError::Repeated { .. })));
/// # Ok::<(), RingError>(())
/// ```
#[derive(Clone)]
pub struct Basis {
    sub_rings: Arc<[Arc<SubRing>]>,
    log_n: u32,
}

impl Basis {
    /// Builds the tables of `moduli` at degree `2^log_n`, for the fastest backend of this machine.
    ///
    /// # Errors
    /// [`RingError::Empty`] for an empty list; [`RingError::Repeated`] for a repeated modulus;
    /// [`RingError::Degree`] if `log_n` is outside 8 ..= 16; [`RingError::NotPrime`] and
    /// [`RingError::NotNttFriendly`] for a modulus that is not an odd prime below 2^30, or not 1
    /// modulo 2N.
    pub fn new(log_n: u32, moduli: &[u32]) -> Result<Self, RingError> {
        Self::with_backend(log_n, moduli, Backend::fastest())
    }

    /// Builds the tables of `moduli` at degree `2^log_n`, for a given backend; for tests and
    /// benchmarks.
    ///
    /// # Errors
    /// [`RingError::Empty`] for an empty list; [`RingError::Repeated`] for a repeated modulus;
    /// [`RingError::Degree`] if `log_n` is outside 8 ..= 16; [`RingError::NotPrime`] and
    /// [`RingError::NotNttFriendly`] for a modulus that is not an odd prime below 2^30, or not 1
    /// modulo 2N.
    pub fn with_backend(log_n: u32, moduli: &[u32], backend: Backend) -> Result<Self, RingError> {
        if moduli.is_empty() {
            return Err(RingError::Empty);
        }
        for (i, &modulus) in moduli.iter().enumerate() {
            if moduli[..i].contains(&modulus) {
                return Err(RingError::Repeated { modulus });
            }
        }
        let sub_rings = moduli
            .iter()
            .map(|&q| SubRing::with_backend(log_n, q, backend).map(Arc::new))
            .collect::<Result<_, _>>()?;
        Ok(Self { sub_rings, log_n })
    }

    /// Returns the basis of the moduli at `indices`, which shares the tables of this one.
    ///
    /// # Panics
    /// If an index is out of range or the list is empty.
    pub fn select(&self, indices: impl IntoIterator<Item = usize>) -> Self {
        let sub_rings: Arc<[_]> = indices
            .into_iter()
            .map(|i| self.sub_rings[i].clone())
            .collect();
        assert!(!sub_rings.is_empty(), "a basis needs at least one modulus");
        Self {
            sub_rings,
            log_n: self.log_n,
        }
    }

    /// Returns the basis of the first `len` moduli.
    ///
    /// # Panics
    /// If `len` is zero or greater than [`Basis::len`].
    pub fn prefix(&self, len: usize) -> Self {
        self.select(0..len)
    }

    /// Returns the number of moduli.
    #[allow(clippy::len_without_is_empty, reason = "a basis is never empty")]
    pub fn len(&self) -> usize {
        self.sub_rings.len()
    }

    /// Returns log2 of the ring degree.
    pub fn log_n(&self) -> u32 {
        self.log_n
    }

    /// Returns the ring degree N.
    pub fn degree(&self) -> usize {
        1 << self.log_n
    }

    /// Returns the backend that the tables are laid out for.
    pub fn backend(&self) -> Backend {
        self.sub_rings[0].backend()
    }

    /// Returns the ring of modulus `i`.
    ///
    /// # Panics
    /// If `i` is out of range.
    pub fn sub_ring(&self, i: usize) -> &SubRing {
        &self.sub_rings[i]
    }

    /// Returns modulus `i`.
    ///
    /// # Panics
    /// If `i` is out of range.
    pub fn modulus(&self, i: usize) -> &Modulus {
        self.sub_rings[i].modulus()
    }

    /// Returns all moduli, in order.
    pub fn moduli(&self) -> impl ExactSizeIterator<Item = &Modulus> {
        self.sub_rings.iter().map(|s| s.modulus())
    }

    /// Returns the product of all moduli, modulo `m`.
    pub fn product_mod(&self, m: &Modulus) -> u32 {
        self.moduli()
            .fold(1, |product, p| m.mul(product, p.value() % m.value()))
    }

    /// Returns whether both are the same ring: the same degree, and the same moduli in the same
    /// order.
    pub fn same_as(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.sub_rings, &other.sub_rings)
            || (self.log_n == other.log_n && self.moduli().eq(other.moduli()))
    }
}

impl std::fmt::Debug for Basis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Basis")
            .field("log_n", &self.log_n)
            .field(
                "moduli",
                &self.moduli().map(Modulus::value).collect::<Vec<_>>(),
            )
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prime::ntt_primes_below;

    #[test]
    fn lists_that_are_no_basis_are_refused() {
        let p = ntt_primes_below(28, 8, 2).unwrap();
        assert!(matches!(Basis::new(8, &[]), Err(RingError::Empty)));
        assert!(matches!(
            Basis::new(8, &[p[0], p[0]]),
            Err(RingError::Repeated { .. })
        ));
        assert!(matches!(
            Basis::new(8, &[7681 + 2]),
            Err(RingError::NotPrime { .. })
        ));
        assert!(matches!(
            Basis::new(8, &[1000003]),
            Err(RingError::NotNttFriendly { .. })
        ));
        assert!(matches!(Basis::new(2, &p), Err(RingError::Degree { .. })));
        let b = Basis::new(8, &p).unwrap();
        assert!(b.prefix(1).same_as(&Basis::new(8, &p[..1]).unwrap()));
        assert!(!b.prefix(1).same_as(&b));
    }
}
