//! Checks and bundles the page's scripts, which are written in TypeScript.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::process::{heading, run};
use crate::system;
use crate::workspace::Workspace;

/// Checks the types and bundles the scripts into the folder that Trunk copies. The modules must
/// be built first, because the scripts use their types.
///
/// # Errors
///
/// If Node.js is missing, a package cannot be fetched, or the scripts have errors.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    install(workspace)?;
    heading("building the page's scripts");
    run(&mut types(workspace))?;
    run(npm(workspace)
        .args(["run", "--silent", "build", "--"])
        .arg(workspace.site()))
}

/// Returns the command that checks the types.
pub(crate) fn types(workspace: &Workspace) -> Command {
    let mut command = npm(workspace);
    command.args(["run", "--silent", "check"]);
    command
}

/// Returns the command that checks format and lints of the page's code.
pub(crate) fn lint(workspace: &Workspace) -> Command {
    let mut command = npm(workspace);
    command.args(["run", "--silent", "lint"]);
    command
}

/// Fetches the npm packages that `package-lock.json` names, unless they are installed.
///
/// # Errors
///
/// If Node.js is missing, or a package cannot be fetched.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    system::require_node()?;
    let www = workspace.www();
    if is_installed(&www) {
        return Ok(());
    }
    heading("fetching npm packages");
    run(npm(workspace).arg("ci"))?;
    fs::copy(www.join(LOCK), www.join(INSTALLED))?;
    Ok(())
}

const LOCK: &str = "package-lock.json";
/// A copy of the lock file by which the installed packages were fetched.
const INSTALLED: &str = "node_modules/.installed-lock.json";

fn is_installed(www: &Path) -> bool {
    match (fs::read(www.join(LOCK)), fs::read(www.join(INSTALLED))) {
        (Ok(wanted), Ok(installed)) => wanted == installed,
        _ => false,
    }
}

fn npm(workspace: &Workspace) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(workspace.www());
    command
}
