//! The report: figures of each stage, as JSON and as a table.
//!
//! Relies on `sums.rs` for the figures. Not for the picture, which `plot.rs` draws.

use serde::{Deserialize, Serialize};

use super::sums::Figures;
use crate::machine::Origin;

/// The state of the ciphertext after one layer, and the errors of its values.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Stage {
    pub(super) name: String,
    /// The level of the ciphertext: how often it can still be rescaled.
    pub(super) level: usize,
    pub(super) log2_scale: f64,
    /// `log2` of the ciphertext's modulus.
    pub(super) log2_modulus: f64,
    /// `log2` of the largest slot times the scale.
    pub(super) log2_message: f64,
    /// The bits above the message and its sign.
    pub(super) bits_left: f64,
    /// The largest magnitude over the training images, from the model file.
    pub(super) trained_range: Option<f64>,
    /// The errors on the first image, and on all.
    pub(super) one: Figures,
    pub(super) all: Figures,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Report {
    #[serde(flatten)]
    pub(super) origin: Origin,
    pub(super) model: String,
    pub(super) degree: usize,
    pub(super) log2_qp: f64,
    pub(super) seed: u64,
    pub(crate) stages: Vec<Stage>,
}

/// The columns of the table.
const HEADINGS: [&str; 11] = [
    "layer",
    "level",
    "RMS",
    "predicted",
    "max",
    "bits",
    "RMS, 1st",
    "predicted",
    "largest",
    "trained",
    "bits left",
];

impl Report {
    /// Describes network, parameters and images in a sentence.
    pub(crate) fn summary(&self) -> String {
        let images = self.stages.first().map_or(0, |stage| stage.all.images);
        format!(
            "{}: N = {}, log2 QP = {:.0}, {images} images of the test set, and the first alone",
            self.model, self.degree, self.log2_qp
        )
    }

    /// Returns the machine and the command of the measurement.
    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Returns the rows of the table, the headings first.
    pub(crate) fn rows(&self) -> Vec<Vec<String>> {
        let error = |value: f64| format!("{value:.2e}");
        let rows = self.stages.iter().map(|stage| {
            vec![
                stage.name.clone(),
                stage.level.to_string(),
                error(stage.all.rms_error),
                error(stage.all.predicted_rms_error),
                error(stage.all.max_error),
                format!("{:.1}", stage.all.bits),
                error(stage.one.rms_error),
                error(stage.one.predicted_rms_error),
                format!("{:.2}", stage.all.largest_value),
                stage
                    .trained_range
                    .map_or("-".into(), |range| format!("{range:.2}")),
                format!("{:.1}", stage.bits_left),
            ]
        });
        [HEADINGS.map(str::to_owned).to_vec()]
            .into_iter()
            .chain(rows)
            .collect()
    }

    /// Formats the report as a table.
    pub(super) fn table(&self) -> String {
        let rows = self.rows().into_iter().map(|row| {
            let cells = row.iter().enumerate().map(|(i, cell)| match i {
                0 => format!("{cell:<20}"),
                _ => format!("{cell:>10}"),
            });
            cells.collect::<String>() + "\n"
        });
        [self.summary() + "\n"].into_iter().chain(rows).collect()
    }
}
