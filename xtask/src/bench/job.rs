//! A job: one part of the benchmarks, with the folder that keeps its results.

use std::path::PathBuf;

use crate::workspace::Workspace;

/// The settings of one part of the benchmarks.
pub(super) struct Job<'a> {
    pub(super) workspace: &'a Workspace,
    /// The folder of results and downloads.
    pub(super) folder: PathBuf,
    /// Whether to measure for a shorter time.
    pub(super) quick: bool,
    /// The command that measures this part again, for the record.
    pub(super) command: String,
}

impl Job<'_> {
    /// Returns the path of a file or folder in [`Self::folder`].
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}
