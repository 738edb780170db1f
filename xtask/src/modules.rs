//! The WebAssembly modules: compiled, then made ready for the page by wasm-bindgen.
//!
//! wasm-bindgen is called as a library: no program to install, and no version to mistake.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::process::{heading, run};
use crate::toolchain::{TARGET, Toolchain};
use crate::workspace::Workspace;

/// One WebAssembly module as the page sees it.
pub(crate) struct Module {
    /// The folder that it is served from.
    pub(crate) folder: &'static str,
    /// What its script and its .wasm file are called.
    name: &'static str,
    package: &'static str,
    /// What cargo calls the compiled library.
    library: &'static str,
    /// Compiled for threads: its memory is shared, the standard library is built with atomics.
    pub(crate) threads: bool,
    features: &'static [&'static str],
}

/// The side that holds the secret key.
pub(crate) const VAULT: Module = Module {
    folder: "vault",
    name: "vault",
    package: "inkognito",
    library: "inkognito",
    threads: false,
    features: &[],
};

/// The evaluator with a pool of threads, for pages that are cross-origin isolated.
pub(crate) const EVALUATOR: Module = Module {
    folder: "evaluator",
    name: "evaluator",
    package: "inkognito-worker",
    library: "inkognito_worker",
    threads: true,
    features: &[],
};

/// The evaluator for all other pages.
pub(crate) const EVALUATOR_SINGLE: Module = Module {
    folder: "evaluator-single",
    threads: false,
    features: &["--no-default-features"],
    ..EVALUATOR
};

/// What the panels compute in the clear.
pub(crate) const PLAYGROUND: Module = Module {
    folder: "playground",
    name: "playground",
    package: "inkognito-playground",
    library: "inkognito_playground",
    threads: false,
    features: &[],
};

/// Both sides on one bench, to be timed; no part of the page.
pub(crate) const BENCH: Module = Module {
    folder: "bench",
    name: "bench",
    package: "inkognito-bench",
    library: "inkognito_bench",
    threads: false,
    features: &[],
};

/// How cargo builds what ships: Cargo.toml says what is to be fast, and what small.
const PROFILE: &str = "web";

/// Every module of the page.
pub(crate) const ALL: [&Module; 4] = [&VAULT, &EVALUATOR, &EVALUATOR_SINGLE, &PLAYGROUND];

/// Builds all modules into the folder that Trunk copies. Where nothing has changed, nothing is done.
///
/// # Errors
///
/// If there is no toolchain, or a module does not compile.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let toolchain = Toolchain::find_or_install()?;
    for module in ALL {
        module.build(workspace, &toolchain, &workspace.site())?;
    }
    Ok(())
}

/// Builds one module into a folder of its own under `site`.
///
/// # Errors
///
/// As [`build`].
pub(crate) fn build_into(workspace: &Workspace, module: &Module, site: &Path) -> Result<()> {
    module.build(workspace, &Toolchain::find_or_install()?, site)
}

impl Module {
    /// Sets `command`, some subcommand of cargo, to this module, for the browser.
    ///
    /// Modules with the same flags share a folder for cargo's output, and the dependencies in it.
    pub(crate) fn select<'a>(
        &self,
        workspace: &Workspace,
        command: &'a mut Command,
    ) -> &'a mut Command {
        command
            .current_dir(workspace.root())
            .env("CARGO_TARGET_DIR", self.cargo_output(workspace))
            .args(["--package", self.package, "--target", TARGET])
            .args(self.features)
    }

    pub(crate) fn cargo_output(&self, workspace: &Workspace) -> PathBuf {
        workspace.cargo_output(if self.threads { "wasm-threads" } else { "wasm" })
    }

    fn build(&self, workspace: &Workspace, toolchain: &Toolchain, site: &Path) -> Result<()> {
        heading(&format!(
            "building the module {} ({toolchain})",
            self.folder
        ));
        let mut command = toolchain.cargo_to_ship(self.threads);
        command.args(["build", "--lib", "--profile", PROFILE]);
        run(self.select(workspace, &mut command))?;
        let wasm = self
            .cargo_output(workspace)
            .join(TARGET)
            .join(PROFILE)
            .join(self.library)
            .with_extension("wasm");
        let out = site.join(self.folder);
        if is_newer(&out.join(format!("{}_bg.wasm", self.name)), &wasm)? {
            return Ok(());
        }
        self.bind(&wasm, &out)
            .with_context(|| format!("wasm-bindgen cannot read {}", wasm.display()))
    }

    /// Turns the compiled library into a script, its types and a .wasm file that fit together.
    fn bind(&self, wasm: &Path, out: &Path) -> Result<()> {
        // The names of helper files carry a hash: old ones would stay behind.
        if out.exists() {
            fs::remove_dir_all(out)?;
        }
        Bindgen::new()
            .input_path(wasm)
            .out_name(self.name)
            .web(true)?
            // The script knows where its .wasm file is: beside it.
            .omit_default_module_path(false)
            .typescript(true)
            .remove_name_section(true)
            .remove_producers_section(true)
            .generate(out)
    }
}

/// Whether `product` is newer than `source` and than this program, which may have come to make it
/// in another way.
fn is_newer(product: &Path, source: &Path) -> Result<bool> {
    let modified = |path: &Path| -> Result<SystemTime> { Ok(fs::metadata(path)?.modified()?) };
    let Ok(product) = modified(product) else {
        return Ok(false);
    };
    Ok(product > modified(source)? && product > modified(&std::env::current_exe()?)?)
}
