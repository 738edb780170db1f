//! The steps for this machine: formatting, lints, documentation, tests.

use std::env;
use std::process::{Command, Stdio};

use anyhow::Result;

use super::outcome::{Outcome, check, test};
use crate::process::host_cargo;
use crate::workspace::Workspace;

/// The tests for this machine, except for those of this program.
const TESTS: [&str; 4] = ["test", "--workspace", "--exclude", "xtask"];

/// Returns this machine's cargo, in the workspace.
pub(super) fn cargo(workspace: &Workspace) -> Command {
    let mut command = host_cargo();
    command.current_dir(workspace.root());
    command
}

/// Checks that rustfmt would change nothing.
pub(super) fn format(workspace: &Workspace) -> Result<Outcome> {
    check(cargo(workspace).args(["fmt", "--all", "--check"]))
}

/// Runs Clippy with warnings as errors.
pub(super) fn lints(workspace: &Workspace) -> Result<Outcome> {
    check(cargo(workspace).args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ]))
}

/// Builds the documentation with warnings as errors.
///
/// It needs the same metadata of dependencies as [`lints`], so that nothing is compiled twice.
pub(super) fn docs(workspace: &Workspace) -> Result<Outcome> {
    check(
        cargo(workspace)
            .env("RUSTDOCFLAGS", "--deny warnings")
            .args(["doc", "--workspace", "--no-deps"]),
    )
}

/// Runs the tests of the workspace, and then those of this program.
pub(super) fn tests(workspace: &Workspace) -> Result<Outcome> {
    let rest = test(cargo(workspace).args(TESTS).arg("--no-fail-fast"))?;
    // In the profile that this program was compiled in: its dependencies are many.
    let own = test(cargo(workspace).args([
        "test",
        "--no-fail-fast",
        "--profile",
        "tool",
        "-p",
        "xtask",
    ]))?;
    Ok(Outcome::Tested(rest + own))
}

/// Returns the command that builds everything that [`tests`] runs, the companion included.
pub(super) fn build_tests(workspace: &Workspace) -> Command {
    let mut command = cargo(workspace);
    command.args(TESTS).args(["--no-run", "--quiet"]);
    command
}

/// Runs the tests that [`tests`] leaves out, because they run PyTorch.
pub(super) fn pytorch(workspace: &Workspace) -> Result<Outcome> {
    let python = env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
    let found = Command::new(python)
        .args(["-c", "import torch, safetensors"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !found.is_ok_and(|status| status.success()) {
        return Ok(Outcome::Skipped(
            "no Python with torch and safetensors (PYTHON names another than python3)",
        ));
    }
    test(cargo(workspace).args(["test", "--test", "pytorch", "--", "--ignored"]))
        .map(Outcome::Tested)
}
