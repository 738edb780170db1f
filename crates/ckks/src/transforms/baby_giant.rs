//! The split of rotations into baby steps and giant steps.
//!
//! Not for the choice of a split, which the caller makes.

/// Splits diagonal numbers: `d = unit (baby_steps i + j)` is giant step `i` and baby step `j`.
///
/// ```
/// use inkognito_ckks::BabyGiant;
///
/// let split = BabyGiant { unit: 1, baby_steps: 4 };
/// // 0 = 0 + 0, 1 = 0 + 1, 6 = 4 + 2, 9 = 8 + 1
/// assert_eq!(split.rotations([0, 1, 6, 9]), [vec![1, 2], vec![4, 8]]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BabyGiant {
    /// A common divisor of all diagonal numbers; not 0.
    pub unit: usize,
    /// Number of baby steps; not 0.
    pub baby_steps: usize,
}

impl BabyGiant {
    /// Returns the rotations of the giant step and of the baby step.
    pub(super) fn split(self, diagonal: usize) -> (usize, usize) {
        let giant = self.unit * self.baby_steps;
        (diagonal / giant * giant, diagonal % giant)
    }

    /// Returns the rotations of the baby steps and of the giant steps that a transform with these
    /// diagonals takes, each list without 0 and in ascending order.
    ///
    /// # Panics
    /// If `unit` or `baby_steps` is 0.
    pub fn rotations(self, diagonals: impl IntoIterator<Item = usize>) -> [Vec<usize>; 2] {
        let split = diagonals.into_iter().map(|d| self.split(d));
        let (giant, baby): (Vec<_>, Vec<_>) = split.unzip();
        [baby, giant].map(|mut steps| {
            steps.retain(|&step| step != 0);
            ascending(steps)
        })
    }
}

/// Returns each item once, in ascending order.
pub(super) fn ascending<T: Ord>(mut all: Vec<T>) -> Vec<T> {
    all.sort_unstable();
    all.dedup();
    all
}
