//! The programs that building and testing call, each pinned to one version.
//!
//! A program in `PATH` is used if it has that version. Otherwise it is compiled from crates.io into
//! `.tools/`, inside the checkout, without optimisation: none of these programs computes much.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{heading, host_cargo, query, run};
use crate::workspace::Workspace;

/// Assembles and serves the page.
pub(crate) const TRUNK: Tool = Tool {
    program: "trunk",
    package: "trunk",
    version: "0.21.14",
    // The default features are an update check and TLS for downloads; neither is used here.
    arguments: &["--locked", "--no-default-features"],
};

/// Runs the vault's tests in a browser.
pub(crate) const WASM_PACK: Tool = Tool {
    program: "wasm-pack",
    package: "wasm-pack",
    version: "0.15.1",
    arguments: &["--locked"],
};

/// Runs a test module in a browser; wasm-pack calls it as well.
pub(crate) const TEST_RUNNER: Tool = Tool {
    program: "wasm-bindgen-test-runner",
    package: "wasm-bindgen-cli",
    // The version of the crate wasm-bindgen.
    version: "0.2.130",
    arguments: &[],
};

/// A program from crates.io.
pub(crate) struct Tool {
    program: &'static str,
    package: &'static str,
    version: &'static str,
    /// For `cargo install`.
    arguments: &'static [&'static str],
}

impl Tool {
    /// Returns the path of the program, and installs it first where it is missing.
    ///
    /// # Errors
    ///
    /// If it cannot be installed.
    pub(crate) fn find_or_install(&self, workspace: &Workspace) -> Result<PathBuf> {
        let own = workspace.tools().join("bin").join(self.program);
        if self.is_right(&own) {
            return Ok(own);
        }
        if let Ok(other) = which::which(self.program)
            && self.is_right(&other)
        {
            return Ok(other);
        }
        self.install(workspace)
            .with_context(|| format!("cannot install {} {}", self.package, self.version))?;
        Ok(own)
    }

    fn is_right(&self, program: &Path) -> bool {
        query(Command::new(program).arg("--version"))
            .is_some_and(|answer| names_version(&answer, self.version))
    }

    fn install(&self, workspace: &Workspace) -> Result<()> {
        heading(&format!(
            "installing {} {} (some minutes, once)",
            self.package, self.version
        ));
        let output = workspace.cargo_output("tools");
        let mut command = host_cargo();
        command
            // Outside the checkout, whose cargo configuration is not meant for these programs.
            .current_dir("/")
            .env("CARGO_TARGET_DIR", &output)
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_PROFILE_DEV_STRIP", "symbols")
            .args([
                "install",
                self.package,
                "--version",
                self.version,
                "--debug",
                "--root",
            ])
            .arg(workspace.tools())
            .args(self.arguments);
        run(&mut command)?;
        // Kept until here, so that an interrupted installation can be continued.
        std::fs::remove_dir_all(&output).context("cannot clear up")
    }
}

/// Returns whether `version` is one of the words that a program prints about itself.
fn names_version(answer: &str, version: &str) -> bool {
    answer.split_whitespace().any(|word| word == version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_whole_word() {
        assert!(names_version("trunk 0.21.14", "0.21.14"));
        assert!(names_version("wasm-bindgen 0.2.130 (a1b2c3)", "0.2.130"));
        assert!(!names_version("trunk 0.21.140", "0.21.14"));
        assert!(!names_version("trunk 0.21.1", "0.21.14"));
        assert!(!names_version("", "0.21.14"));
    }

    #[test]
    fn the_test_runner_has_the_version_of_the_library() {
        let manifest = include_str!("../../Cargo.toml");
        let pin = |package: &str| format!("{package} = \"={}\"", TEST_RUNNER.version);
        assert!(manifest.contains(&pin("wasm-bindgen")));
        assert!(manifest.contains(&pin("wasm-bindgen-cli-support")));
    }

    #[test]
    fn trunk_has_the_version_that_its_configuration_asks_for() {
        let configuration = include_str!("../../Trunk.toml");
        assert!(configuration.contains(&format!("trunk-version = \"={}\"", TRUNK.version)));
    }
}
