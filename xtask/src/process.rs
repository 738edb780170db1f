//! Starts other programs and announces the stages of the work.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Variables that steer cargo and rustc. A command with a toolchain of its own inherits none of
/// them, neither from the toolchain that runs this program nor from the shell.
const STEERING: &[&str] = &[
    "CARGO",
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_MANIFEST_DIR",
    "CARGO_TARGET_DIR",
    "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
    "CARGO_UNSTABLE_BUILD_STD",
    "LD_LIBRARY_PATH",
    "RUSTC",
    "RUSTC_BOOTSTRAP",
    "RUSTDOC",
    "RUSTDOCFLAGS",
    "RUSTFLAGS",
    "RUSTUP_TOOLCHAIN",
];

/// Announces a stage of the work.
pub(crate) fn heading(text: &str) {
    println!("==> {text}");
}

/// Returns the cargo that builds programs for this machine: the one that runs this program.
///
/// It keeps the variables that rustup set for it. Without them rustup's rustc would obey the
/// `rust-toolchain` files that some crates on crates.io carry.
pub(crate) fn host_cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Returns a command that inherits nothing from the toolchain that runs this program.
pub(crate) fn isolated(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for variable in STEERING {
        command.env_remove(variable);
    }
    command
}

/// Runs a command to its end; its output goes where this program's goes.
///
/// # Errors
///
/// If the command cannot be started or fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", describe(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", describe(command));
    }
    Ok(())
}

/// Returns the output of a command, or `None` if it cannot be started or fails.
pub(crate) fn query(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

/// Describes a command as a shell shows it, with its first four arguments.
pub(crate) fn describe(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let words = std::iter::once(name).chain(command.get_args().take(4));
    let words: Vec<_> = words.map(OsStr::to_string_lossy).collect();
    format!("`{}`", words.join(" "))
}
