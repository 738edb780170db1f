//! Parameter sets: a literal that anyone may write, a checked set that the scheme trusts.

use std::{ops::Range, sync::Arc};

use inkognito_ring::{Backend, BaseConverter, Basis, ModDown, ntt_primes_below};
use sha2::{Digest, Sha256};

use crate::{ParameterError, scheme::special_moduli::special_indices};

/// Largest log2 QP for 128-bit classical security with a uniform ternary secret, by log2 N:
/// Bossuat et al., *Security Guidelines for Implementing Homomorphic Encryption* (2024), table 5.2.
const SECURITY_TABLE: [(u32, u32); 4] = [(12, 106), (13, 214), (14, 430), (15, 868)];

/// What a parameter set is made of, unchecked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParametersLiteral {
    /// log2 of the ring degree N.
    pub log_n: u32,
    /// Bits of each ciphertext modulus `q_0, q_1, ..`; one more than there are levels.
    pub moduli_q_bits: Vec<u32>,
    /// Bits of each special modulus: those that keys at the highest level have beside `q`.
    pub special_moduli_bits: Vec<u32>,
    /// log2 of the scale of a fresh encryption.
    pub log_scale: u32,
}

impl ParametersLiteral {
    /// Five levels at N = 8192 and 214 bits: the default of the digit readers.
    pub fn n8192_levels5() -> Self {
        Self {
            log_n: 13,
            moduli_q_bits: vec![28, 26, 26, 26, 26, 26],
            special_moduli_bits: vec![28, 28],
            log_scale: 26,
        }
    }

    /// Eleven levels at N = 16384 and 428 of 430 bits: for deeper networks. The scale is four times
    /// the default's, so that each level loses less than it would there.
    pub fn n16384_levels11() -> Self {
        Self {
            log_n: 14,
            moduli_q_bits: [vec![30], vec![28; 11]].concat(),
            special_moduli_bits: vec![30, 30, 30],
            log_scale: 28,
        }
    }
}

/// A checked parameter set with every table that its operations need. Cloning is cheap.
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

/// The tables of one level.
pub(crate) struct LevelTables {
    /// `q_0 .. q_l`.
    pub(crate) q: Basis,
    /// `q_0 .. q_l` and the level's special moduli.
    pub(crate) qp: Basis,
    /// Where those are among all moduli.
    indices: Vec<usize>,
    pub(crate) digits: Vec<DigitTables>,
    /// `P mod q_i`, 0 modulo the special moduli; P is the product of the level's.
    pub(crate) special_product: Vec<u32>,
    /// Division by P.
    pub(crate) mod_down: ModDown,
    /// None at level 0.
    pub(crate) rescale: Option<Rescale>,
}

/// Divisions by `q_l`.
pub(crate) struct Rescale {
    /// Of polynomials over `q`.
    pub(crate) plain: ModDown,
    /// Of polynomials over `qp`, by P too.
    pub(crate) with_special: ModDown,
}

/// One key-switching digit at one level.
pub(crate) struct DigitTables {
    /// Moduli of `q` that make up the digit.
    pub(crate) range: Range<usize>,
    /// From those to all others of `qp`, in order.
    pub(crate) converter: BaseConverter,
}

impl Parameters {
    /// Checks a literal and builds its tables. The moduli are the largest primes of the sizes asked
    /// for that are 1 modulo 2N, special moduli first.
    ///
    /// # Errors
    /// A set beyond the 128-bit table, special moduli smaller than a digit, a scale outside
    /// 10 ..= 30 bits, or moduli that do not exist.
    pub fn new(literal: ParametersLiteral) -> Result<Self, ParameterError> {
        Self::with_backend(literal, Backend::fastest())
    }

    /// Checks a literal and builds its tables, like [`Parameters::new`], for a given backend instead
    /// of the fastest one of this machine.
    ///
    /// # Errors
    /// [`ParameterError::NotSecure`] or [`ParameterError::DegreeNotTabulated`] for a set beyond the
    /// 128-bit table; [`ParameterError::SpecialTooSmall`] if a digit outweighs the special moduli;
    /// [`ParameterError::Scale`] for a scale outside 10 ..= 30 bits; [`ParameterError::Ring`] for
    /// moduli that do not exist.
    pub fn with_backend(
        literal: ParametersLiteral,
        backend: Backend,
    ) -> Result<Self, ParameterError> {
        let log_n = literal.log_n;
        let limit = Self::security_limit(log_n)?;
        if !(10..=30).contains(&literal.log_scale) {
            return Err(ParameterError::Scale {
                log_scale: literal.log_scale,
            });
        }
        let moduli = choose_moduli(&literal)?;
        let log_size = |list: &[u32]| list.iter().map(|&q| f64::from(q).log2()).sum::<f64>();
        let actual = log_size(&moduli);
        // the bits as asked for decide, too: a set is not rescued by primes just below a power
        let asked: u32 = literal
            .moduli_q_bits
            .iter()
            .chain(&literal.special_moduli_bits)
            .sum();
        if asked > limit || actual > f64::from(limit) {
            return Err(ParameterError::NotSecure {
                log_n,
                actual: actual.max(f64::from(asked)),
                limit,
            });
        }
        let (moduli_q, moduli_p) = moduli.split_at(literal.moduli_q_bits.len());
        if moduli_q.is_empty() || moduli_p.is_empty() {
            return Err(inkognito_ring::RingError::Empty.into());
        }
        let whole = Basis::with_backend(log_n, &moduli, backend)?;
        let (q_len, special_len) = (moduli_q.len(), moduli_p.len());
        let levels = (0..q_len).map(|level| {
            let special = special_indices(&moduli, q_len, level)?;
            Ok(LevelTables::new(&whole, level, &special))
        });
        let levels = levels.collect::<Result<_, ParameterError>>()?;
        Ok(Self {
            inner: Arc::new(Inner {
                q: whole.prefix(q_len),
                special: whole.select(q_len..q_len + special_len),
                levels,
                fingerprint: fingerprint(&literal, &moduli),
                literal,
            }),
        })
    }

    /// Largest log2 QP that gives 128 bits of security at degree `2^log_n`.
    ///
    /// # Errors
    /// [`ParameterError::DegreeNotTabulated`] for a degree without a bound.
    pub fn security_limit(log_n: u32) -> Result<u32, ParameterError> {
        SECURITY_TABLE
            .iter()
            .find(|row| row.0 == log_n)
            .map(|row| row.1)
            .ok_or(ParameterError::DegreeNotTabulated { log_n })
    }

    /// The literal that the set was built from.
    pub fn literal(&self) -> &ParametersLiteral {
        &self.inner.literal
    }

    /// The ring degree N.
    pub fn degree(&self) -> usize {
        1 << self.inner.literal.log_n
    }

    /// log2 N.
    pub fn log_n(&self) -> u32 {
        self.inner.literal.log_n
    }

    /// Number of complex slots, N/2.
    pub fn slots(&self) -> usize {
        self.degree() / 2
    }

    /// The level of a fresh encryption: the number of rescalings it can take.
    pub fn max_level(&self) -> usize {
        self.inner.q.len() - 1
    }

    /// The scale of a fresh encryption.
    pub fn scale(&self) -> f64 {
        f64::from(self.inner.literal.log_scale).exp2()
    }

    /// log2 of the product of all moduli.
    pub fn log_qp(&self) -> f64 {
        let moduli = self.inner.q.moduli().chain(self.inner.special.moduli());
        moduli.map(|m| f64::from(m.value()).log2()).sum()
    }

    /// log2 of `q_0 .. q_level`, the modulus of a ciphertext at `level`.
    ///
    /// # Panics
    /// If `level` exceeds [`Parameters::max_level`].
    pub fn log_q(&self, level: usize) -> f64 {
        let moduli = self.q_basis(level).moduli();
        moduli.map(|m| f64::from(m.value()).log2()).sum()
    }

    /// The ciphertext modulus `q_level` that rescaling from `level` divides by.
    ///
    /// # Panics
    /// If `level` exceeds [`Parameters::max_level`].
    pub fn modulus(&self, level: usize) -> u32 {
        self.inner.q.modulus(level).value()
    }

    /// `q_0 .. q_level`.
    ///
    /// # Panics
    /// If `level` exceeds [`Parameters::max_level`].
    pub fn q_basis(&self, level: usize) -> &Basis {
        &self.at(level).q
    }

    /// The special moduli that are no ciphertext's at any level.
    pub fn special_basis(&self) -> &Basis {
        &self.inner.special
    }

    /// `q_0 .. q_level` and the level's special moduli, whose product is P: where its evaluation keys
    /// live. Below the highest level, ciphertext moduli that have been dropped serve as special ones
    /// (Hwang, Seo and Song, *Optimizing HE operations via level-aware key-switching framework*,
    /// 2023): with a larger P there are fewer digits, and all moduli together stay within the table's
    /// bound. A level takes as many as make switching there fastest.
    ///
    /// # Panics
    /// If `level` exceeds [`Parameters::max_level`].
    pub fn qp_basis(&self, level: usize) -> &Basis {
        &self.at(level).qp
    }

    /// Where the moduli of [`Parameters::qp_basis`] are among all of them, in ascending order: ciphertext
    /// moduli, then the special ones.
    ///
    /// # Panics
    /// If `level` exceeds [`Parameters::max_level`].
    pub fn qp_indices(&self, level: usize) -> &[usize] {
        &self.at(level).indices
    }

    /// Whether keys at `level` and one level below have the same moduli. Then `q_level` is one of the special
    /// ones there: P is `q_level` times what it is here, and what is lifted here is also, as it stands, lifted
    /// there and rescaled.
    ///
    /// # Panics
    /// If `level` exceeds [`Parameters::max_level`].
    pub fn shares_moduli_below(&self, level: usize) -> bool {
        level > 0 && self.qp_basis(level).same_as(self.qp_basis(level - 1))
    }

    /// Number of key-switching digits at `level`.
    ///
    /// # Panics
    /// If `level` exceeds [`Parameters::max_level`].
    pub fn digits(&self, level: usize) -> usize {
        self.at(level).digits.len()
    }

    /// The gadget factor of digit `j` at `level`, modulo each modulus of [`Parameters::qp_basis`]:
    /// P modulo the digit's own moduli, 0 modulo all others.
    ///
    /// # Panics
    /// If `level` or `j` is out of range.
    pub fn gadget(&self, level: usize, j: usize) -> Vec<u32> {
        let tables = self.at(level);
        let range = &tables.digits[j].range;
        let own = |(i, &p)| if range.contains(&i) { p } else { 0 };
        tables.special_product.iter().enumerate().map(own).collect()
    }

    /// Eight bytes that tell parameter sets apart on the wire (SHA-256 of degree, moduli, scale).
    pub fn fingerprint(&self) -> [u8; 8] {
        self.inner.fingerprint
    }

    /// Whether both are the same set.
    pub fn same_as(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner) || self.fingerprint() == other.fingerprint()
    }

    pub(crate) fn at(&self, level: usize) -> &LevelTables {
        &self.inner.levels[level]
    }
}

impl std::fmt::Debug for Parameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Parameters")
            .field(&self.inner.literal)
            .finish()
    }
}

/// Distinct primes of the sizes asked for: ciphertext moduli in order, then the special ones. The
/// special ones get the largest primes, so that P outweighs every digit of the same bits.
fn choose_moduli(literal: &ParametersLiteral) -> Result<Vec<u32>, ParameterError> {
    let sizes = [&literal.special_moduli_bits[..], &literal.moduli_q_bits[..]].concat();
    let mut chosen = vec![0; sizes.len()];
    for (first, &bits) in sizes.iter().enumerate() {
        if sizes[..first].contains(&bits) {
            continue;
        }
        let indices = || (first..sizes.len()).filter(|&i| sizes[i] == bits);
        let primes = ntt_primes_below(bits, literal.log_n, indices().count())?;
        for (place, prime) in indices().zip(primes) {
            chosen[place] = prime;
        }
    }
    chosen.rotate_left(literal.special_moduli_bits.len());
    Ok(chosen)
}

fn fingerprint(literal: &ParametersLiteral, moduli: &[u32]) -> [u8; 8] {
    let mut hash = Sha256::new();
    hash.update(b"inkognito ckks parameters 2");
    hash.update(literal.log_n.to_le_bytes());
    hash.update(literal.log_scale.to_le_bytes());
    hash.update((literal.moduli_q_bits.len() as u32).to_le_bytes());
    for q in moduli {
        hash.update(q.to_le_bytes());
    }
    let digest = hash.finalize();
    std::array::from_fn(|i| digest[i])
}

impl LevelTables {
    fn new(whole: &Basis, level: usize, special: &[usize]) -> Self {
        let indices: Vec<usize> = (0..=level).chain(special.iter().copied()).collect();
        let q = whole.prefix(level + 1);
        let qp = whole.select(indices.iter().copied());
        let digits = (0..=level)
            .step_by(special.len())
            .map(|start| {
                let range = start..(start + special.len()).min(level + 1);
                let others = (0..qp.len()).filter(|i| !range.contains(i));
                let converter = BaseConverter::new(&qp.select(range.clone()), &qp.select(others));
                DigitTables { range, converter }
            })
            .collect();
        let special = whole.select(special.iter().copied());
        let special_product = qp.moduli().map(|m| special.product_mod(m)).collect();
        Self {
            digits,
            special_product,
            mod_down: ModDown::new(&qp, level + 1..qp.len()),
            rescale: (level > 0).then(|| Rescale {
                plain: ModDown::new(&q, level..level + 1),
                with_special: ModDown::new(&qp, level..qp.len()),
            }),
            q,
            qp,
            indices,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::special_moduli::P_MARGIN_BITS;

    #[test]
    fn the_default_is_at_the_limit_and_one_bit_more_is_refused() {
        let literal = ParametersLiteral::n8192_levels5();
        let parameters = Parameters::new(literal.clone()).unwrap();
        assert!(parameters.log_qp() <= 214.0 && parameters.log_qp() > 213.0);
        for i in 0..literal.moduli_q_bits.len() {
            let mut beyond = literal.clone();
            beyond.moduli_q_bits[i] += 1;
            let error = Parameters::new(beyond).unwrap_err();
            assert!(
                matches!(error, ParameterError::NotSecure { limit: 214, .. }),
                "{error}"
            );
        }
    }

    #[test]
    fn every_row_of_the_table_is_held() {
        for (log_n, limit) in SECURITY_TABLE {
            let with_total = |total: u32| {
                let count = total.div_ceil(29);
                // the larger ones first, and two of those are the special moduli
                let bits = (0..count).map(|i| total / count + u32::from(i < total % count));
                let mut special_moduli_bits: Vec<u32> = bits.collect();
                let moduli_q_bits = special_moduli_bits.split_off(2);
                assert_eq!(
                    moduli_q_bits
                        .iter()
                        .chain(&special_moduli_bits)
                        .sum::<u32>(),
                    total
                );
                ParametersLiteral {
                    log_n,
                    moduli_q_bits,
                    special_moduli_bits,
                    log_scale: 25,
                }
            };
            let allowed = Parameters::new(with_total(limit)).unwrap();
            assert!(allowed.log_qp() <= f64::from(limit));
            let error = Parameters::new(with_total(limit + 1)).unwrap_err();
            assert!(matches!(error, ParameterError::NotSecure { limit: l, .. } if l == limit));
        }
    }

    #[test]
    fn dropped_moduli_serve_as_special_ones() {
        for (literal, digits) in [
            (ParametersLiteral::n8192_levels5(), vec![1, 1, 1, 2, 2, 3]),
            (
                ParametersLiteral::n16384_levels11(),
                vec![1, 1, 1, 2, 1, 2, 1, 2, 2, 2, 3, 4],
            ),
        ] {
            let parameters = Parameters::new(literal).unwrap();
            let levels = 0..=parameters.max_level();
            let actual: Vec<_> = levels.clone().map(|l| parameters.digits(l)).collect();
            assert_eq!(actual, digits);
            for level in levels {
                let qp = parameters.qp_basis(level);
                let size = |indices: std::ops::Range<usize>| -> f64 {
                    let sizes = indices.map(|i| f64::from(qp.modulus(i).value()).log2());
                    sizes.sum()
                };
                let special = size(level + 1..qp.len());
                for digit in &parameters.at(level).digits {
                    assert!(special - size(digit.range.clone()) >= P_MARGIN_BITS);
                }
                // in order and all different, the level's own first
                let indices = parameters.qp_indices(level);
                assert!(indices[..=level].iter().copied().eq(0..=level));
                assert!(indices.is_sorted_by(|a, b| a < b) && indices.len() == qp.len());
            }
        }
    }

    #[test]
    fn what_is_lifted_is_also_lifted_below_where_moduli_are_the_same() {
        for (literal, levels) in [
            (ParametersLiteral::n8192_levels5(), vec![3, 5]),
            (
                ParametersLiteral::n16384_levels11(),
                vec![3, 5, 7, 9, 10, 11],
            ),
        ] {
            let parameters = Parameters::new(literal).unwrap();
            let all = 0..=parameters.max_level();
            let shared = all.filter(|&level| parameters.shares_moduli_below(level));
            assert_eq!(shared.collect::<Vec<_>>(), levels);
            for level in levels {
                let [here, below] = [level, level - 1].map(|l| &parameters.at(l).special_product);
                for (i, m) in parameters.qp_basis(level).moduli().enumerate() {
                    let last = parameters.modulus(level) % m.value();
                    assert_eq!(below[i], m.mul(here[i], last));
                }
            }
        }
    }

    #[test]
    fn deeper_profiles_are_parameters_alone() {
        let parameters = Parameters::new(ParametersLiteral::n16384_levels11()).unwrap();
        assert!(parameters.log_qp() <= 430.0);
        assert_eq!((parameters.max_level(), parameters.digits(11)), (11, 4));
    }

    #[test]
    fn refuses_what_cannot_work() {
        let good = ParametersLiteral::n8192_levels5();
        let with = |change: fn(&mut ParametersLiteral)| {
            let mut literal = good.clone();
            change(&mut literal);
            Parameters::new(literal).unwrap_err()
        };
        assert!(matches!(
            with(|l| l.log_n = 10),
            ParameterError::DegreeNotTabulated { .. }
        ));
        assert!(matches!(
            with(|l| l.log_scale = 31),
            ParameterError::Scale { .. }
        ));
        assert!(matches!(
            with(|l| l.moduli_q_bits.clear()),
            ParameterError::Ring(_)
        ));
        assert!(matches!(
            with(|l| l.special_moduli_bits.clear()),
            ParameterError::Ring(_)
        ));
        assert!(matches!(
            with(|l| l.moduli_q_bits[1] = 12),
            ParameterError::Ring(_)
        ));
        assert!(matches!(
            with(|l| l.special_moduli_bits = vec![26, 26]),
            ParameterError::SpecialTooSmall { .. }
        ));
    }
}
