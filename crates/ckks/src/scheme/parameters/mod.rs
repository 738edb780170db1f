//! Parameter sets: a checked set with all tables that the scheme needs.
//!
//! Relies on `security.rs` for the bound and on `special_moduli.rs` for the moduli of keys. Not for
//! choosing a set for a network, which its plan does.

use std::{fmt, sync::Arc};

use inkognito_ring::{Backend, Basis, RingError};

use crate::{error::ParameterError, scheme::special_moduli::special_indices};
use level_tables::LevelTables;
use literal::ParametersLiteral;

pub(crate) mod level_tables;
pub(crate) mod literal;
mod security;

/// A checked parameter set with every table that its operations need. Cloning is cheap.
///
/// ```
/// use inkognito_ckks::{ParameterError, Parameters, ParametersLiteral};
///
/// let mut literal = ParametersLiteral::n8192_levels5();
/// let parameters = Parameters::new(literal.clone())?;
/// assert_eq!((parameters.degree(), parameters.slots()), (8192, 4096));
/// assert!(parameters.log_qp() <= 214.0);
///
/// // one bit more is less than 128 bits of security
/// literal.moduli_q_bits[0] += 1;
/// assert!(matches!(
///     Parameters::new(literal),
///     Err(ParameterError::NotSecure { limit: 214, .. })
/// ));
/// # Ok::<(), ParameterError>(())
/// ```
#[derive(Clone)]
pub struct Parameters {
    inner: Arc<Inner>,
}

struct Inner {
    literal: ParametersLiteral,
    q: Basis,
    special: Basis,
    levels: Vec<LevelTables>,
    fingerprint: [u8; 8],
}

impl Parameters {
    /// Checks a literal and builds its tables, which compute with the fastest instruction set of
    /// this machine.
    ///
    /// The moduli are the largest primes of the given sizes that are 1 modulo 2N; the special
    /// moduli come first.
    ///
    /// # Errors
    /// - [`ParameterError::DegreeNotTabulated`] if the table of bounds has no row for the degree;
    /// - [`ParameterError::Scale`] if the scale has fewer than 10 or more than 30 bits;
    /// - [`ParameterError::Ring`] if there are too few primes of a size, or no modulus of a kind;
    /// - [`ParameterError::NotSecure`] if log2 QP exceeds the bound for 128-bit security;
    /// - [`ParameterError::SpecialTooSmall`] if a digit is larger than the special moduli.
    pub fn new(literal: ParametersLiteral) -> Result<Self, ParameterError> {
        Self::with_backend(literal, Backend::fastest())
    }

    /// Checks a literal and builds its tables, which compute with the given instruction set.
    ///
    /// # Errors
    /// The errors of [`Parameters::new`].
    pub fn with_backend(
        literal: ParametersLiteral,
        backend: Backend,
    ) -> Result<Self, ParameterError> {
        let log_n = literal.log_n;
        let limit = security::limit(log_n)?;
        if !(10..=30).contains(&literal.log_scale) {
            return Err(ParameterError::Scale {
                log_scale: literal.log_scale,
            });
        }
        let moduli = literal.choose_moduli()?;
        security::check(&literal, &moduli, limit)?;
        let (q_len, special_len) = (
            literal.moduli_q_bits.len(),
            literal.special_moduli_bits.len(),
        );
        if q_len == 0 || special_len == 0 {
            return Err(RingError::Empty.into());
        }
        let all = Basis::with_backend(log_n, &moduli, backend)?;
        let levels = (0..q_len).map(|level| {
            let special = special_indices(&moduli, q_len, level)?;
            Ok(LevelTables::new(&all, level, &special))
        });
        let levels = levels.collect::<Result<_, ParameterError>>()?;
        Ok(Self {
            inner: Arc::new(Inner {
                q: all.prefix(q_len),
                special: all.select(q_len..q_len + special_len),
                levels,
                fingerprint: literal.fingerprint(&moduli),
                literal,
            }),
        })
    }

    /// Returns the largest log2 QP that gives 128 bits of security at degree `2^log_n`.
    ///
    /// # Errors
    /// [`ParameterError::DegreeNotTabulated`] for a degree without a bound.
    ///
    /// ```
    /// use inkognito_ckks::Parameters;
    ///
    /// assert_eq!(Parameters::security_limit(14), Ok(430));
    /// assert!(Parameters::security_limit(10).is_err());
    /// ```
    pub fn security_limit(log_n: u32) -> Result<u32, ParameterError> {
        security::limit(log_n)
    }

    /// Returns the literal that the set was built from.
    pub fn literal(&self) -> &ParametersLiteral {
        &self.inner.literal
    }

    /// Returns the ring degree N.
    pub fn degree(&self) -> usize {
        1 << self.inner.literal.log_n
    }

    /// Returns log2 N.
    pub fn log_n(&self) -> u32 {
        self.inner.literal.log_n
    }

    /// Returns the number of complex slots, N/2.
    pub fn slots(&self) -> usize {
        self.degree() / 2
    }

    /// Returns the highest level: how many times a ciphertext can be rescaled at most.
    pub fn max_level(&self) -> usize {
        self.inner.q.len() - 1
    }

    /// Returns the scale of a fresh encryption.
    pub fn scale(&self) -> f64 {
        f64::from(self.inner.literal.log_scale).exp2()
    }

    /// Returns log2 of the product of all moduli.
    pub fn log_qp(&self) -> f64 {
        let moduli = self.inner.q.moduli().chain(self.inner.special.moduli());
        moduli.map(|m| f64::from(m.value()).log2()).sum()
    }

    /// Returns log2 of `q_0 .. q_level`, the modulus of a ciphertext at `level`.
    ///
    /// # Panics
    /// If `level` exceeds [`Parameters::max_level`].
    pub fn log_q(&self, level: usize) -> f64 {
        let moduli = self.q_basis(level).moduli();
        moduli.map(|m| f64::from(m.value()).log2()).sum()
    }

    /// Returns the ciphertext modulus `q_level`, by which rescaling from `level` divides.
    ///
    /// # Panics
    /// If `level` exceeds [`Parameters::max_level`].
    pub fn modulus(&self, level: usize) -> u32 {
        self.inner.q.modulus(level).value()
    }

    /// Returns the basis `q_0 .. q_level` of a ciphertext at `level`.
    ///
    /// # Panics
    /// If `level` exceeds [`Parameters::max_level`].
    pub fn q_basis(&self, level: usize) -> &Basis {
        &self.level_tables(level).q
    }

    /// Returns the special moduli of the set, which are a ciphertext's at no level.
    pub fn special_basis(&self) -> &Basis {
        &self.inner.special
    }

    /// Returns the basis of evaluation keys at `level`: `q_0 .. q_level` and the level's special
    /// moduli, whose product is P.
    ///
    /// Below the highest level, ciphertext moduli that have been dropped serve as special moduli
    /// (Hwang, Seo and Song, *Optimizing HE operations via level-aware key-switching framework*,
    /// 2023). A larger P makes fewer digits, and all moduli together stay within the bound for
    /// 128-bit security. A level takes as many as make key switching there fastest.
    ///
    /// # Panics
    /// If `level` exceeds [`Parameters::max_level`].
    pub fn qp_basis(&self, level: usize) -> &Basis {
        &self.level_tables(level).qp
    }

    /// Returns the indices of the moduli of [`Parameters::qp_basis`] among all moduli (ciphertext
    /// moduli first, then the set's special moduli), in ascending order.
    ///
    /// # Panics
    /// If `level` exceeds [`Parameters::max_level`].
    pub fn qp_indices(&self, level: usize) -> &[usize] {
        &self.level_tables(level).qp_indices
    }

    /// Returns whether keys at `level` and one level below are over the same moduli.
    ///
    /// Then `q_level` is a special modulus of the lower level, and the lower level's P is `q_level`
    /// times the upper one's. So P times a ciphertext at the upper level is, word for word, P times
    /// the rescaled ciphertext at the lower level. Returns false for level 0.
    ///
    /// # Panics
    /// If `level` exceeds [`Parameters::max_level`].
    pub fn shares_moduli_below(&self, level: usize) -> bool {
        level > 0 && self.qp_basis(level).same_as(self.qp_basis(level - 1))
    }

    /// Returns the number of key-switching digits at `level`.
    ///
    /// # Panics
    /// If `level` exceeds [`Parameters::max_level`].
    pub fn digits(&self, level: usize) -> usize {
        self.level_tables(level).digits.len()
    }

    /// Returns the gadget factor of digit `j` at `level` modulo each modulus of
    /// [`Parameters::qp_basis`]: P modulo the digit's moduli, 0 modulo all others.
    ///
    /// # Panics
    /// If `level` exceeds [`Parameters::max_level`], or if `j` is not below
    /// [`Parameters::digits`].
    pub fn gadget(&self, level: usize, j: usize) -> Vec<u32> {
        self.level_tables(level).gadget(j)
    }

    /// Returns the eight bytes by which messages name the parameter set: SHA-256 of degree, scale
    /// and moduli, truncated.
    pub fn fingerprint(&self) -> [u8; 8] {
        self.inner.fingerprint
    }

    /// Returns whether both are the same set.
    pub fn same_as(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner) || self.fingerprint() == other.fingerprint()
    }

    /// Returns the tables of `level`.
    ///
    /// # Panics
    /// If `level` exceeds [`Parameters::max_level`].
    pub(crate) fn level_tables(&self, level: usize) -> &LevelTables {
        &self.inner.levels[level]
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Parameters")
            .field(&self.inner.literal)
            .finish()
    }
}

#[cfg(test)]
mod tests;
