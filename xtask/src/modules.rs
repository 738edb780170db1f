//! Compiles the WebAssembly modules, and generates their scripts with wasm-bindgen.
//!
//! wasm-bindgen is called as a library, so that there is no program to install and its version is
//! always the right one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::process::{heading, run};
use crate::toolchain::{TARGET, Toolchain};
use crate::workspace::Workspace;

/// One WebAssembly module as the page loads it.
pub(crate) struct Module {
    /// The folder from which it is served.
    pub(crate) folder: &'static str,
    /// The name of its script and of its .wasm file.
    name: &'static str,
    package: &'static str,
    /// The name of the compiled library.
    library: &'static str,
    /// Whether it is compiled for threads, with shared memory and atomics in the standard library.
    pub(crate) threads: bool,
    features: &'static [&'static str],
}

/// The vault, which holds the secret key.
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

/// The playground: the computations of the panels on plaintexts.
pub(crate) const PLAYGROUND: Module = Module {
    folder: "playground",
    name: "playground",
    package: "inkognito-playground",
    library: "inkognito_playground",
    threads: false,
    features: &[],
};

/// Client and evaluator in one module, for benchmarks; it is not part of the page.
pub(crate) const BENCH: Module = Module {
    folder: "bench",
    name: "bench",
    package: "inkognito-bench",
    library: "inkognito_bench",
    threads: false,
    features: &[],
};

/// The profile of the page's modules. `Cargo.toml` says which crates are built for speed and
/// which for size.
const PROFILE: &str = "web";

/// Every module of the page.
pub(crate) const ALL: [&Module; 4] = [&VAULT, &EVALUATOR, &EVALUATOR_SINGLE, &PLAYGROUND];

/// Builds all modules into the folder that Trunk copies. Skips those that have not changed.
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
/// If there is no toolchain, or the module does not compile.
pub(crate) fn build_into(workspace: &Workspace, module: &Module, site: &Path) -> Result<()> {
    module.build(workspace, &Toolchain::find_or_install()?, site)
}

impl Module {
    /// Makes `command`, a subcommand of cargo, work on this module for WebAssembly.
    ///
    /// Modules with the same flags share cargo's output folder and the compiled dependencies in it.
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

    /// Returns the folder of cargo's output for modules with the same flags.
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

    /// Generates the script, its types and the .wasm file from the compiled library.
    fn bind(&self, wasm: &Path, out: &Path) -> Result<()> {
        // Names of generated files carry a hash: old files would stay.
        if out.exists() {
            fs::remove_dir_all(out)?;
        }
        Bindgen::new()
            .input_path(wasm)
            .out_name(self.name)
            .web(true)?
            // The script finds its .wasm file beside itself.
            .omit_default_module_path(false)
            .typescript(true)
            .remove_name_section(true)
            .remove_producers_section(true)
            .generate(out)
    }
}

/// Returns whether `product` is newer than `source` and than this program, a new version of which
/// may generate it differently.
fn is_newer(product: &Path, source: &Path) -> Result<bool> {
    let modified = |path: &Path| -> Result<SystemTime> { Ok(fs::metadata(path)?.modified()?) };
    let Ok(product) = modified(product) else {
        return Ok(false);
    };
    Ok(product > modified(source)? && product > modified(&std::env::current_exe()?)?)
}
