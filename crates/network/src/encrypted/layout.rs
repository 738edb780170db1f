//! Where the values of each layer lie in the slots.
//!
//! Every vector is periodic: its values fill a power of two of slots, and that repeats to the end,
//! so that a rotation wraps as it should. A period is `columns` blocks of `block` slots. After a
//! convolution a block is one channel's windows; after a dense layer, one value. The first layer's
//! input is laid out by the page for free: for a convolution, block t holds tap t of all windows.
//!
//! A linear layer is then a `rows x columns` matrix on blocks in the hybrid diagonal layout
//! (Halevi and Shoup 2014; Juvekar et al., *GAZELLE*, 2018, section 4): `min(rows, columns)`
//! generalised diagonals and, where there are fewer rows than columns, a fold.

use std::collections::BTreeMap;

use inkognito_ckks::Complex64;
use ndarray::{Array2, ArrayView2};

/// A linear layer as a matrix on blocks of slots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BlockMatrix {
    /// Slots in a block, a power of two, and how many of them hold values.
    pub(super) block: usize,
    pub(super) used: usize,
    /// Rows and columns: powers of two. Rows that hold values.
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) outputs: usize,
}

impl BlockMatrix {
    /// Slots of one period before and after the layer.
    pub(super) fn input_period(&self) -> usize {
        self.columns * self.block
    }

    pub(super) fn output_period(&self) -> usize {
        self.rows * self.block
    }

    /// Numbers of the diagonals, in slots.
    pub(super) fn diagonals(&self) -> impl Iterator<Item = usize> + use<> {
        let block = self.block;
        (0..self.rows.min(self.columns)).map(move |d| d * block)
    }

    /// The rotations that sum up the partial results, in groups that share a decomposition: at
    /// most eight summands a group, of sizes as equal as can be.
    pub(super) fn folds(&self) -> Vec<Vec<i64>> {
        let summands = (self.columns / self.rows.min(self.columns)).trailing_zeros();
        let groups = summands.div_ceil(3);
        let mut step = self.output_period() as i64;
        (0..groups)
            .map(|i| {
                let bits = summands / groups + u32::from(i < summands % groups);
                let fold = (1..1i64 << bits).map(|k| k * step).collect();
                step <<= bits;
                fold
            })
            .collect()
    }

    /// The slots of each diagonal; `matrix` is `outputs x (at most columns)`.
    pub(super) fn encode(
        &self,
        matrix: ArrayView2<'_, f64>,
        slots: usize,
    ) -> BTreeMap<usize, Vec<Complex64>> {
        self.diagonals()
            .map(|diagonal| {
                let values = (0..slots).map(|slot| {
                    let (block, within) = (slot / self.block, slot % self.block);
                    let row = block % self.rows;
                    let column = (block + diagonal / self.block) % self.columns;
                    let value = if within < self.used {
                        matrix.get((row, column))
                    } else {
                        None
                    };
                    Complex64::from(value.copied().unwrap_or(0.0))
                });
                (diagonal, values.collect())
            })
            .collect()
    }

    /// One value a row, spread over the row's slots and repeated.
    pub(super) fn spread(&self, values: &[f64], slots: usize) -> Vec<f64> {
        (0..slots)
            .map(|slot| {
                let (block, within) = (slot / self.block, slot % self.block);
                let value = if within < self.used {
                    values.get(block % self.rows)
                } else {
                    None
                };
                value.copied().unwrap_or(0.0)
            })
            .collect()
    }

    /// The slot, within a period, of each output in row-major order.
    pub(super) fn output_slots(&self) -> Vec<usize> {
        (0..self.outputs)
            .flat_map(|row| (0..self.used).map(move |w| row * self.block + w))
            .collect()
    }
}

/// Spreads the columns of a matrix to the slots that hold its inputs.
pub(super) fn place_columns(
    matrix: ArrayView2<'_, f64>,
    input_slots: &[usize],
    columns: usize,
) -> Array2<f64> {
    let mut placed = Array2::zeros((matrix.nrows(), columns));
    for (column, &slot) in matrix.columns().into_iter().zip(input_slots) {
        placed.column_mut(slot).assign(&column);
    }
    placed
}

/// How the page lays out an image for the first layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InputLayout {
    /// `slot = tap * block + window`, taps and windows row by row (im2col).
    Windows {
        kernel: usize,
        stride: usize,
        across: usize,
        down: usize,
        block: usize,
    },
    /// `slot = pixel`, row by row.
    Pixels,
}

impl InputLayout {
    /// One period of slots.
    pub(super) fn pack(&self, image: ArrayView2<'_, f32>, period: usize) -> Vec<f64> {
        let mut slots = vec![0.0; period];
        match *self {
            Self::Windows {
                kernel,
                stride,
                across,
                down,
                block,
            } => {
                for tap in 0..kernel * kernel {
                    for window in 0..across * down {
                        let row = window / across * stride + tap / kernel;
                        let column = window % across * stride + tap % kernel;
                        slots[tap * block + window] = f64::from(image[[row, column]]);
                    }
                }
            }
            Self::Pixels => {
                for (slot, &pixel) in slots.iter_mut().zip(image) {
                    *slot = f64::from(pixel);
                }
            }
        }
        slots
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Diagonals and folds on plain vectors.
    fn multiply(m: &BlockMatrix, matrix: ArrayView2<'_, f64>, x: &[f64]) -> Vec<f64> {
        let n = x.len();
        let mut y = vec![0.0; n];
        for (d, values) in m.encode(matrix, n) {
            for i in 0..n {
                y[i] += values[i].re * x[(i + d) % n];
            }
        }
        for fold in m.folds() {
            let before = y.clone();
            for step in fold {
                for i in 0..n {
                    y[i] += before[(i + step as usize) % n];
                }
            }
        }
        y
    }

    proptest! {
        #[test]
        fn diagonals_and_folds_make_the_matrix(
            log_block in 0u32..3, log_rows in 0u32..5, log_columns in 0u32..6,
            lack in (0usize..4, 0usize..4, 0usize..4), seed in any::<u32>(),
        ) {
            let (block, rows, columns) = (1 << log_block, 1 << log_rows, 1 << log_columns);
            let used = block - lack.0.min(block - 1);
            let outputs = rows - lack.1.min(rows - 1);
            let inputs = columns - lack.2.min(columns - 1);
            let m = BlockMatrix { block, used, rows, columns, outputs };
            let n = 256;
            let value = |i: usize| f64::from((i as u32).wrapping_mul(2654435761).wrapping_add(seed) >> 24);
            let matrix = Array2::from_shape_fn((outputs, inputs), |(r, c)| value(31 * r + c));
            let x: Vec<_> = (0..n).map(|i| value(1000 + i % (columns * block))).collect();
            let y = multiply(&m, matrix.view(), &x);
            for (i, &y) in y.iter().enumerate() {
                let (row, within) = (i / block % rows, i % block);
                let expected: f64 = if row < outputs && within < used {
                    (0..inputs).map(|c| matrix[[row, c]] * x[c * block + within]).sum()
                } else {
                    0.0
                };
                prop_assert_eq!(y, expected, "slot {}", i);
            }
            prop_assert!(m.folds().iter().all(|f| f.len() < 8));
        }
    }
}
