//! The choice of special moduli for each level: the set's own, and ciphertext moduli that have been
//! dropped (Hwang, Seo and Song, *Optimizing HE operations via level-aware key-switching
//! framework*, 2023).
//!
//! Relies on a model of the cost of key switching. Not for the ciphertext moduli, which the literal
//! states.

use std::ops::RangeInclusive;

use crate::error::ParameterError;

/// Cost of one digit with one modulus of a key, in products: two for the inner products with two
/// polynomials, one for reading them from far memory.
const DIGIT_COST: usize = 3;

/// Cost of all else with one modulus of a key, in the same unit: transforms, permutations, products
/// with weights.
const OTHER_COST: usize = 5;

/// The number of bits by which P should outweigh each digit. Key switching then adds no more noise
/// than the rounding at its end. If the set's own special moduli have a smaller margin, that one is
/// enough.
pub(crate) const P_MARGIN_BITS: f64 = 1.9;

/// Returns the indices of the special moduli of `level` among all moduli (ciphertext moduli first),
/// in ascending order.
///
/// The function takes as many moduli as make key switching fastest: first the set's own, then
/// dropped ciphertext moduli from the lowest up. From level 2 on, an odd level shares all moduli
/// with the level below where that is possible. In a network with squares between the layers, a
/// linear layer works at the odd level, and its sums work one level below
/// ([`shares_moduli_below`](crate::Parameters::shares_moduli_below)).
///
/// # Errors
/// [`ParameterError::SpecialTooSmall`] if a digit of as many moduli outweighs all of them.
pub(super) fn special_indices(
    moduli: &[u32],
    q_len: usize,
    level: usize,
) -> Result<Vec<usize>, ParameterError> {
    let pair = (level >= 2).then(|| (level & !1)..=(level | 1).min(q_len - 1));
    let choices = pair.into_iter().chain([level..=level]);
    choices
        .map(|levels| LevelGroup::new(moduli, q_len, levels))
        .find_map(|group| Some(group.indices(group.fastest()?, level)))
        .ok_or_else(|| {
            let group = LevelGroup::new(moduli, q_len, level..=level);
            let count = group.candidates.len();
            ParameterError::SpecialTooSmall {
                special: group.log_size(&group.candidates),
                digit: group.largest_digit(count, level),
            }
        })
}

/// Levels whose keys should be over the same moduli.
struct LevelGroup<'a> {
    moduli: &'a [u32],
    levels: RangeInclusive<usize>,
    /// Indices of the special moduli that the highest level may have, by preference: the set's own
    /// come first.
    candidates: Vec<usize>,
    /// Number of the set's own special moduli.
    special_len: usize,
}

impl<'a> LevelGroup<'a> {
    fn new(moduli: &'a [u32], q_len: usize, levels: RangeInclusive<usize>) -> Self {
        Self {
            moduli,
            candidates: (q_len..moduli.len())
                .chain(levels.end() + 1..q_len)
                .collect(),
            levels,
            special_len: moduli.len() - q_len,
        }
    }

    /// Returns log2 of the product of the moduli at `indices`.
    fn log_size(&self, indices: &[usize]) -> f64 {
        let sizes = indices.iter().map(|&i| f64::from(self.moduli[i]).log2());
        sizes.sum()
    }

    /// Returns the special moduli of `level` if the highest level has `count`: those, and the
    /// ciphertext moduli dropped on the way down to `level`.
    fn indices(&self, count: usize, level: usize) -> Vec<usize> {
        let dropped = level + 1..=*self.levels.end();
        let mut indices: Vec<_> = dropped
            .chain(self.candidates[..count].iter().copied())
            .collect();
        indices.sort_unstable();
        indices
    }

    /// Returns log2 of the largest digit of `digit_len` moduli at `level`.
    fn largest_digit(&self, digit_len: usize, level: usize) -> f64 {
        let q: Vec<usize> = (0..=level).collect();
        let sizes = q.chunks(digit_len).map(|digit| self.log_size(digit));
        sizes.fold(0.0, f64::max)
    }

    /// Returns the number of bits by which P outweighs each digit.
    fn margin_bits(&self, count: usize, level: usize) -> f64 {
        let special = self.indices(count, level);
        self.log_size(&special) - self.largest_digit(special.len(), level)
    }

    /// Returns the cost of key switching at all levels of the group. The levels below the highest
    /// count twice, since giant steps, sums and a square work there.
    fn cost(&self, count: usize) -> usize {
        let cost = |level: usize| {
            let special = self.indices(count, level).len();
            let digits = (level + 1).div_ceil(special);
            let once = (DIGIT_COST * digits + OTHER_COST) * (level + 1 + special);
            if level < *self.levels.end() {
                2 * once
            } else {
                once
            }
        };
        self.levels.clone().map(cost).sum()
    }

    /// Returns the number of special moduli of the highest level that makes key switching fastest,
    /// or `None` if P outweighs the digits with no number.
    fn fastest(&self) -> Option<usize> {
        let levels = || self.levels.clone();
        let wanted = |level| self.margin_bits(self.special_len, level).min(P_MARGIN_BITS);
        (1..=self.candidates.len())
            .filter(|&count| levels().all(|level| self.margin_bits(count, level) >= 0.0))
            .min_by_key(|&count| {
                let lacking = levels().any(|level| self.margin_bits(count, level) < wanted(level));
                (lacking, self.cost(count))
            })
    }
}
