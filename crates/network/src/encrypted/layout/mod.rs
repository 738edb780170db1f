//! The packing of each layer's values into slots, and the matrix of a linear layer under that
//! packing.
//!
//! A linear layer multiplies the ciphertext by diagonals of its matrix (Halevi and Shoup,
//! *Algorithms in HElib*, CRYPTO 2014). It then adds automorphisms of the result to the result:
//! rotations sum up partial results, and the conjugation removes imaginary parts ([`sum_steps`]).
//!
//! Slots are complex numbers and the values of a network are real. A slot carries two real values
//! wherever that costs nothing: the client packs pairs of inputs ([`input`]), and a dense layer
//! computes pairs of outputs ([`dense`]). The sum of a slot and its conjugate is twice the real
//! part. The last layer writes its scores to coefficients, not to slots ([`output`]).
//!
//! Between two layers the values are real and in order. They repeat to the end of the slots, so
//! that a rotation of the whole vector is a cyclic rotation of the values.
//!
//! Not for levels and scales, which `plan/` chooses.

pub(super) mod dense;
pub(super) mod input;
pub(super) mod output;
pub(super) mod sum_steps;

use inkognito_ckks::Complex64;
use ndarray::ArrayView2;

use dense::DenseMatrix;
use input::InputMatrix;
use sum_steps::SumStep;

/// The matrix of a linear layer that is not the last.
#[derive(Debug, Clone)]
pub(super) enum Matrix {
    /// The matrix of the first layer, which reads the packing of the client.
    Input(InputMatrix),
    /// The matrix of any other layer, which reads the output of the layer before it.
    Dense(DenseMatrix),
}

/// The factor of each encoded weight. Adding the conjugate doubles the real part, and this factor
/// makes up for it.
pub(super) const WEIGHT_FACTOR: f64 = 0.5;

impl Matrix {
    /// Returns the number of slots that the layer's input or its output needs, whichever is larger.
    pub(super) fn slots_needed(&self) -> usize {
        match self {
            Self::Input(input) => input.slots_needed(),
            Self::Dense(dense) => dense.slots_needed(),
        }
    }

    /// Returns the distance of two diagonals, in slots.
    pub(super) fn unit(&self) -> usize {
        match self {
            Self::Input(input) => input.block,
            Self::Dense(_) => 1,
        }
    }

    /// Returns the number of diagonals, a power of two. Their indices are multiples of the unit.
    pub(super) fn diagonals(&self) -> usize {
        match self {
            Self::Input(input) => input.diagonals(),
            Self::Dense(dense) => dense.diagonals(),
        }
    }

    /// Returns the steps that sum up the products with the diagonals.
    pub(super) fn sum_steps(&self) -> Vec<SumStep> {
        match self {
            Self::Input(input) => input.sum_steps(),
            Self::Dense(dense) => dense.sum_steps(),
        }
    }

    /// Returns the index and the slots of each diagonal. `weight` is `[outputs, inputs]`.
    pub(super) fn encode(&self, weight: ArrayView2<'_, f64>) -> Vec<(usize, Vec<Complex64>)> {
        let unit = self.unit();
        let weight = |row: usize, column: Option<usize>| {
            let value = column.and_then(|column| weight.get((row, column)));
            value.map_or(0.0, |value| value * WEIGHT_FACTOR)
        };
        let diagonals = (0..self.diagonals()).map(|d| {
            let slots = match self {
                Self::Input(input) => input.diagonal(d, weight),
                Self::Dense(dense) => dense.diagonal(d, weight),
            };
            (d * unit, slots)
        });
        diagonals.collect()
    }

    /// Writes one value for each output into all slots that hold this output.
    pub(super) fn broadcast(&self, values: &[f64]) -> Vec<Complex64> {
        let value_of = |row: usize| values.get(row).copied().unwrap_or(0.0);
        match self {
            Self::Input(input) => input.broadcast(value_of),
            Self::Dense(dense) => dense.broadcast(value_of),
        }
    }

    /// Returns the first slot of each output value, in row-major order.
    pub(super) fn slot_indices(&self) -> Vec<usize> {
        match self {
            Self::Input(input) => input.slot_indices(),
            Self::Dense(dense) => dense.slot_indices(),
        }
    }

    /// Returns the number of slots after which every diagonal repeats.
    pub(super) fn diagonal_period(&self) -> usize {
        match self {
            Self::Input(input) => input.diagonal_period(),
            Self::Dense(dense) => dense.slots_needed(),
        }
    }

    /// Returns the number of slots after which the output repeats.
    pub(super) fn period(&self) -> usize {
        match self {
            Self::Input(input) => input.period(),
            Self::Dense(dense) => dense.period(),
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;

    const SLOTS: usize = 256;

    /// Multiplies a plain vector by the diagonals and applies the steps of the sum.
    fn multiply(matrix: &Matrix, weight: &Array2<f64>, x: &[Complex64]) -> Vec<Complex64> {
        let mut y = vec![Complex64::default(); SLOTS];
        for (d, values) in matrix.encode(weight.view()) {
            for (i, y) in y.iter_mut().enumerate() {
                *y += values[i] * x[(i + d) % SLOTS];
            }
        }
        for step in matrix.sum_steps() {
            let before = y.clone();
            for (i, y) in y.iter_mut().enumerate() {
                *y += match step {
                    SumStep::Rotate(steps) => before[(i + steps) % SLOTS],
                    SumStep::RotateMulByI(steps) => before[(i + steps) % SLOTS] * Complex64::i(),
                    SumStep::Conjugate => before[i].conj(),
                };
            }
        }
        y
    }

    /// Returns a pseudorandom integer so small that sums of products are exact.
    fn number(i: usize, seed: u32) -> f64 {
        f64::from((i as u32).wrapping_mul(2_654_435_761).wrapping_add(seed) >> 24)
    }

    /// Checks every output and every bias in each of its copies, and that no imaginary part is
    /// left.
    fn expect(
        matrix: &Matrix,
        y: &[Complex64],
        expected: impl Fn(usize) -> f64,
        windows: usize,
    ) -> Result<(), TestCaseError> {
        let first_slots = matrix.slot_indices();
        let rows: Vec<_> = (0..first_slots.len() / windows)
            .map(|row| row as f64)
            .collect();
        let bias = matrix.broadcast(&rows);
        for (k, first) in first_slots.into_iter().enumerate() {
            for slot in (first..SLOTS).step_by(matrix.period()) {
                prop_assert_eq!(y[slot].re, expected(k), "slot {}", slot);
                prop_assert_eq!(bias[slot].re, (k / windows) as f64);
            }
        }
        prop_assert!(y.iter().all(|y| y.im == 0.0));
        Ok(())
    }

    proptest! {
        #[test]
        fn the_input_matrix_multiplies_packed_inputs(
            log_block in 0u32..4, used in 1usize..16, outputs in 1usize..20, inputs in 1usize..40,
            seed in any::<u32>(),
        ) {
            let block = 1 << log_block;
            let used = used.min(block);
            let input = InputMatrix { slots: SLOTS, block, used, inputs, outputs };
            prop_assume!(input.slots_needed() <= SLOTS);
            let weight = |(r, c)| number(31 * r + c, seed);
            let weight = Array2::from_shape_fn((outputs, inputs), weight);
            let columns =
                Array2::from_shape_fn((inputs, used), |(c, w)| number(977 + 16 * c + w, seed));
            let product = weight.dot(&columns);
            let matrix = Matrix::Input(input.clone());
            let y = multiply(&matrix, &weight, &input.pack(columns.view()));
            expect(&matrix, &y, |k| product[[k / used, k % used]], used)?;
        }

        #[test]
        fn a_dense_matrix_multiplies_repeating_inputs(
            log_period in 0u32..8, outputs in 1usize..100, lack in 0usize..100,
            seed in any::<u32>(),
        ) {
            let period = 1usize << log_period;
            let inputs = period - lack.min(period - 1);
            let input_slots: Vec<_> = (0..inputs).map(|i| period - 1 - i).collect();
            let dense = DenseMatrix::new(SLOTS, period, &input_slots, outputs);
            prop_assume!(dense.slots_needed() <= SLOTS);
            let weight = |(r, c)| number(31 * r + c, seed);
            let weight = Array2::from_shape_fn((outputs, inputs), weight);
            // slots without an input hold other numbers, which must not matter
            let value = |i: usize| Complex64::from(number(i % period, !seed));
            let x: Vec<_> = (0..SLOTS).map(value).collect();
            let matrix = Matrix::Dense(dense);
            let y = multiply(&matrix, &weight, &x);
            let expected =
                |row: usize| (0..inputs).map(|c| weight[[row, c]] * x[input_slots[c]].re).sum();
            expect(&matrix, &y, expected, 1)?;
        }
    }
}
