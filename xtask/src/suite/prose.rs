//! The step `prose`: lines of at most 100 columns, and the field's words.

mod columns;
mod offence;
mod words;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use self::columns::Kind;
use self::offence::Offence;
use super::outcome::Outcome;
use crate::process::query;
use crate::workspace::Workspace;

/// Checks every text file that git tracks, and prints each offence with its file and line.
///
/// # Errors
///
/// If there is an offence, or a file cannot be read.
pub(super) fn run(workspace: &Workspace) -> Result<Outcome> {
    let root = workspace.root();
    let Some(files) = query(Command::new("git").current_dir(root).arg("ls-files")) else {
        return Ok(Outcome::Skipped("this is no checkout of git"));
    };
    let mut offences = 0;
    for file in files.lines() {
        // A file that is deleted and not committed yet is tracked, too.
        if !root.join(file).is_file() {
            continue;
        }
        for offence in offences_of(root, file)? {
            println!("{file}:{offence}");
            offences += 1;
        }
    }
    if offences > 0 {
        bail!("{offences} lines or names against the house style");
    }
    Ok(Outcome::Checked)
}

/// Returns the offences of one file, in order.
fn offences_of(root: &Path, file: &str) -> Result<Vec<Offence>> {
    let mut offences: Vec<Offence> = words::in_name(file).into_iter().collect();
    let Some(kind) = Kind::of(file) else {
        return Ok(offences);
    };
    let text =
        fs::read_to_string(root.join(file)).with_context(|| format!("cannot read {file}"))?;
    offences.extend(columns::check(kind, &text));
    if !words::DEFINED_IN.contains(&file) {
        offences.extend(words::check(&text));
    }
    offences.sort_by_key(|offence| offence.line);
    Ok(offences)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_checked_by_its_kind() {
        let root = tempfile::tempdir().unwrap();
        let found = |file: &str, text: &str| {
            fs::write(root.path().join(file), text).unwrap();
            let offences = offences_of(root.path(), file).unwrap();
            let lines = offences.iter().map(ToString::to_string);
            lines.collect::<Vec<_>>()
        };
        let long = "a ".repeat(60);
        let renamed = ["Nt", "tTable"].concat();
        let text = format!("fn main() {{}}\n// {long}\nuse {renamed};\n");
        let offences = found("main.rs", &text);
        assert_eq!(offences.len(), 2, "{offences:?}");
        assert!(offences[0].starts_with("2: 123 columns"), "{offences:?}");
        assert!(offences[1].starts_with("3: "), "{offences:?}");
        assert!(offences[1].contains("SubRing"), "{offences:?}");
        assert_eq!(found("package-lock.json", &text), [""; 0]);
        let named = found(&["lift", "ed.rs"].concat(), "");
        assert_eq!(named.len(), 1, "{named:?}");
    }

    #[test]
    fn files_that_cannot_be_read_are_named() {
        let root = tempfile::tempdir().unwrap();
        let error = offences_of(root.path(), "absent.rs").unwrap_err();
        assert!(error.to_string().contains("absent.rs"), "{error}");
    }
}
