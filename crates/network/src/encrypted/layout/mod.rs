//! Where the values of each layer lie in the slots, and what a linear layer is there.
//!
//! A linear layer multiplies by diagonals (Halevi and Shoup 2014) and then adds images of the
//! result to itself: rotations, which sum up partial results (Juvekar et al., *GAZELLE*, 2018,
//! section 4), and the conjugation. Slots are complex numbers and values are real, so that each slot
//! carries two of them wherever that is free: the page lays out pairs of inputs ([`page`]), and a
//! layer computes pairs of outputs ([`dense`]); twice the real part is what adding the conjugate
//! leaves. The last layer leaves its scores in coefficients ([`scores`]).
//!
//! Between layers values are real and lie in order, and that repeats to the end of the slots, so
//! that rotations wrap as they should.

mod dense;
mod page;
mod scores;

use inkognito_ckks::{Automorphism, Complex64, GaloisElement};
use ndarray::ArrayView2;

pub(super) use dense::Dense;
pub(super) use page::{InputLayout, InputMatrix};
pub(super) use scores::Scores;

/// A linear layer on slots, which is not the last.
#[derive(Debug, Clone)]
pub(super) enum Matrix {
    /// The first: of what the page has laid out.
    InputMatrix(InputMatrix),
    /// Any other: of what the layer before it left.
    Dense(Dense),
}

/// One step of a sum: `x` becomes `x` plus this image of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Addition {
    /// Rotated left by so many slots.
    Rotated(usize),
    /// The same, and times i.
    MulByI(usize),
    /// Conjugated: twice the real part.
    Conjugate,
}

/// What a weight is multiplied by when it is encoded, since the conjugate is added.
pub(super) const SHARE: f64 = 0.5;

impl Matrix {
    /// Slots that the layer takes: of its input or its output, whichever is longer.
    pub(super) fn needed(&self) -> usize {
        match self {
            Self::InputMatrix(spread) => spread.needed(),
            Self::Dense(dense) => dense.needed(),
        }
    }

    /// Slots between two diagonals.
    pub(super) fn unit(&self) -> usize {
        match self {
            Self::InputMatrix(spread) => spread.block,
            Self::Dense(_) => 1,
        }
    }

    /// How many diagonals there are: a power of two. Their numbers are multiples of the unit.
    pub(super) fn diagonals(&self) -> usize {
        match self {
            Self::InputMatrix(spread) => spread.diagonals(),
            Self::Dense(dense) => dense.diagonals(),
        }
    }

    /// What is to be added, after the diagonals.
    pub(super) fn additions(&self) -> Vec<Addition> {
        match self {
            Self::InputMatrix(spread) => spread.additions(),
            Self::Dense(dense) => dense.additions(),
        }
    }

    /// The number and the slots of each diagonal; `weight` is `outputs x inputs`.
    pub(super) fn encode(&self, weight: ArrayView2<'_, f64>) -> Vec<(usize, Vec<Complex64>)> {
        let unit = self.unit();
        let at = |row: usize, column: Option<usize>| {
            let value = column.and_then(|column| weight.get((row, column)));
            value.map_or(0.0, |value| value * SHARE)
        };
        let diagonals = (0..self.diagonals()).map(|d| {
            let slots = match self {
                Self::InputMatrix(spread) => spread.diagonal(d, at),
                Self::Dense(dense) => dense.diagonal(d, at),
            };
            (d * unit, slots)
        });
        diagonals.collect()
    }

    /// One value an output, wherever that output lies.
    pub(super) fn broadcast(&self, values: &[f64]) -> Vec<Complex64> {
        let at = |row: usize| values.get(row).copied().unwrap_or(0.0);
        match self {
            Self::InputMatrix(spread) => spread.broadcast(at),
            Self::Dense(dense) => dense.broadcast(at),
        }
    }

    /// The slot where each output lies first, in row-major order.
    pub(super) fn slot_indices(&self) -> Vec<usize> {
        match self {
            Self::InputMatrix(spread) => spread.slot_indices(),
            Self::Dense(dense) => dense.slot_indices(),
        }
    }

    /// Slots after which every diagonal repeats.
    pub(super) fn repetition(&self) -> usize {
        match self {
            Self::InputMatrix(spread) => spread.repetition(),
            Self::Dense(dense) => dense.needed(),
        }
    }

    /// Slots after which what comes out repeats.
    pub(super) fn period(&self) -> usize {
        match self {
            Self::InputMatrix(spread) => spread.period(),
            Self::Dense(dense) => dense.period(),
        }
    }
}

/// Rotations by `step`, twice that, and so on, that sum up `count` partial results, a power of two.
fn doublings(step: usize, count: usize) -> impl Iterator<Item = Addition> {
    (0..count.max(1).trailing_zeros()).map(move |bit| Addition::Rotated(step << bit))
}

/// Additions one after the other as one: every image that they add up to, but for the first,
/// which is the vector itself.
pub(super) fn automorphisms(additions: &[Addition], log_n: u32) -> Vec<Automorphism> {
    let mut all = vec![Automorphism {
        galois_element: GaloisElement::rotation(0, log_n),
        mul_by_i: false,
    }];
    for addition in additions {
        let (galois_element, mul_by_i) = match *addition {
            Addition::Rotated(steps) => (GaloisElement::rotation(steps as i64, log_n), false),
            Addition::MulByI(steps) => (GaloisElement::rotation(steps as i64, log_n), true),
            Addition::Conjugate => (GaloisElement::conjugation(log_n), false),
        };
        for k in 0..all.len() {
            all.push(Automorphism {
                galois_element: all[k].galois_element.then(galois_element),
                mul_by_i: all[k].mul_by_i | mul_by_i,
            });
        }
    }
    all.remove(0);
    all
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;

    const SLOTS: usize = 256;

    /// Diagonals and additions on plain vectors.
    fn multiply(matrix: &Matrix, weight: &Array2<f64>, x: &[Complex64]) -> Vec<Complex64> {
        let mut y = vec![Complex64::default(); SLOTS];
        for (d, values) in matrix.encode(weight.view()) {
            for (i, y) in y.iter_mut().enumerate() {
                *y += values[i] * x[(i + d) % SLOTS];
            }
        }
        for addition in matrix.additions() {
            let before = y.clone();
            for (i, y) in y.iter_mut().enumerate() {
                *y += match addition {
                    Addition::Rotated(steps) => before[(i + steps) % SLOTS],
                    Addition::MulByI(steps) => before[(i + steps) % SLOTS] * Complex64::i(),
                    Addition::Conjugate => before[i].conj(),
                };
            }
        }
        y
    }

    /// Integers that look random: sums of their products are exact.
    fn number(i: usize, seed: u32) -> f64 {
        f64::from((i as u32).wrapping_mul(2_654_435_761).wrapping_add(seed) >> 24)
    }

    /// Whether every output, and every bias, is where it should be, in each copy; and nothing imaginary.
    fn expect(
        matrix: &Matrix,
        y: &[Complex64],
        expected: impl Fn(usize) -> f64,
        windows: usize,
    ) -> Result<(), TestCaseError> {
        let places = matrix.slot_indices();
        let rows: Vec<_> = (0..places.len() / windows).map(|row| row as f64).collect();
        let bias = matrix.broadcast(&rows);
        for (k, place) in places.into_iter().enumerate() {
            for slot in (place..SLOTS).step_by(matrix.period()) {
                prop_assert_eq!(y[slot].re, expected(k), "slot {}", slot);
                prop_assert_eq!(bias[slot].re, (k / windows) as f64);
            }
        }
        prop_assert!(y.iter().all(|y| y.im == 0.0));
        Ok(())
    }

    proptest! {
        #[test]
        fn what_the_page_lays_out_is_multiplied(
            log_block in 0u32..4, used in 1usize..16, outputs in 1usize..20, inputs in 1usize..40,
            seed in any::<u32>(),
        ) {
            let block = 1 << log_block;
            let used = used.min(block);
            let spread = InputMatrix { slots: SLOTS, block, used, inputs, outputs };
            prop_assume!(spread.needed() <= SLOTS);
            let weight = Array2::from_shape_fn((outputs, inputs), |(r, c)| number(31 * r + c, seed));
            let columns = Array2::from_shape_fn((inputs, used), |(c, w)| number(977 + 16 * c + w, seed));
            let product = weight.dot(&columns);
            let matrix = Matrix::InputMatrix(spread.clone());
            let y = multiply(&matrix, &weight, &spread.pack(columns.view()));
            expect(&matrix, &y, |k| product[[k / used, k % used]], used)?;
        }

        #[test]
        fn what_lies_in_the_slots_is_multiplied(
            log_period in 0u32..8, outputs in 1usize..100, lack in 0usize..100, seed in any::<u32>(),
        ) {
            let period = 1usize << log_period;
            let inputs = period - lack.min(period - 1);
            let places: Vec<_> = (0..inputs).map(|i| period - 1 - i).collect();
            let dense = Dense::new(SLOTS, period, &places, outputs);
            prop_assume!(dense.needed() <= SLOTS);
            let weight = Array2::from_shape_fn((outputs, inputs), |(r, c)| number(31 * r + c, seed));
            // what lies where no input is must not matter
            let x: Vec<_> = (0..SLOTS).map(|i| Complex64::from(number(i % period, !seed))).collect();
            let matrix = Matrix::Dense(dense);
            let y = multiply(&matrix, &weight, &x);
            let expected = |row: usize| (0..inputs).map(|c| weight[[row, c]] * x[places[c]].re).sum();
            expect(&matrix, &y, expected, 1)?;
        }
    }

    #[test]
    fn additions_together_are_their_images() {
        let element = |steps| GaloisElement::rotation(steps, 8);
        let conjugation = GaloisElement::conjugation(8);
        let both = automorphisms(&[Addition::MulByI(4), Addition::Conjugate], 8);
        let expected = [
            (element(4), true),
            (conjugation, false),
            (element(4).then(conjugation), true),
        ];
        let found: Vec<_> = both
            .iter()
            .map(|image| (image.galois_element, image.mul_by_i))
            .collect();
        assert_eq!(found, expected);
        assert_eq!(
            automorphisms(
                &[
                    Addition::Rotated(1),
                    Addition::Rotated(2),
                    Addition::Rotated(4)
                ],
                8
            )
            .len(),
            7
        );
    }
}
