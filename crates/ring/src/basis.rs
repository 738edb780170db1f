//! An ordered list of primes with their transforms: the ring that a [`Poly`](crate::Poly) lives in.

use std::sync::Arc;

use crate::{Backend, Modulus, RingError, SubRing};

/// Distinct NTT-friendly primes over one degree. Cloning shares the tables.
#[derive(Clone)]
pub struct Basis {
    tables: Arc<[Arc<SubRing>]>,
    log_n: u32,
}

impl Basis {
    /// Tables for `moduli` at degree `2^log_n`, on the fastest backend of this machine.
    ///
    /// # Errors
    /// An empty list, a repeated modulus, or one that [`SubRing::new`] refuses.
    pub fn new(log_n: u32, moduli: &[u32]) -> Result<Self, RingError> {
        Self::with_backend(log_n, moduli, Backend::fastest())
    }

    /// Like [`Basis::new`] on a backend of the caller's choice; for tests and benchmarks.
    ///
    /// # Errors
    /// As [`Basis::new`].
    pub fn with_backend(log_n: u32, moduli: &[u32], backend: Backend) -> Result<Self, RingError> {
        if moduli.is_empty() {
            return Err(RingError::Empty);
        }
        for (i, &modulus) in moduli.iter().enumerate() {
            if moduli[..i].contains(&modulus) {
                return Err(RingError::Repeated { modulus });
            }
        }
        let tables = moduli
            .iter()
            .map(|&q| SubRing::with_backend(log_n, q, backend).map(Arc::new))
            .collect::<Result<_, _>>()?;
        Ok(Self { tables, log_n })
    }

    /// The basis made of the moduli at `indices`, sharing this one's tables.
    ///
    /// # Panics
    /// If an index is out of range or the list is empty.
    pub fn select(&self, indices: impl IntoIterator<Item = usize>) -> Self {
        let tables: Arc<[_]> = indices
            .into_iter()
            .map(|i| self.tables[i].clone())
            .collect();
        assert!(!tables.is_empty(), "a basis needs at least one modulus");
        Self {
            tables,
            log_n: self.log_n,
        }
    }

    /// The first `len` moduli.
    ///
    /// # Panics
    /// If `len` is zero or greater than [`Basis::len`].
    pub fn prefix(&self, len: usize) -> Self {
        self.select(0..len)
    }

    /// Number of moduli.
    #[allow(clippy::len_without_is_empty, reason = "a basis is never empty")]
    pub fn len(&self) -> usize {
        self.tables.len()
    }

    /// log2 of the ring degree.
    pub fn log_n(&self) -> u32 {
        self.log_n
    }

    /// The ring degree N.
    pub fn degree(&self) -> usize {
        1 << self.log_n
    }

    /// The instruction set that this basis computes with.
    pub fn backend(&self) -> Backend {
        self.tables[0].backend()
    }

    /// The transform of the `i`-th modulus.
    ///
    /// # Panics
    /// If `i` is out of range.
    pub fn sub_ring(&self, i: usize) -> &SubRing {
        &self.tables[i]
    }

    /// The `i`-th modulus.
    ///
    /// # Panics
    /// If `i` is out of range.
    pub fn modulus(&self, i: usize) -> &Modulus {
        self.tables[i].modulus()
    }

    /// All moduli, in order.
    pub fn moduli(&self) -> impl ExactSizeIterator<Item = &Modulus> {
        self.tables.iter().map(|t| t.modulus())
    }

    /// The product of all moduli, modulo `m`.
    pub fn product_mod(&self, m: &Modulus) -> u32 {
        self.moduli()
            .fold(1, |product, p| m.mul(product, p.value() % m.value()))
    }

    /// Whether both are the same ring: same degree, same moduli in the same order.
    pub fn same_as(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.tables, &other.tables)
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
    use crate::ntt_primes_below;

    #[test]
    fn refuses_bad_lists() {
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
