//! Which moduli are the special ones of each level: the set's own, and ciphertext moduli that have been dropped.

use std::ops::RangeInclusive;

use crate::ParameterError;

/// What each digit costs with each modulus of a key, in products: with two polynomials, which come from far away.
const DIGIT: usize = 3;

/// What else is computed with each modulus of a key, in such products: transforms, permutations, products with
/// weights.
const BESIDE: usize = 5;

/// By how many bits P is to outweigh each digit, unless the set's own special moduli do not either: then
/// switching adds no more than the rounding that ends it.
pub(crate) const P_MARGIN_BITS: f64 = 1.9;

/// Where the special moduli of `level` are among all moduli, ciphertext moduli first, in ascending order: as many
/// of the set's own, and then of the dropped ones from the lowest up, as make switching fastest. From level 2 on
/// an odd level shares all moduli with the one below, if that is possible: where squares are between layers, a linear
/// layer stands at the odd one and its sums below ([`Parameters::shares_moduli_below`](crate::Parameters::shares_moduli_below)).
///
/// # Errors
/// [`ParameterError::SpecialTooSmall`] if all of them are outweighed by a digit of as many moduli.
pub(crate) fn special_indices(
    moduli: &[u32],
    q_len: usize,
    level: usize,
) -> Result<Vec<usize>, ParameterError> {
    let pair = (level >= 2).then(|| (level & !1)..=(level | 1).min(q_len - 1));
    let choices = pair.into_iter().chain([level..=level]);
    choices
        .map(|levels| Sharing::new(moduli, q_len, levels))
        .find_map(|sharing| Some(sharing.indices(sharing.fastest()?, level)))
        .ok_or_else(|| {
            let sharing = Sharing::new(moduli, q_len, level..=level);
            let count = sharing.candidates.len();
            ParameterError::SpecialTooSmall {
                special: sharing.size(&sharing.candidates),
                digit: sharing.largest_digit(count, level),
            }
        })
}

/// Levels that are to have the same moduli.
struct Sharing<'a> {
    moduli: &'a [u32],
    levels: RangeInclusive<usize>,
    /// Special moduli that the highest level may have, by preference: the set's own come first.
    candidates: Vec<usize>,
    /// Number of the set's own.
    own: usize,
}

impl<'a> Sharing<'a> {
    fn new(moduli: &'a [u32], q_len: usize, levels: RangeInclusive<usize>) -> Self {
        Self {
            moduli,
            candidates: (q_len..moduli.len())
                .chain(levels.end() + 1..q_len)
                .collect(),
            levels,
            own: moduli.len() - q_len,
        }
    }

    fn size(&self, indices: &[usize]) -> f64 {
        let sizes = indices.iter().map(|&i| f64::from(self.moduli[i]).log2());
        sizes.sum()
    }

    /// The special moduli of `level` where the highest has `count`: those, and what has been dropped in between.
    fn indices(&self, count: usize, level: usize) -> Vec<usize> {
        let dropped = level + 1..=*self.levels.end();
        let mut indices: Vec<_> = dropped
            .chain(self.candidates[..count].iter().copied())
            .collect();
        indices.sort_unstable();
        indices
    }

    fn largest_digit(&self, moduli: usize, level: usize) -> f64 {
        let own: Vec<usize> = (0..=level).collect();
        let sizes = own.chunks(moduli).map(|digit| self.size(digit));
        sizes.fold(0.0, f64::max)
    }

    /// By how many bits P outweighs each digit.
    fn margin_bits(&self, count: usize, level: usize) -> f64 {
        let special = self.indices(count, level);
        self.size(&special) - self.largest_digit(special.len(), level)
    }

    /// What switching costs: below the highest level there are giant steps, sums and a square.
    fn work(&self, count: usize) -> usize {
        let work = |level: usize| {
            let special = self.indices(count, level).len();
            let once = (DIGIT * (level + 1).div_ceil(special) + BESIDE) * (level + 1 + special);
            if level < *self.levels.end() {
                2 * once
            } else {
                once
            }
        };
        self.levels.clone().map(work).sum()
    }

    /// The number of special moduli of the highest level that makes switching fastest, if there is any that works.
    fn fastest(&self) -> Option<usize> {
        let levels = || self.levels.clone();
        let wanted = |level| self.margin_bits(self.own, level).min(P_MARGIN_BITS);
        (1..=self.candidates.len())
            .filter(|&count| levels().all(|level| self.margin_bits(count, level) >= 0.0))
            .min_by_key(|&count| {
                let lacking = levels().any(|level| self.margin_bits(count, level) < wanted(level));
                (lacking, self.work(count))
            })
    }
}
