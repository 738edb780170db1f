//! What a training run was: kept beside the model, so that card and curve can be made again.

use crate::error::TrainingError;
use crate::train::Epoch;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// The facts of a run that the model file does not hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The command that was given.
    pub command: String,
    /// What weights, order and distortions depended on.
    pub seed: u64,
    /// Images a step.
    pub batch: usize,
    /// Largest learning rate of Adam.
    pub rate: f64,
    /// The interval `[-radius, radius]` of the activation's approximation.
    pub radius: f64,
    /// How long the run took, in seconds.
    pub seconds: f64,
    /// Threads it ran on.
    pub threads: usize,
    /// What each epoch came to.
    pub epochs: Vec<Epoch>,
}

impl Record {
    /// Reads a record.
    ///
    /// # Errors
    /// If the file cannot be read, or is no record.
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

    /// The record as JSON, an epoch a line.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Plain numbers and text: there is nothing that JSON could not hold.
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
