//! The state of an accuracy run in a file, so that a run that was stopped can continue.
//!
//! A state is written to a temporary file, which then replaces the old one. So the file always
//! holds a complete state, even if the program is killed.
//!
//! Relies on the file system to rename in one step. Not for results, which `accuracy.rs` reports.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The version of the file format.
const FORMAT: u32 = 1;

/// The outcome of one image.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outcome {
    /// Its index among the test images.
    pub(crate) image: usize,
    pub(crate) truth: usize,
    pub(crate) plain: usize,
    pub(crate) encrypted: usize,
    /// The plain score of the plain answer minus that of the encrypted answer, or minus the
    /// second largest plain score if the answers are equal.
    pub(crate) margin: f64,
    /// The largest difference of a plain and an encrypted score, and the mean of the squares.
    pub(crate) max_error: f64,
    pub(crate) mean_square_error: f64,
    /// Milliseconds of the evaluation alone, from message to message.
    pub(crate) ms: f64,
}

/// The subject of a run: a model and a parameter set. A run continues only with the same subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Subject {
    format: u32,
    /// SHA-256 of the model file.
    model: String,
    /// Fingerprint of the parameter set.
    parameters: String,
}

impl Subject {
    pub(crate) fn new(model: &[u8], fingerprint: [u8; 8]) -> Self {
        Self {
            format: FORMAT,
            model: hex(&Sha256::digest(model)),
            parameters: hex(&fingerprint),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The reason why a run cannot continue from a file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StateError {
    /// The file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    /// The file is not the state of a run.
    #[error("{} is not the state of an accuracy run: {source}", path.display())]
    Corrupt {
        path: PathBuf,
        source: serde_json::Error,
    },
    /// The file is the state of a run with another file format, model or parameter set.
    #[error(
        "{} belongs to another run: its {what} is {actual}, here it is {expected}",
        path.display()
    )]
    Other {
        path: PathBuf,
        what: &'static str,
        expected: String,
        actual: String,
    },
    /// The file has an image that the data set lacks, or an image twice.
    #[error("{} has image {image} of {images}, or has it twice", path.display())]
    Image {
        path: PathBuf,
        image: usize,
        images: usize,
    },
}

/// The outcomes so far, and the file that keeps them.
#[derive(Debug)]
pub(crate) struct State {
    path: Option<PathBuf>,
    subject: Subject,
    outcomes: BTreeMap<usize, Outcome>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    subject: Subject,
    outcomes: Vec<Outcome>,
}

impl State {
    /// Reads the state in a file, or returns an empty state if there is no such file. Without a
    /// path, the state is never saved. `images` is the number of images of the data set.
    ///
    /// # Errors
    ///
    /// - [`StateError::Io`] if the file cannot be read,
    /// - [`StateError::Corrupt`] if it is not a state,
    /// - [`StateError::Other`] if it belongs to another run,
    /// - [`StateError::Image`] if it has an image that the data set lacks, or an image twice.
    pub(crate) fn open(
        path: Option<&Path>,
        subject: Subject,
        images: usize,
    ) -> Result<Self, StateError> {
        let mut state = Self {
            path: path.map(Path::to_owned),
            subject,
            outcomes: BTreeMap::new(),
        };
        let Some(path) = path else { return Ok(state) };
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(state),
            Err(source) => return Err(state.io(source)),
        };
        let file: File = serde_json::from_slice(&bytes).map_err(|source| StateError::Corrupt {
            path: path.to_owned(),
            source,
        })?;
        state.compare(&file.subject, path)?;
        for outcome in file.outcomes {
            let image = outcome.image;
            if image >= images || state.outcomes.insert(image, outcome).is_some() {
                return Err(StateError::Image {
                    path: path.to_owned(),
                    image,
                    images,
                });
            }
        }
        Ok(state)
    }

    /// Checks that a file belongs to this run.
    fn compare(&self, actual: &Subject, path: &Path) -> Result<(), StateError> {
        let expected = &self.subject;
        let pairs = [
            (
                "format",
                expected.format.to_string(),
                actual.format.to_string(),
            ),
            ("model", expected.model.clone(), actual.model.clone()),
            (
                "parameter set",
                expected.parameters.clone(),
                actual.parameters.clone(),
            ),
        ];
        match pairs
            .into_iter()
            .find(|(_, expected, actual)| expected != actual)
        {
            None => Ok(()),
            Some((what, expected, actual)) => Err(StateError::Other {
                path: path.to_owned(),
                what,
                expected,
                actual,
            }),
        }
    }

    /// Returns whether an image has an outcome.
    pub(crate) fn has(&self, image: usize) -> bool {
        self.outcomes.contains_key(&image)
    }

    /// Adds outcomes, and saves the state if it has a file.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub(crate) fn add(&mut self, outcomes: Vec<Outcome>) -> Result<(), StateError> {
        self.outcomes
            .extend(outcomes.into_iter().map(|outcome| (outcome.image, outcome)));
        let Some(path) = &self.path else {
            return Ok(());
        };
        let file = File {
            subject: self.subject.clone(),
            outcomes: self.outcomes.values().copied().collect(),
        };
        let json = serde_json::to_vec(&file).map_err(|source| StateError::Corrupt {
            path: path.clone(),
            source,
        })?;
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let write = || {
            let mut partial = tempfile::NamedTempFile::new_in(folder)?;
            partial.write_all(&json)?;
            partial.persist(path)?;
            Ok(())
        };
        write().map_err(|source| self.io(source))
    }

    /// Returns the outcomes of the first `images` images, in order.
    pub(crate) fn outcomes(&self, images: usize) -> Vec<Outcome> {
        self.outcomes.range(..images).map(|(_, o)| *o).collect()
    }

    fn io(&self, source: io::Error) -> StateError {
        StateError::Io {
            path: self.path.clone().unwrap_or_default(),
            source,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(image: usize) -> Outcome {
        Outcome {
            image,
            truth: 3,
            plain: 3,
            encrypted: 3,
            margin: 1.0 / 3.0,
            max_error: 1e-3,
            mean_square_error: 1e-7,
            ms: 17.0,
        }
    }

    fn subject() -> Subject {
        Subject::new(b"model", [7; 8])
    }

    fn open(path: &Path, subject: Subject) -> Result<State, StateError> {
        State::open(Some(path), subject, 10)
    }

    /// Saves a state with one outcome, and returns its folder and path.
    fn saved() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        let mut state = open(&path, subject()).unwrap();
        state.add(vec![outcome(1)]).unwrap();
        (folder, path)
    }

    #[test]
    fn a_run_continues_where_it_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        let mut state = open(&path, subject()).unwrap();
        state.add(vec![outcome(4), outcome(1)]).unwrap();
        drop(state);
        let mut state = open(&path, subject()).unwrap();
        assert!(state.has(1) && state.has(4) && !state.has(0));
        state.add(vec![outcome(0)]).unwrap();
        let again = open(&path, subject()).unwrap();
        assert_eq!(again.outcomes(10), [outcome(0), outcome(1), outcome(4)]);
        assert_eq!(again.outcomes(2), [outcome(0), outcome(1)]);
        // No temporary file is left.
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_state_of_another_run_is_refused() {
        let (_folder, path) = saved();
        let refused = |subject| match open(&path, subject).unwrap_err() {
            StateError::Other { what, .. } => what,
            error => panic!("{error}"),
        };
        assert_eq!(refused(Subject::new(b"other", [7; 8])), "model");
        assert_eq!(refused(Subject::new(b"model", [8; 8])), "parameter set");
        let newer = Subject {
            format: 2,
            ..subject()
        };
        assert_eq!(refused(newer), "format");
        // A smaller data set.
        assert!(matches!(
            State::open(Some(&path), subject(), 1).unwrap_err(),
            StateError::Image {
                image: 1,
                images: 1,
                ..
            }
        ));
    }

    #[test]
    fn a_file_that_is_no_state_is_refused() {
        let (folder, path) = saved();
        let whole = fs::read(&path).unwrap();
        for length in [0, 1, whole.len() / 2, whole.len() - 1] {
            fs::write(&path, &whole[..length]).unwrap();
            assert!(matches!(
                open(&path, subject()).unwrap_err(),
                StateError::Corrupt { .. }
            ));
        }
        let text = String::from_utf8(whole).unwrap();
        let (head, one) = text.split_once('[').unwrap();
        let one = one.trim_end_matches("]}");
        fs::write(&path, format!("{head}[{one},{one}]}}")).unwrap();
        assert!(matches!(
            open(&path, subject()).unwrap_err(),
            StateError::Image { image: 1, .. }
        ));
        // A folder cannot be read as a file.
        assert!(matches!(
            open(folder.path(), subject()).unwrap_err(),
            StateError::Io { .. }
        ));
    }
}
