//! A dense layer after another layer: its input is real and repeats every `period` slots.
//!
//! Each slot computes two outputs as one complex number, from the columns that the diagonals bring
//! to it. Let `half` be the number of pairs of outputs, a power of two. Slot `s` computes outputs
//! `j` and `half + j`, where `j = s mod half`. The slots with the
//! same `j` share the columns between them.
//!
//! The output of the layer must be real and in order. The slots are therefore divided into blocks
//! of `half` slots:
//!
//! - Even blocks compute `y_j - i y_(half + j)`.
//! - Odd blocks compute `y_(half + j) - i y_j`.
//!
//! Let E be the sum over the even blocks and O the sum over the odd blocks. Then `2 Re(E + i O)` is
//! output `j`. A rotation by `half` exchanges even and odd blocks, and `2 Re(O + i E)` is output
//! `half + j`. The same two steps compute both: add the vector rotated by `half` and multiplied by
//! i, then add the conjugate.
//!
//! Relies on `sum_steps.rs`. Not for the last layer, which needs no slots for its scores
//! (`output.rs`).

use inkognito_ckks::Complex64;

use super::sum_steps::{SumStep, rotations};

/// The matrix of a dense layer that is neither the first layer nor the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::encrypted) struct DenseMatrix {
    /// Number of slots, a power of two.
    slots: usize,
    /// The column (input) in each slot of one period, or `None` for a slot without an input.
    columns: Vec<Option<usize>>,
    outputs: usize,
}

impl DenseMatrix {
    /// Makes a matrix of `outputs` rows. `input_slots[c]` is the slot of column c within a period.
    ///
    /// # Panics
    /// If an input slot is not below `period`.
    pub(in crate::encrypted) fn new(
        slots: usize,
        period: usize,
        input_slots: &[usize],
        outputs: usize,
    ) -> Self {
        let mut columns = vec![None; period];
        for (column, &slot) in input_slots.iter().enumerate() {
            columns[slot] = Some(column);
        }
        Self {
            slots,
            columns,
            outputs,
        }
    }

    /// Returns the number of pairs of outputs, padded to a power of two.
    pub(in crate::encrypted) fn output_pairs(&self) -> usize {
        self.outputs.next_power_of_two().max(2) / 2
    }

    /// Returns the number of slots after which the input repeats.
    pub(in crate::encrypted) fn input_period(&self) -> usize {
        self.columns.len()
    }

    pub(super) fn slots_needed(&self) -> usize {
        self.columns.len().max(2 * self.output_pairs())
    }

    pub(super) fn diagonals(&self) -> usize {
        self.output_pairs().min(self.columns.len())
    }

    pub(super) fn period(&self) -> usize {
        2 * self.output_pairs()
    }

    pub(super) fn sum_steps(&self) -> Vec<SumStep> {
        let (half, summands) = (
            self.output_pairs(),
            self.columns.len() / self.output_pairs(),
        );
        let mul_by_i = (summands > 1).then_some(SumStep::RotateMulByI(half));
        rotations(2 * half, summands / 2)
            .chain(mul_by_i)
            .chain([SumStep::Conjugate])
            .collect()
    }

    /// Returns whether a slot lies in an odd block, whose real parts are the second outputs.
    fn is_in_odd_block(&self, slot: usize) -> bool {
        slot / self.output_pairs() % 2 == 1
    }

    /// Returns the slots of diagonal `d`. `weight` returns the weight in a row and a column.
    pub(super) fn diagonal(
        &self,
        d: usize,
        weight: impl Fn(usize, Option<usize>) -> f64,
    ) -> Vec<Complex64> {
        let half = self.output_pairs();
        let value = |slot: usize| {
            let column = self.columns[(slot + d) % self.columns.len()];
            let first = weight(slot % half, column);
            let second = weight(slot % half + half, column);
            if self.is_in_odd_block(slot) {
                Complex64::new(second, -first)
            } else {
                Complex64::new(first, -second)
            }
        };
        (0..self.slots).map(value).collect()
    }

    pub(super) fn broadcast(&self, value_of: impl Fn(usize) -> f64) -> Vec<Complex64> {
        let value = |slot: usize| Complex64::from(value_of(slot % self.period()));
        (0..self.slots).map(value).collect()
    }

    pub(super) fn slot_indices(&self) -> Vec<usize> {
        (0..self.outputs).collect()
    }
}
