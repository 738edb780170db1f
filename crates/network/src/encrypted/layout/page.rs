//! The first layer's input, laid out by the page, and the matrix that reads it.
//!
//! The slots are positions of `block` slots each: the windows of a convolution, or one pixel. A
//! position carries two inputs of each window, one in the real part and one in the imaginary one,
//! and the input has `z (a - ib)` for real part `a Re z + b Im z`. Positions `row`, `row + rows`,
//! `row + 2 rows`, .. compute the same output from different inputs, so that there are as few diagonals
//! as slots allow; the page lays each input out wherever it is read.

use inkognito_ckks::Complex64;
use ndarray::{Array2, ArrayView2};

use super::{Addition, doublings};

/// A matrix on what the page lays out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::encrypted) struct InputMatrix {
    /// Slots in all, a power of two.
    pub(in crate::encrypted) slots: usize,
    /// Slots of a position, a power of two, and how many of them hold values.
    pub(in crate::encrypted) block: usize,
    pub(in crate::encrypted) used: usize,
    /// Columns and rows of the matrix.
    pub(in crate::encrypted) inputs: usize,
    pub(in crate::encrypted) outputs: usize,
}

impl InputMatrix {
    /// Positions of one copy of the output.
    fn rows(&self) -> usize {
        self.outputs.next_power_of_two()
    }

    /// Pairs of inputs, padded.
    fn pairs(&self) -> usize {
        self.inputs.div_ceil(2).next_power_of_two()
    }

    /// Positions after which everything repeats: all there are, or as many as the pairs can use.
    fn positions(&self) -> usize {
        (self.slots / self.block).min(self.rows() * self.pairs())
    }

    pub(super) fn needed(&self) -> usize {
        self.block * self.pairs().max(self.rows())
    }

    pub(super) fn diagonals(&self) -> usize {
        self.pairs() * self.rows() / self.positions()
    }

    /// Slots after which every diagonal repeats.
    pub(super) fn repetition(&self) -> usize {
        self.block * self.positions()
    }

    pub(super) fn period(&self) -> usize {
        self.rows() * self.block
    }

    /// The pair of inputs at a position. Of the `diagonals()` positions from any on, and those `rows`,
    /// `2 rows`, .. further, each pair is at one.
    fn pair(&self, position: usize) -> usize {
        let (position, count) = (position % self.positions(), self.diagonals());
        position % count + position / self.rows() * count
    }

    pub(super) fn additions(&self) -> Vec<Addition> {
        doublings(self.period(), self.positions() / self.rows())
            .chain([Addition::Conjugate])
            .collect()
    }

    /// The slots of diagonal `d`; `at` gives the weight in a row and a column.
    pub(super) fn diagonal(
        &self,
        d: usize,
        at: impl Fn(usize, Option<usize>) -> f64,
    ) -> Vec<Complex64> {
        let slot = |slot: usize| {
            let (position, within) = (slot / self.block, slot % self.block);
            if within >= self.used {
                return Complex64::default();
            }
            let (row, pair) = (position % self.rows(), self.pair(position + d));
            Complex64::new(at(row, Some(2 * pair)), -at(row, Some(2 * pair + 1)))
        };
        (0..self.slots).map(slot).collect()
    }

    pub(super) fn broadcast(&self, at: impl Fn(usize) -> f64) -> Vec<Complex64> {
        let slot = |slot: usize| {
            let (position, within) = (slot / self.block, slot % self.block);
            let value = if within < self.used {
                at(position % self.rows())
            } else {
                0.0
            };
            Complex64::from(value)
        };
        (0..self.slots).map(slot).collect()
    }

    pub(super) fn slot_indices(&self) -> Vec<usize> {
        (0..self.outputs)
            .flat_map(|row| (0..self.used).map(move |within| row * self.block + within))
            .collect()
    }

    /// The slots of an image whose inputs are given, `[inputs, used]`.
    pub(in crate::encrypted) fn pack(&self, columns: ArrayView2<'_, f64>) -> Vec<Complex64> {
        let slot = |slot: usize| {
            let (pair, within) = (self.pair(slot / self.block), slot % self.block);
            let at = |column| columns.get((column, within)).copied().unwrap_or(0.0);
            Complex64::new(at(2 * pair), at(2 * pair + 1))
        };
        (0..self.slots).map(slot).collect()
    }
}

/// What of an image is an input of the first layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::encrypted) enum InputLayout {
    /// The taps of a convolution, over all windows, both row by row (im2col).
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
    /// The inputs of an image, `[inputs, used]`.
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
