//! A dense layer on what the layer before it left: real values that repeat every `period` slots.
//!
//! Slot `s` computes outputs `j` and `half + j` together, `j = s mod half`, as real and imaginary
//! part, from the columns that the diagonals bring there; the slots of one `j` share the columns out.
//!
//! What comes out must be real and in order: every other run of `half` slots computes `(half + j) - i j` instead of `j - i (half + j)`. With such runs summed, `E`
//! over the ones and `O` over the others, `2 Re(E + iO)` is output `j`, and, since the runs take turns,
//! `2 Re(O + iE)` is output `half + j`: one expression for both, a mul_by_i rotation by `half` and the
//! conjugate.

use inkognito_ckks::Complex64;

use super::{Addition, doublings};

/// A matrix on real values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::encrypted) struct Dense {
    /// Slots in all, a power of two.
    slots: usize,
    /// The input in each slot of a period.
    columns: Vec<Option<usize>>,
    outputs: usize,
}

impl Dense {
    /// A matrix of `outputs` rows; `places` are the slots of its columns, within a period.
    pub(in crate::encrypted) fn new(
        slots: usize,
        period: usize,
        places: &[usize],
        outputs: usize,
    ) -> Self {
        let mut columns = vec![None; period];
        for (column, &place) in places.iter().enumerate() {
            columns[place] = Some(column);
        }
        Self {
            slots,
            columns,
            outputs,
        }
    }

    /// Pairs of outputs.
    pub(in crate::encrypted) fn half(&self) -> usize {
        self.outputs.next_power_of_two().max(2) / 2
    }

    /// Slots after which the input repeats.
    pub(in crate::encrypted) fn input_period(&self) -> usize {
        self.columns.len()
    }

    pub(super) fn needed(&self) -> usize {
        self.columns.len().max(2 * self.half())
    }

    pub(super) fn diagonals(&self) -> usize {
        self.half().min(self.columns.len())
    }

    pub(super) fn period(&self) -> usize {
        2 * self.half()
    }

    pub(super) fn additions(&self) -> Vec<Addition> {
        let (half, summands) = (self.half(), self.columns.len() / self.half());
        let mul_by_i = (summands > 1).then_some(Addition::MulByI(half));
        doublings(2 * half, summands / 2)
            .chain(mul_by_i)
            .chain([Addition::Conjugate])
            .collect()
    }

    /// Whether a slot is in one of the runs that compute the second output of each pair first.
    fn is_crossed(&self, slot: usize) -> bool {
        slot / self.half() % 2 == 1
    }

    /// The slots of diagonal `d`; `at` gives the weight in a row and a column.
    pub(super) fn diagonal(
        &self,
        d: usize,
        at: impl Fn(usize, Option<usize>) -> f64,
    ) -> Vec<Complex64> {
        let half = self.half();
        let slot = |slot: usize| {
            let column = self.columns[(slot + d) % self.columns.len()];
            let (first, second) = (at(slot % half, column), at(slot % half + half, column));
            if self.is_crossed(slot) {
                Complex64::new(second, -first)
            } else {
                Complex64::new(first, -second)
            }
        };
        (0..self.slots).map(slot).collect()
    }

    pub(super) fn broadcast(&self, at: impl Fn(usize) -> f64) -> Vec<Complex64> {
        let slot = |slot: usize| Complex64::from(at(slot % self.period()));
        (0..self.slots).map(slot).collect()
    }

    pub(super) fn slot_indices(&self) -> Vec<usize> {
        (0..self.outputs).collect()
    }
}
