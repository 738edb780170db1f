//! Remez's exchange algorithm, for a basis of Chebyshev polynomials that is a Haar system.
//!
//! The algorithm is due to Remez (1934). The exchange of several points at once, and the choice of
//! the points that are kept, follow Pachón and Trefethen, *Barycentric-Remez algorithms for best
//! polynomial approximation in the chebfun system* (2009), section 2. On unions of intervals it
//! follows Lee, Lee, No and Kim, *Near-optimal polynomial for modulus reduction using L2-norm for
//! approximate homomorphic encryption* (2020).
//!
//! Relies on `series.rs` for the basis. Not for bases that are no Haar system, for which the
//! exchange may not converge.

use std::f64::consts::PI;

use crate::approximation::maximum;
use crate::error::ActivationError;
use crate::interval::Interval;
use crate::series::{Series, chebyshev};

/// Number of exchanges after which the algorithm stops with an error.
const MAX_EXCHANGES: usize = 200;
/// The largest relative difference of the largest error and the levelled error at convergence.
const TOLERANCE: f64 = 1e-9;
/// Samples of the error on each piece, for each reference point.
const SAMPLES: usize = 24;

/// A problem of best approximation: `function` on `pieces`, by a linear combination of the `T_k` of
/// `interval` with k in `indices`.
pub(crate) struct Problem<'a, F> {
    pub(crate) pieces: &'a [Interval],
    pub(crate) interval: Interval,
    pub(crate) indices: &'a [usize],
    pub(crate) function: F,
}

impl<F: Fn(f64) -> f64> Problem<'_, F> {
    /// Returns the series whose largest error is smallest, and that error.
    ///
    /// # Errors
    /// [`ActivationError::NotConverged`] if the exchanges do not converge.
    pub(crate) fn solve(&self) -> Result<(Series, f64), ActivationError> {
        let count = self.indices.len() + 1;
        let mut reference = self.first_reference(count);
        for _ in 0..MAX_EXCHANGES {
            let (series, levelled) = self.level(&reference)?;
            let extrema = self.extrema(&series, count);
            let largest = extrema.iter().fold(0.0_f64, |l, e| l.max(e.1.abs()));
            let values = extrema.iter().map(|e| (self.function)(e.0).abs());
            let rounding = 1e-13 * values.fold(0.0, f64::max);
            if largest - levelled.abs() <= TOLERANCE * levelled.abs() + rounding {
                return Ok((series, largest));
            }
            reference = match choose(alternating(&extrema), count) {
                Some(chosen) => chosen,
                None => exchange_one(&reference, levelled, &extrema),
            };
        }
        Err(self.not_converged())
    }

    fn not_converged(&self) -> ActivationError {
        ActivationError::NotConverged {
            degree: self.indices.last().copied().unwrap_or(0),
            iterations: MAX_EXCHANGES,
        }
    }

    /// Returns the first reference: the extrema of a Chebyshev polynomial over the pieces joined to
    /// one interval. For even or odd systems it is a polynomial in x^2, otherwise in x.
    fn first_reference(&self, count: usize) -> Vec<f64> {
        let has_parity = self.indices.windows(2).any(|pair| pair[1] > pair[0] + 1);
        let measure = |x: f64| if has_parity { x * x } else { x };
        let lengths = self
            .pieces
            .iter()
            .map(|p| measure(p.high()) - measure(p.low()));
        let lengths: Vec<f64> = lengths.collect();
        let total: f64 = lengths.iter().sum();
        let mut points: Vec<f64> = (0..count)
            .map(|i| {
                let angle = PI * i as f64 / (count.max(2) - 1) as f64;
                let mut along = 0.5 * total * (1.0 - angle.cos());
                for (piece, length) in self.pieces.iter().zip(&lengths) {
                    if along <= *length {
                        let at = measure(piece.low()) + along;
                        return if has_parity { at.sqrt() } else { at };
                    }
                    along -= length;
                }
                self.pieces[self.pieces.len() - 1].high()
            })
            .collect();
        // odd functions vanish at zero, so that no error can be levelled there
        if !self.indices.contains(&0) && points.first() == Some(&0.0) {
            let second = points.get(1).copied().unwrap_or(total);
            points[0] = 0.5 * second;
        }
        points
    }

    /// Returns the series whose errors at the reference have one magnitude and alternate in sign,
    /// and that error, by Gaussian elimination.
    ///
    /// # Errors
    /// [`ActivationError::NotConverged`] if the system is singular.
    fn level(&self, reference: &[f64]) -> Result<(Series, f64), ActivationError> {
        let count = reference.len();
        let highest = self.indices.last().copied().unwrap_or(0);
        let mut rows: Vec<Vec<f64>> = reference
            .iter()
            .enumerate()
            .map(|(i, x)| {
                let values = chebyshev(highest, self.interval.to_unit(*x));
                let mut row: Vec<f64> = self.indices.iter().map(|k| values[*k]).collect();
                row.push(if i % 2 == 0 { 1.0 } else { -1.0 });
                row.push((self.function)(*x));
                row
            })
            .collect();
        for column in 0..count {
            let pivot = (column..count)
                .max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))
                .unwrap_or(column);
            rows.swap(column, pivot);
            let (done, below) = rows.split_at_mut(column + 1);
            let row = &done[column];
            if row[column].abs() < 1e-300 {
                return Err(self.not_converged());
            }
            for other in below {
                let factor = other[column] / row[column];
                for (other, value) in other.iter_mut().zip(row).skip(column) {
                    *other -= factor * value;
                }
            }
        }
        let mut solution = vec![0.0; count];
        for i in (0..count).rev() {
            let known: f64 = (i + 1..count).map(|j| rows[i][j] * solution[j]).sum();
            solution[i] = (rows[i][count] - known) / rows[i][i];
        }
        let levelled = solution.pop().unwrap_or(0.0);
        let mut coefficients = vec![0.0; highest + 1];
        for (k, value) in self.indices.iter().zip(solution) {
            coefficients[*k] = value;
        }
        Ok((Series::new(self.interval, coefficients), levelled))
    }

    /// Returns the local extrema of the error in order, each with the error there.
    fn extrema(&self, series: &Series, count: usize) -> Vec<(f64, f64)> {
        let error = |x: f64| (self.function)(x) - series.at(x);
        let samples = (SAMPLES * count).max(200);
        let mut extrema = Vec::new();
        for piece in self.pieces {
            let at = |i: usize| piece.point(-(PI * i as f64 / samples as f64).cos());
            let values: Vec<f64> = (0..=samples).map(|i| error(at(i))).collect();
            for i in 0..=samples {
                let value = values[i];
                let neighbours = [i.checked_sub(1), (i < samples).then_some(i + 1)];
                // at an extremum no neighbour of the same sign has a larger error
                let mut others = neighbours.iter().flatten().map(|j| values[*j]);
                if others.any(|other| value.signum() * other > value.abs()) {
                    continue;
                }
                let (low, high) = (at(i.saturating_sub(1)), at((i + 1).min(samples)));
                let (x, height) = maximum(low, high, |x| value.signum() * error(x));
                extrema.push(if height > value.abs() {
                    (x, value.signum() * height)
                } else {
                    (at(i), value)
                });
            }
        }
        extrema
    }
}

/// Keeps the largest of neighbouring extrema of the same sign, so that signs alternate.
fn alternating(extrema: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut kept: Vec<(f64, f64)> = Vec::new();
    for &(x, error) in extrema.iter().filter(|e| e.1 != 0.0) {
        match kept.last_mut() {
            Some(last) if last.1.signum() == error.signum() => {
                if error.abs() > last.1.abs() {
                    *last = (x, error);
                }
            }
            _ => kept.push((x, error)),
        }
    }
    kept
}

/// Chooses `count` points whose errors alternate, among them the largest error. Returns `None` if
/// there are fewer.
fn choose(mut points: Vec<(f64, f64)>, count: usize) -> Option<Vec<f64>> {
    while points.len() > count {
        let height = |i: usize| points[i].1.abs();
        let last = points.len() - 1;
        if points.len() == count + 1 {
            points.remove(if height(0) < height(last) { 0 } else { last });
            continue;
        }
        // removing the two neighbours with the smallest errors keeps the alternation
        let pair = (0..last)
            .min_by(|a, b| {
                let pair = |i: &usize| height(*i).max(height(i + 1));
                pair(a).total_cmp(&pair(b))
            })
            .unwrap_or(0);
        points.drain(pair..pair + 2);
    }
    (points.len() == count).then(|| points.into_iter().map(|point| point.0).collect())
}

/// Returns the reference with the point of the largest error instead of a neighbour of its sign.
fn exchange_one(reference: &[f64], levelled: f64, extrema: &[(f64, f64)]) -> Vec<f64> {
    let mut reference = reference.to_vec();
    let largest = extrema
        .iter()
        .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
    let Some(&(x, error)) = largest else {
        return reference;
    };
    // the error at point i has the sign of `levelled` times (-1)^i
    let same = |i: usize| (levelled * error > 0.0) == i.is_multiple_of(2);
    let last = reference.len() - 1;
    match reference.iter().position(|point| *point > x) {
        Some(0) if same(0) => reference[0] = x,
        Some(0) => {
            reference.pop();
            reference.insert(0, x);
        }
        Some(i) => reference[if same(i) { i } else { i - 1 }] = x,
        None if same(last) => reference[last] = x,
        None => {
            reference.remove(0);
            reference.push(x);
        }
    }
    reference
}
