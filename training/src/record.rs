//! The record of a training run, from which card and curve can be written later.
//!
//! Relies on serde. Not for weights, which are in the model file.

use crate::error::TrainingError;
use crate::train::Epoch;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// The facts about a run that are not in the model file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The command that started the run.
    pub command: String,
    /// The seed of weights, order and distortions.
    pub seed: u64,
    /// Images of a batch.
    pub batch: usize,
    /// The largest learning rate of Adam.
    pub rate: f64,
    /// The interval `[-radius, radius]` of the activation's approximation.
    pub radius: f64,
    /// The duration of the run, in seconds.
    pub seconds: f64,
    /// The number of threads.
    pub threads: usize,
    /// The result of each epoch.
    pub epochs: Vec<Epoch>,
}

impl Record {
    /// Reads a record.
    ///
    /// # Errors
    ///
    /// - [`TrainingError::Read`] if the file cannot be read,
    /// - [`TrainingError::Record`] if it is not a record.
    pub fn read(path: &Path) -> Result<Self, TrainingError> {
        let text = fs::read_to_string(path).map_err(|source| TrainingError::Read {
            path: path.to_owned(),
            source,
        })?;
        serde_json::from_str(&text).map_err(|source| TrainingError::Record {
            path: path.to_owned(),
            source,
        })
    }

    /// Formats the record as JSON, with one line for each epoch.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Numbers and text alone can always be written as JSON.
        let json = serde_json::to_string(self).unwrap_or_default();
        json.replace("\"epochs\":[", "\"epochs\":[\n")
            .replace("},{", "},\n{")
            + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let epoch = |number| Epoch {
            number,
            loss: 0.1 + f64::from(number),
            accuracy: 0.99,
        };
        let record = Record {
            command: "cargo run \"quoted\"".into(),
            seed: u64::MAX,
            batch: 250,
            rate: 2e-3,
            radius: 2.0,
            seconds: 12.5,
            threads: 2,
            epochs: (1..4).map(epoch).collect(),
        };
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("record.json");
        fs::write(&path, record.to_json()).expect("written");
        assert_eq!(Record::read(&path).expect("read"), record);
        assert_eq!(record.to_json().lines().count(), 4);

        fs::write(&path, "{}").expect("written");
        assert!(matches!(
            Record::read(&path),
            Err(TrainingError::Record { .. })
        ));
        let missing = folder.path().join("none.json");
        assert!(matches!(
            Record::read(&missing),
            Err(TrainingError::Read { .. })
        ));
    }
}
