//! Builds the page through Trunk, and serves it with the companion.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};
use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{heading, host_cargo, run as run_command};
use crate::system::Browser;
use crate::toolchain::Toolchain;
use crate::tools::{TEST_RUNNER, TRUNK, WASM_PACK};
use crate::workspace::Workspace;
use crate::{page, system};

/// Installs the requirements of building, and with `test` those of testing.
///
/// # Errors
///
/// If something is missing and cannot be installed; the error says how to get it.
pub(crate) fn setup(workspace: &Workspace, test: bool) -> Result<()> {
    system::require_node()?;
    Toolchain::find_or_install()?;
    TRUNK.find_or_install(workspace)?;
    page::install(workspace)?;
    if test {
        WASM_PACK.find_or_install(workspace)?;
        TEST_RUNNER.find_or_install(workspace)?;
        Browser::find_or_install()?;
    }
    Ok(())
}

/// Builds the page into `dist/`.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    setup(workspace, false)?;
    run_command(trunk_command(workspace)?.arg("build"))
}

/// Replaces this process by Trunk.
pub(crate) fn trunk(workspace: &Workspace, arguments: &[OsString]) -> Result<()> {
    setup(workspace, false)?;
    replace_process(trunk_command(workspace)?.args(arguments))
}

/// Builds the page and the companion, and starts the companion, which serves the page and prints
/// its address.
///
/// The companion replaces this process, so that a signal that ends one ends the other.
pub(crate) fn run(workspace: &Workspace, port: u16) -> Result<()> {
    require_free(port)?;
    build(workspace)?;
    heading("building the companion");
    run_command(host_cargo().current_dir(workspace.root()).args([
        "build",
        "--release",
        "--quiet",
        "-p",
        "inkognito-server",
    ]))?;
    require_free(port)?;
    let mut server = Command::new(workspace.cargo_output("release/inkognito-server"));
    server
        .current_dir(workspace.root())
        .arg("--listen")
        .arg(address(port).to_string())
        .arg("--page")
        .arg(workspace.dist())
        // On a developer's machine only failures are of interest, not each request.
        .args(["--log", "warn"]);
    replace_process(&mut server)
}

fn trunk_command(workspace: &Workspace) -> Result<Command> {
    let mut command = Command::new(TRUNK.find_or_install(workspace)?);
    // The program that failed prints its own error; a backtrace of Trunk adds nothing.
    command
        .current_dir(workspace.root())
        .env("RUST_BACKTRACE", "0");
    // Trunk reads this variable as an option that is `true` or `false`; others set it to `1`.
    if std::env::var_os("NO_COLOR").is_some() {
        command.env("NO_COLOR", "true");
    }
    Ok(command)
}

fn replace_process(command: &mut Command) -> Result<()> {
    let error = command.exec();
    Err(error).with_context(|| format!("cannot start {}", command.get_program().display()))
}

fn address(port: u16) -> SocketAddrV4 {
    SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)
}

fn require_free(port: u16) -> Result<()> {
    match TcpListener::bind(address(port)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!("port {port} is in use; choose another one with --port")
        }
        Err(error) => Err(error).with_context(|| format!("cannot serve on port {port}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_refused_in_one_line() {
        let listener = TcpListener::bind(address(0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let message = format!("{:#}", require_free(port).unwrap_err());
        assert!(message.contains(&port.to_string()) && message.lines().count() == 1);
        assert!(require_free(0).is_ok(), "0 stands for any free port");
    }
}
