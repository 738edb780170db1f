//! The Rust toolchain that builds the WebAssembly modules.
//!
//! The page's modules have a standard library that is built from its sources (`rust-src`): the
//! threaded evaluator needs one with atomics, and all modules need a small one. Tests use the
//! precompiled library for `wasm32-unknown-unknown` where it is installed and suffices.
//!
//! The search goes in this order: the toolchain that runs this program, rustup's nightly, Debian's
//! rustc-web. Programs for this machine are never built with the toolchain found here, but by the
//! cargo that runs this program.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{heading, isolated, query, run};
use crate::system;

/// The target of all modules.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

const FLAGS: &str = "-Ctarget-feature=+simd128";
const THREADED_FLAGS: &str = "-Ctarget-feature=+atomics,+bulk-memory,+mutable-globals,+simd128";

/// A panic ends in a trap at once. Nobody would see its text, and so neither the text nor the paths
/// of the sources become part of a module.
const SILENT: &str = "-Zunstable-options\x1f-Cpanic=immediate-abort\x1f-Zlocation-detail=none";

/// A toolchain that can build every module.
pub(crate) struct Toolchain {
    sysroot: PathBuf,
    release: (u32, u32),
    /// Whether the precompiled standard library for [`TARGET`] is installed.
    has_target: bool,
    prerelease: bool,
}

impl Toolchain {
    /// Finds a toolchain; if there is none, installs what is missing.
    ///
    /// # Errors
    ///
    /// If something is missing and cannot be installed; the error says how to get it.
    pub(crate) fn find_or_install() -> Result<Self> {
        if let Some(found) = Self::find() {
            return Ok(found);
        }
        let attempts: [fn() -> Result<()>; 2] = [extend_rustup, install_debian];
        let mut reasons = Vec::new();
        for attempt in attempts {
            if let Err(reason) = attempt() {
                reasons.push(format!("{reason:#}"));
            }
            if let Some(found) = Self::find() {
                return Ok(found);
            }
        }
        bail!(
            "no Rust {} or newer with the standard library's sources, run `rustup component add \
             rust-src` ({})",
            env!("CARGO_PKG_RUST_VERSION"),
            reasons.join("; ")
        )
    }

    fn find() -> Option<Self> {
        let candidates: [(&str, &[&str]); 3] = [
            ("rustc", &[]),
            ("rustc", &["+nightly"]),
            ("/usr/bin/rustc", &[]),
        ];
        candidates
            .into_iter()
            .find_map(|(rustc, arguments)| Self::probe(rustc, arguments))
    }

    fn probe(rustc: &str, arguments: &[&str]) -> Option<Self> {
        let mut command = Command::new(rustc);
        // Looking for a toolchain must not install one.
        command
            .args(arguments)
            .env("RUSTUP_AUTO_INSTALL", "0")
            .current_dir("/");
        let sysroot = query(command.args(["--print", "sysroot"]))?;
        let version = query(isolated(Path::new(&sysroot).join("bin/rustc")).arg("--version"))?;
        Self::examine(sysroot.into(), &version)
    }

    /// Returns the toolchain at `sysroot` if it can build every module.
    fn examine(sysroot: PathBuf, version: &str) -> Option<Self> {
        let (release, prerelease) = parse_version(version)?;
        let (minimum, _) = parse_version(concat!("rustc ", env!("CARGO_PKG_RUST_VERSION")))?;
        let libraries = sysroot.join("lib/rustlib");
        let has_source = libraries.join("src/rust/library/Cargo.lock").is_file();
        let has_target = fs::read_dir(libraries.join(TARGET).join("lib")).is_ok_and(|files| {
            files
                .flatten()
                .any(|file| file.file_name().to_string_lossy().starts_with("libstd-"))
        });
        let usable = release >= minimum && has_source && sysroot.join("bin/cargo").exists();
        usable.then_some(Self {
            sysroot,
            release,
            has_target,
            prerelease,
        })
    }

    /// Returns this toolchain's cargo, set up to build for [`TARGET`].
    pub(crate) fn cargo(&self, threads: bool) -> Command {
        self.command(self.sysroot.join("bin/cargo"), threads)
    }

    /// Returns this toolchain's cargo, set up to build the page's modules: small, and with a small
    /// standard library.
    pub(crate) fn cargo_to_ship(&self, threads: bool) -> Command {
        let mut command = self.cargo(threads);
        command.env(
            "CARGO_ENCODED_RUSTFLAGS",
            format!("{}\x1f{SILENT}", flags(threads)),
        );
        build_std(&mut command).env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size");
        command
    }

    /// Returns a command for a program that calls cargo, set up so that it calls this toolchain's.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>, threads: bool) -> Command {
        let bin = self.sysroot.join("bin");
        let mut command = isolated(program);
        command
            .env("CARGO", bin.join("cargo"))
            .env("RUSTC", bin.join("rustc"))
            .env("RUSTDOC", bin.join("rustdoc"))
            .env("PATH", self.search_path(&[]))
            // Wins over every other source of flags.
            .env("CARGO_ENCODED_RUSTFLAGS", flags(threads));
        if threads || !self.has_target {
            build_std(&mut command);
        }
        command
    }

    /// Returns `PATH` with `folders` and then this toolchain in front.
    pub(crate) fn search_path(&self, folders: &[&Path]) -> OsString {
        let mut path = OsString::new();
        for folder in folders
            .iter()
            .copied()
            .chain([self.sysroot.join("bin").as_path()])
        {
            path.push(folder);
            path.push(":");
        }
        path.push(env::var_os("PATH").unwrap_or_default());
        path
    }

    /// Returns this toolchain's Clippy, set up like [`Self::cargo`], or `None` if it has no
    /// released one. The lints of a prerelease change from day to day, and no test should fail
    /// because of them.
    pub(crate) fn clippy(&self, threads: bool) -> Option<Command> {
        let program = self.sysroot.join("bin/cargo-clippy");
        if self.sysroot == Path::new("/usr") && !program.exists() {
            // If that fails, there are no lints, and the caller reports it.
            system::install_packages(&["rust-web-clippy"]).ok()?;
        }
        if self.prerelease || !program.exists() {
            return None;
        }
        let mut command = self.command(program, threads);
        command.arg("clippy");
        Some(command)
    }
}

fn flags(threads: bool) -> &'static str {
    if threads { THREADED_FLAGS } else { FLAGS }
}

/// Makes cargo build the standard library as well.
fn build_std(command: &mut Command) -> &mut Command {
    command
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
}

impl std::fmt::Display for Toolchain {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (major, minor) = self.release;
        write!(
            formatter,
            "Rust {major}.{minor} in {}",
            self.sysroot.display()
        )
    }
}

/// Returns (major, minor) and whether it is a nightly or beta, from `rustc 1.95.0-nightly (…)`.
fn parse_version(text: &str) -> Option<((u32, u32), bool)> {
    let version = text.strip_prefix("rustc ")?.split_whitespace().next()?;
    let mut parts = version.split('.');
    let major = parts.next()?.parse().ok()?;
    let minor = parts.next()?.parse().ok()?;
    Some(((major, minor), version.contains('-')))
}

/// Adds the sources and the library for [`TARGET`] to the toolchain in use, through rustup.
fn extend_rustup() -> Result<()> {
    which::which("rustup").context("no rustup")?;
    if env::var_os("RUSTUP_AUTO_INSTALL").is_some_and(|value| value == "0") {
        bail!("RUSTUP_AUTO_INSTALL=0 forbids rustup to install anything");
    }
    heading("rustup: the standard library's sources and its build for WebAssembly");
    run(Command::new("rustup").args(["component", "add", "rust-src"]))?;
    run(Command::new("rustup").args(["target", "add", TARGET]))
}

/// Installs Debian's current Rust, which is `/usr/bin/rustc` beside rustup's.
fn install_debian() -> Result<()> {
    system::install_packages(&["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm"])?;
    // The linker comes from LLVM, in the version that rustc was built with.
    let details = query(isolated("/usr/bin/rustc").arg("-vV")).context("no /usr/bin/rustc")?;
    let llvm = details
        .lines()
        .find_map(|line| line.strip_prefix("LLVM version: "));
    let major = llvm
        .and_then(|version| version.split('.').next())
        .context("rustc names no LLVM")?;
    system::install_packages(&[&format!("lld-{major}")])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(
            parse_version("rustc 1.95.0 (59807616e 2026-04-14)"),
            Some(((1, 95), false))
        );
        assert_eq!(
            parse_version("rustc 1.97.0-nightly (e50aa6fba)"),
            Some(((1, 97), true))
        );
        assert_eq!(parse_version("rustc 2.0"), Some(((2, 0), false)));
        assert_eq!(parse_version("cargo 1.95.0"), None);
        assert_eq!(parse_version("rustc one"), None);
    }

    /// Makes a sysroot with the named files, all empty.
    fn sysroot(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        root
    }

    const CARGO: &str = "bin/cargo";
    const SOURCE: &str = "lib/rustlib/src/rust/library/Cargo.lock";
    const LIBRARY: &str = "lib/rustlib/wasm32-unknown-unknown/lib/libstd-0123.rlib";

    #[test]
    fn a_toolchain_without_sources_is_not_usable() {
        let root = sysroot(&[CARGO, LIBRARY]);
        assert!(Toolchain::examine(root.path().into(), "rustc 9.0.0").is_none());
    }

    #[test]
    fn a_toolchain_that_is_too_old_is_not_usable() {
        let root = sysroot(&[CARGO, SOURCE]);
        assert!(Toolchain::examine(root.path().into(), "rustc 1.63.0").is_none());
        assert!(Toolchain::examine(root.path().into(), "rustc 9.0.0").is_some());
    }

    #[test]
    fn the_ready_made_library_is_noticed() {
        let without = sysroot(&[CARGO, SOURCE]);
        let with = sysroot(&[CARGO, SOURCE, LIBRARY]);
        let examine = |root: &tempfile::TempDir| {
            Toolchain::examine(root.path().into(), "rustc 9.0.0")
                .unwrap()
                .has_target
        };
        assert!(!examine(&without));
        assert!(examine(&with));
    }

    fn toolchain(has_target: bool) -> Toolchain {
        Toolchain {
            sysroot: "/".into(),
            release: (1, 95),
            has_target,
            prerelease: false,
        }
    }

    #[test]
    fn only_a_build_of_the_library_asks_for_unstable_features() {
        let bootstraps = |has_target, threads| {
            let command = toolchain(has_target).cargo(threads);
            command
                .get_envs()
                .any(|(name, value)| name == "RUSTC_BOOTSTRAP" && value.is_some())
        };
        assert!(bootstraps(true, true));
        assert!(bootstraps(false, false));
        assert!(!bootstraps(true, false));
    }

    #[test]
    fn what_ships_keeps_the_features_that_it_needs() {
        for threads in [false, true] {
            let command = toolchain(true).cargo_to_ship(threads);
            let value = |wanted: &str| {
                let mut variables = command.get_envs();
                variables.find_map(|(name, value)| (name == wanted).then(|| value.unwrap()))
            };
            let flags = value("CARGO_ENCODED_RUSTFLAGS").unwrap().to_str().unwrap();
            let flags: Vec<_> = flags.split('\x1f').collect();
            assert_eq!(flags[0], super::flags(threads));
            assert_eq!(flags[1..], SILENT.split('\x1f').collect::<Vec<_>>());
            assert_eq!(value("RUSTC_BOOTSTRAP").unwrap(), "1");
        }
    }
}
