//! The last layer: each score is a sum over the slots of one period, and comes out in a coefficient.

use inkognito_ckks::{CoefficientMatVec, Complex64, Parameters};
use ndarray::ArrayView2;

/// A matrix on real values that repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::encrypted) struct Scores {
    /// For each slot of a period the input that it holds, and for which window.
    columns: Vec<Option<(usize, usize)>>,
    /// Windows of each input: those of a convolution, or one.
    windows: usize,
    outputs: usize,
}

impl Scores {
    /// Of what the layer before has left; `places` are the slots of the inputs, within a period.
    pub(in crate::encrypted) fn after(period: usize, places: &[usize], outputs: usize) -> Self {
        let mut columns = vec![None; period];
        for (column, &place) in places.iter().enumerate() {
            columns[place] = Some((column, 0));
        }
        Self {
            columns,
            windows: 1,
            outputs,
        }
    }

    /// Of what the page lays out, where no layer is before: the windows of each input in a row.
    pub(in crate::encrypted) fn alone(inputs: usize, windows: usize, outputs: usize) -> Self {
        let place = |slot: usize| {
            let column = slot / windows;
            (column < inputs).then_some((column, slot % windows))
        };
        Self {
            columns: (0..(inputs * windows).next_power_of_two())
                .map(place)
                .collect(),
            windows,
            outputs,
        }
    }

    /// Slots after which the input repeats.
    pub(in crate::encrypted) fn period(&self) -> usize {
        self.columns.len()
    }

    /// Scores: each output for each window.
    pub(in crate::encrypted) fn count(&self) -> usize {
        self.outputs * self.windows
    }

    /// How many of the scores each extract holds.
    pub(in crate::encrypted) fn counts(&self, parameters: &Parameters) -> Vec<usize> {
        CoefficientMatVec::row_counts(parameters, self.period(), self.count())
    }

    /// For each score, in row-major order, the weight of each slot; `weight` is `outputs x inputs`.
    pub(in crate::encrypted) fn rows(&self, weight: ArrayView2<'_, f64>) -> Vec<Vec<f64>> {
        let row = |k: usize| {
            let (output, window) = (k / self.windows, k % self.windows);
            let weight = |place: &Option<(usize, usize)>| match *place {
                Some((column, of)) if of == window => weight[[output, column]],
                _ => 0.0,
            };
            self.columns.iter().map(weight).collect()
        };
        (0..self.count()).map(row).collect()
    }

    /// One value a score, in row-major order.
    pub(in crate::encrypted) fn broadcast(&self, values: &[f64]) -> Vec<f64> {
        let values = values.iter();
        values
            .flat_map(|&value| std::iter::repeat_n(value, self.windows))
            .collect()
    }

    /// The slots of an image whose inputs are given, `[inputs, windows]`.
    pub(in crate::encrypted) fn pack(
        &self,
        columns: ArrayView2<'_, f64>,
        slots: usize,
    ) -> Vec<Complex64> {
        let value = |place: &Option<(usize, usize)>| {
            let value = place.and_then(|place| columns.get(place));
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
        fn each_row_meets_its_windows(
            inputs in 1usize..12, windows in 1usize..8, outputs in 1usize..6,
        ) {
            let scores = Scores::alone(inputs, windows, outputs);
            let number = |row: usize, column: usize| ((31 * row + 7 * column) % 19) as f64;
            let weight = Array2::from_shape_fn((outputs, inputs), |(r, c)| number(r, c));
            let columns = Array2::from_shape_fn((inputs, windows), |(c, w)| number(c + 5, w + 3));
            let slots = scores.pack(columns.view(), SLOTS);
            let expected = weight.dot(&columns);
            let rows = scores.rows(weight.view());
            prop_assert_eq!(rows.len(), scores.count());
            for (row, expected) in rows.iter().zip(&expected) {
                prop_assert_eq!(row.len(), scores.period());
                let slots = slots[SLOTS - scores.period()..].iter();
                let sum: f64 = row.iter().zip(slots).map(|(w, x)| w * x.re).sum();
                prop_assert_eq!(sum, *expected);
            }
            let bias: Vec<_> = (0..outputs).map(|row| row as f64).collect();
            for (k, value) in scores.broadcast(&bias).into_iter().enumerate() {
                prop_assert_eq!(value, (k / windows) as f64);
            }
        }
    }

    #[test]
    fn what_lies_elsewhere_has_no_weight() {
        let scores = Scores::after(4, &[2, 0], 1);
        let rows = scores.rows(ndarray::array![[3.0, 5.0]].view());
        assert_eq!(rows, [[5.0, 0.0, 3.0, 0.0]]);
    }
}
