//! The matrix of the last layer. Each score is an inner product with the slots of one period, and
//! is written to a coefficient of the result ([`CoefficientMatVec`]).
//!
//! Relies on [`CoefficientMatVec`] for the numbers of rows. Not for a layer that another one
//! follows.

use inkognito_ckks::{CoefficientMatVec, Complex64, Parameters};
use ndarray::ArrayView2;

/// The matrix of the last layer. Its input is real and repeats every [`period`](Self::period)
/// slots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::encrypted) struct OutputMatrix {
    /// For each slot of a period the column (input) that it holds, and its window.
    columns: Vec<Option<(usize, usize)>>,
    /// Windows of each input: those of a convolution, or 1.
    windows: usize,
    outputs: usize,
}

impl OutputMatrix {
    /// Makes the matrix of a layer after another layer. `input_slots[c]` is the slot of column c
    /// within a period.
    ///
    /// # Panics
    /// If an input slot is not below `period`.
    pub(in crate::encrypted) fn after(
        period: usize,
        input_slots: &[usize],
        outputs: usize,
    ) -> Self {
        let mut columns = vec![None; period];
        for (column, &slot) in input_slots.iter().enumerate() {
            columns[slot] = Some((column, 0));
        }
        Self {
            columns,
            windows: 1,
            outputs,
        }
    }

    /// Makes the matrix of a layer that is the first one as well. The client packs the windows of
    /// each input side by side.
    pub(in crate::encrypted) fn first(inputs: usize, windows: usize, outputs: usize) -> Self {
        let column = |slot: usize| {
            let column = slot / windows;
            (column < inputs).then_some((column, slot % windows))
        };
        Self {
            columns: (0..Self::first_period(inputs, windows))
                .map(column)
                .collect(),
            windows,
            outputs,
        }
    }

    /// Returns the period of the matrix that [`OutputMatrix::first`] makes, or `usize::MAX` if it
    /// overflows. It is known before memory is allocated for the matrix.
    pub(in crate::encrypted) fn first_period(inputs: usize, windows: usize) -> usize {
        let values = inputs.checked_mul(windows);
        let period = values.and_then(usize::checked_next_power_of_two);
        period.unwrap_or(usize::MAX)
    }

    /// Returns the number of slots after which the input repeats.
    pub(in crate::encrypted) fn period(&self) -> usize {
        self.columns.len()
    }

    /// Returns the number of scores: one for each output and window.
    pub(in crate::encrypted) fn score_count(&self) -> usize {
        self.outputs * self.windows
    }

    /// Returns the number of scores in each ciphertext of a result.
    pub(in crate::encrypted) fn score_counts(&self, parameters: &Parameters) -> Vec<usize> {
        CoefficientMatVec::row_counts(parameters, self.period(), self.score_count())
    }

    /// Returns for each score, in row-major order, the weight of each slot of a period. `weight` is
    /// `[outputs, inputs]`.
    ///
    /// # Panics
    /// If `weight` has fewer rows or columns.
    pub(in crate::encrypted) fn rows(&self, weight: ArrayView2<'_, f64>) -> Vec<Vec<f64>> {
        let row = |k: usize| {
            let (output, window) = (k / self.windows, k % self.windows);
            let weight = |column: &Option<(usize, usize)>| match *column {
                Some((column, of)) if of == window => weight[[output, column]],
                _ => 0.0,
            };
            self.columns.iter().map(weight).collect()
        };
        (0..self.score_count()).map(row).collect()
    }

    /// Repeats one value for each output over the windows: one value for each score.
    pub(in crate::encrypted) fn broadcast(&self, values: &[f64]) -> Vec<f64> {
        let values = values.iter();
        values
            .flat_map(|&value| std::iter::repeat_n(value, self.windows))
            .collect()
    }

    /// Packs the inputs, `[inputs, windows]`, into slots.
    pub(in crate::encrypted) fn pack(
        &self,
        columns: ArrayView2<'_, f64>,
        slots: usize,
    ) -> Vec<Complex64> {
        let value = |column: &Option<(usize, usize)>| {
            let value = column.and_then(|column| columns.get(column));
            Complex64::from(value.copied().unwrap_or_default())
        };
        let period: Vec<_> = self.columns.iter().map(value).collect();
        period.into_iter().cycle().take(slots).collect()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;

    const SLOTS: usize = 256;

    proptest! {
        #[test]
        fn rows_times_packed_inputs_are_the_scores(
            inputs in 1usize..12, windows in 1usize..8, outputs in 1usize..6,
        ) {
            let matrix = OutputMatrix::first(inputs, windows, outputs);
            let number = |row: usize, column: usize| ((31 * row + 7 * column) % 19) as f64;
            let weight = Array2::from_shape_fn((outputs, inputs), |(r, c)| number(r, c));
            let columns = Array2::from_shape_fn((inputs, windows), |(c, w)| number(c + 5, w + 3));
            let slots = matrix.pack(columns.view(), SLOTS);
            let expected = weight.dot(&columns);
            let rows = matrix.rows(weight.view());
            prop_assert_eq!(rows.len(), matrix.score_count());
            for (row, expected) in rows.iter().zip(&expected) {
                prop_assert_eq!(row.len(), matrix.period());
                let slots = slots[SLOTS - matrix.period()..].iter();
                let sum: f64 = row.iter().zip(slots).map(|(w, x)| w * x.re).sum();
                prop_assert_eq!(sum, *expected);
            }
            let bias: Vec<_> = (0..outputs).map(|row| row as f64).collect();
            for (k, value) in matrix.broadcast(&bias).into_iter().enumerate() {
                prop_assert_eq!(value, (k / windows) as f64);
            }
        }
    }

    #[test]
    fn slots_without_an_input_have_weight_zero() {
        let matrix = OutputMatrix::after(4, &[2, 0], 1);
        let rows = matrix.rows(ndarray::array![[3.0, 5.0]].view());
        assert_eq!(rows, [[5.0, 0.0, 3.0, 0.0]]);
    }
}
