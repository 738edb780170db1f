//! The packing of a network's input, and the matrix of the first layer, which reads it.
//!
//! The slots are divided into positions of `block` slots each. The slots of a position belong to
//! the windows of a convolution; for a dense layer a position is one slot. A position holds a pair
//! of inputs `(a, b)` of each window, as `z = a + i b`. For weights `u` and `v` the real part of `z
//! (u - i v)` is `u a + v b`.
//!
//! Positions `row`, `row + rows`, `row + 2 rows`, … compute partial results of the same output from
//! different inputs. The client packs each input into every position that reads it. The matrix has
//! then as few diagonals as the slots allow.
//!
//! Relies on `sum_steps.rs`. Not for a convolution after another layer, which no plan has.

use inkognito_ckks::Complex64;
use ndarray::{Array2, ArrayView2};

use super::sum_steps::{SumStep, rotations};

/// The matrix of the first layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::encrypted) struct InputMatrix {
    /// Number of slots, a power of two.
    pub(in crate::encrypted) slots: usize,
    /// Slots of a position, a power of two.
    pub(in crate::encrypted) block: usize,
    /// Slots of a position that hold values: the windows of a convolution, or 1.
    pub(in crate::encrypted) used: usize,
    /// Columns of the matrix.
    pub(in crate::encrypted) inputs: usize,
    /// Rows of the matrix.
    pub(in crate::encrypted) outputs: usize,
}

impl InputMatrix {
    /// Returns the number of positions that hold one copy of the output.
    fn rows(&self) -> usize {
        self.outputs.next_power_of_two()
    }

    /// Returns the number of pairs of inputs, padded to a power of two.
    fn pairs(&self) -> usize {
        self.inputs.div_ceil(2).next_power_of_two()
    }

    /// Returns the number of positions after which the packing repeats: all positions, or as many
    /// as the pairs need.
    fn positions(&self) -> usize {
        (self.slots / self.block).min(self.rows() * self.pairs())
    }

    /// Returns the number of slots that inputs or outputs need. A number that overflows exceeds all
    /// slots, and saturates.
    pub(super) fn slots_needed(&self) -> usize {
        self.block.saturating_mul(self.pairs().max(self.rows()))
    }

    pub(super) fn diagonals(&self) -> usize {
        self.pairs() * self.rows() / self.positions()
    }

    pub(super) fn diagonal_period(&self) -> usize {
        self.block * self.positions()
    }

    pub(super) fn period(&self) -> usize {
        self.rows() * self.block
    }

    /// Returns the pair of inputs at a position. The `diagonals()` positions from any position on,
    /// together with those `rows`, `2 rows`, … after them, hold each pair once.
    fn pair(&self, position: usize) -> usize {
        let (position, count) = (position % self.positions(), self.diagonals());
        position % count + position / self.rows() * count
    }

    pub(super) fn sum_steps(&self) -> Vec<SumStep> {
        rotations(self.period(), self.positions() / self.rows())
            .chain([SumStep::Conjugate])
            .collect()
    }

    /// Returns the slots of diagonal `d`. `weight` returns the weight in a row and a column.
    pub(super) fn diagonal(
        &self,
        d: usize,
        weight: impl Fn(usize, Option<usize>) -> f64,
    ) -> Vec<Complex64> {
        let value = |slot: usize| {
            let (position, window) = (slot / self.block, slot % self.block);
            if window >= self.used {
                return Complex64::default();
            }
            let (row, pair) = (position % self.rows(), self.pair(position + d));
            Complex64::new(
                weight(row, Some(2 * pair)),
                -weight(row, Some(2 * pair + 1)),
            )
        };
        (0..self.slots).map(value).collect()
    }

    pub(super) fn broadcast(&self, value_of: impl Fn(usize) -> f64) -> Vec<Complex64> {
        let value = |slot: usize| {
            let (position, window) = (slot / self.block, slot % self.block);
            let value = if window < self.used {
                value_of(position % self.rows())
            } else {
                0.0
            };
            Complex64::from(value)
        };
        (0..self.slots).map(value).collect()
    }

    pub(super) fn slot_indices(&self) -> Vec<usize> {
        (0..self.outputs)
            .flat_map(|row| (0..self.used).map(move |window| row * self.block + window))
            .collect()
    }

    /// Packs the inputs, `[inputs, used]`, into slots.
    pub(in crate::encrypted) fn pack(&self, columns: ArrayView2<'_, f64>) -> Vec<Complex64> {
        let value = |slot: usize| {
            let (pair, window) = (self.pair(slot / self.block), slot % self.block);
            let input = |column| columns.get((column, window)).copied().unwrap_or(0.0);
            Complex64::new(input(2 * pair), input(2 * pair + 1))
        };
        (0..self.slots).map(value).collect()
    }
}

/// The kind of the first layer, which determines the packing of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::encrypted) enum InputLayout {
    /// The taps of a convolution for each window, both row by row (im2col).
    Windows {
        kernel: usize,
        stride: usize,
        across: usize,
        down: usize,
    },
    /// The pixels, row by row.
    Pixels,
}

impl InputLayout {
    /// Returns the inputs of an image, `[inputs, used]`.
    ///
    /// # Panics
    /// If a window exceeds the image.
    pub(in crate::encrypted) fn columns(&self, image: ArrayView2<'_, f32>) -> Array2<f64> {
        let pixel = |row, column| f64::from(image[[row, column]]);
        match *self {
            Self::Windows {
                kernel,
                stride,
                across,
                down,
            } => Array2::from_shape_fn((kernel * kernel, across * down), |(tap, window)| {
                pixel(
                    window / across * stride + tap / kernel,
                    window % across * stride + tap % kernel,
                )
            }),
            Self::Pixels => {
                let width = image.ncols();
                Array2::from_shape_fn((image.len(), 1), |(i, _)| pixel(i / width, i % width))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_that_exceeds_all_slots_is_seen_as_such() {
        let input = InputMatrix {
            slots: 4096,
            block: 1 << (usize::BITS / 2),
            used: 1,
            inputs: 1 << (usize::BITS / 2),
            outputs: 1 << (usize::BITS / 2),
        };
        assert_eq!(input.slots_needed(), usize::MAX);
    }
}
