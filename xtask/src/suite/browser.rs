//! The steps that build for a browser and run in one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::native;
use super::outcome::{Outcome, test};
use super::tally::Tally;
use crate::modules::{self, Module, VAULT};
use crate::page;
use crate::process::run as run_command;
use crate::system::Browser;
use crate::toolchain::Toolchain;
use crate::tools::{TEST_RUNNER, WASM_PACK};
use crate::workspace::Workspace;

/// Runs Clippy on every module, for WebAssembly, with warnings as errors.
pub(super) fn lints(workspace: &Workspace) -> Result<Outcome> {
    let toolchain = Toolchain::find_or_install()?;
    for module in modules::ALL {
        let Some(mut command) = toolchain.clippy(module.threads) else {
            return Ok(Outcome::Skipped(
                "the toolchain for WebAssembly has no released clippy",
            ));
        };
        module.select(workspace, &mut command);
        run_command(command.args(["--release", "--all-targets", "--", "--deny", "warnings"]))?;
    }
    Ok(Outcome::Checked)
}

/// Runs the vault's tests in a browser, through wasm-pack.
pub(super) fn vault(workspace: &Workspace) -> Result<Tally> {
    let toolchain = Toolchain::find_or_install()?;
    let wasm_pack = WASM_PACK.find_or_install(workspace)?;
    let runner = TEST_RUNNER.find_or_install(workspace)?;
    let browser = Browser::find_or_install()?;
    let folders: Vec<_> = runner.parent().into_iter().collect();
    let mut command = toolchain.command(wasm_pack, VAULT.threads);
    command
        .current_dir(workspace.root())
        .env("CARGO_TARGET_DIR", VAULT.cargo_output(workspace))
        .env("PATH", toolchain.search_path(&folders))
        // wasm-pack is not to install anything by itself.
        .args([
            "test",
            "--headless",
            "--chrome",
            "--release",
            "--mode",
            "no-install",
        ])
        .arg("--chromedriver")
        .arg(browser.driver);
    test(&mut command)
}

/// Runs the tests of one of the evaluator's two modules in a browser.
pub(super) fn evaluator(workspace: &Workspace, module: &Module) -> Result<Tally> {
    let toolchain = Toolchain::find_or_install()?;
    let runner = TEST_RUNNER.find_or_install(workspace)?;
    let browser = Browser::find_or_install()?;
    let mut command = toolchain.cargo(module.threads);
    module
        .select(workspace, command.arg("test"))
        .args(["--release", "--tests"])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
        .env("CHROMEDRIVER", browser.driver);
    test(&mut command)
}

/// Runs the tests in `tests/e2e` on the built page.
pub(super) fn end_to_end(workspace: &Workspace) -> Result<Tally> {
    if !workspace.dist().join("index.html").is_file() {
        bail!("dist/ holds no page: run `cargo xtask build` first");
    }
    page::install(workspace)?;
    let browser = Browser::find_or_install()?;
    // The tests start the companion that the native tests use: built already, where those ran.
    run_command(&mut native::build_tests(workspace))?;
    let files = test_files(&workspace.root().join("tests/e2e"))?;
    let mut command = Command::new("node");
    command
        .current_dir(workspace.root())
        .env("CHROMIUM", browser.chromium)
        .env(
            "INKOGNITO_SERVER",
            workspace.cargo_output("debug/inkognito-server"),
        )
        // One page at a time: each wants all processors.
        .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .args(files);
    test(&mut command)
}

/// Returns the test files in `folder`, in order. (`node --test FOLDER` means something else from
/// one version of Node.js to the next.)
fn test_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("no {}", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        if name.is_some_and(|name| name.ends_with(".test.mjs") || name.ends_with(".test.js")) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
