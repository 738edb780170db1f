//! The steps that look at the libraries as a stranger would get them: packages and interfaces.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::native::cargo;
use super::outcome::{Outcome, check};
use crate::process::{query, run as run_command};
use crate::workspace::Workspace;

/// Packages every library that may be published, and builds each from its package.
///
/// The libraries depend on each other and are in no registry. Cargo packages all of them in one
/// call, in the order of their dependencies, and resolves one from the package of the other. The
/// folder for the output is apart: a package has no profile of the workspace, and its build would
/// otherwise undo that of the tests.
///
/// # Errors
///
/// If a package cannot be made, or does not build by itself.
pub(super) fn package(workspace: &Workspace) -> Result<Outcome> {
    // With all dependencies at hand, cargo need not ask the registry for the libraries, which it
    // does not have.
    run_command(cargo(workspace).args(["fetch", "--quiet"]))?;
    let mut command = cargo(workspace);
    command
        // The checkout may hold changes that are not committed yet.
        .args(["package", "--offline", "--allow-dirty", "--target-dir"])
        .arg(workspace.cargo_output("publish"));
    for name in libraries(workspace)? {
        command.args(["--package", &name]);
    }
    check(&mut command)
}

/// Returns the names of the packages that may be published.
fn libraries(workspace: &Workspace) -> Result<Vec<String>> {
    let metadata = query(cargo(workspace).args(["metadata", "--no-deps", "--format-version", "1"]))
        .context("cargo cannot read the workspace")?;
    let names = publishable(&metadata)?;
    if names.is_empty() {
        bail!("the workspace has no package that may be published");
    }
    println!("    {}", names.join(", "));
    Ok(names)
}

/// The part of cargo's metadata that lists the packages to publish.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    /// The registries that the package may go to: absent for all, empty for none.
    publish: Option<Vec<String>>,
}

/// Returns the names of the packages that may be published, in the order of the metadata.
fn publishable(metadata: &str) -> Result<Vec<String>> {
    let metadata: Metadata =
        serde_json::from_str(metadata).context("cargo's metadata cannot be read")?;
    let may_go = |package: &Package| package.publish.as_ref().is_none_or(|to| !to.is_empty());
    let packages = metadata.packages.into_iter().filter(may_go);
    Ok(packages.map(|package| package.name).collect())
}

/// Compares the libraries' interfaces with those of the last release, by cargo-semver-checks.
///
/// The step is optional: the program is large, and is not installed for it. Before the first
/// release there is nothing to compare with.
///
/// # Errors
///
/// If an interface changed more than the new version number allows.
pub(super) fn semver(workspace: &Workspace) -> Result<Outcome> {
    let Some(tag) = last_release(workspace.root()) else {
        return Ok(Outcome::Skipped(
            "there is no release to compare with (a tag v0.1.0 or later)",
        ));
    };
    let own = workspace.tools().join("bin/cargo-semver-checks");
    let program = if own.exists() {
        own
    } else if let Ok(found) = which::which("cargo-semver-checks") {
        found
    } else {
        return Ok(Outcome::Skipped(
            "cargo-semver-checks is missing (`cargo install cargo-semver-checks --locked`)",
        ));
    };
    println!("    against {tag}");
    let mut command = Command::new(program);
    command
        .current_dir(workspace.root())
        .env("CARGO_TARGET_DIR", workspace.cargo_output("semver"))
        .args(["semver-checks", "--baseline-rev", &tag]);
    for name in libraries(workspace)? {
        command.args(["--package", &name]);
    }
    check(&mut command)
}

/// Returns the newest release tag that the checkout descends from.
fn last_release(root: &Path) -> Option<String> {
    query(Command::new("git").current_dir(root).args([
        "describe",
        "--tags",
        "--abbrev=0",
        "--match",
        "v[0-9]*",
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_not_packaged() {
        let metadata = r#"{ "packages": [
            { "name": "library", "version": "0.1.0", "publish": null },
            { "name": "program", "version": "0.1.0", "publish": [] },
            { "name": "private", "version": "0.1.0", "publish": ["ours"] }
        ] }"#;
        assert_eq!(publishable(metadata).unwrap(), ["library", "private"]);
        assert!(publishable("{}").is_err());
    }

    #[test]
    fn the_last_release_is_the_nearest_version_tag() {
        let folder = tempfile::tempdir().unwrap();
        let git = |arguments: &[&str]| {
            let mut command = Command::new("git");
            command
                .current_dir(folder.path())
                .args(["-c", "user.name=t"]);
            query(
                command
                    .args(["-c", "user.email=t@localhost"])
                    .args(arguments),
            )
            .unwrap()
        };
        git(&["init", "--quiet"]);
        git(&["commit", "--quiet", "--allow-empty", "--message", "one"]);
        git(&["tag", "draft"]);
        assert_eq!(last_release(folder.path()), None);
        git(&["tag", "v0.1.0"]);
        git(&["commit", "--quiet", "--allow-empty", "--message", "two"]);
        assert_eq!(last_release(folder.path()).as_deref(), Some("v0.1.0"));
    }
}
