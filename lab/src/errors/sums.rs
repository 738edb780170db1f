//! Sums of errors over images and values, and the figures that follow from them.
//!
//! Not for single errors, which are not kept.

use serde::{Deserialize, Serialize};

/// The errors of the values of some images after one layer.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Figures {
    pub(super) images: usize,
    /// Largest difference of an encrypted and a plain value.
    pub(super) max_error: f64,
    /// Root of the mean square of the differences.
    pub(super) rms_error: f64,
    /// The root mean square that the noise model predicts.
    pub(super) predicted_rms_error: f64,
    /// Correct bits after the binary point: `-log2` of the root mean square.
    pub(super) bits: f64,
    /// Largest magnitude of a plain value.
    pub(super) largest_value: f64,
}

/// Sums over the values of one layer.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    images: usize,
    values: usize,
    squares: f64,
    variances: f64,
    max_error: f64,
    largest_value: f64,
    pub(super) largest_slot: f64,
}

impl Sums {
    /// Sums over one image: pairs of a plain and a decrypted value, and predicted variances.
    pub(super) fn of(
        pairs: impl Iterator<Item = (f64, f64)>,
        variances: impl Iterator<Item = f64>,
        largest_slot: f64,
    ) -> Self {
        let one = Self {
            images: 1,
            variances: variances.sum(),
            largest_slot,
            ..Self::default()
        };
        pairs.fold(one, |sums, (plain, encrypted)| {
            let error = (plain - encrypted).abs();
            Self {
                values: sums.values + 1,
                squares: sums.squares + error * error,
                max_error: sums.max_error.max(error),
                largest_value: sums.largest_value.max(plain.abs()),
                ..sums
            }
        })
    }

    /// Adds the sums over other images.
    pub(super) fn and(self, other: &Self) -> Self {
        Self {
            images: self.images + other.images,
            values: self.values + other.values,
            squares: self.squares + other.squares,
            variances: self.variances + other.variances,
            max_error: self.max_error.max(other.max_error),
            largest_value: self.largest_value.max(other.largest_value),
            largest_slot: self.largest_slot.max(other.largest_slot),
        }
    }

    /// Returns the figures that follow from the sums.
    pub(super) fn figures(&self) -> Figures {
        let mean = |sum: f64| (sum / self.values as f64).sqrt();
        let rms_error = mean(self.squares);
        Figures {
            images: self.images,
            max_error: self.max_error,
            rms_error,
            predicted_rms_error: mean(self.variances),
            bits: -rms_error.log2(),
            largest_value: self.largest_value,
        }
    }
}
