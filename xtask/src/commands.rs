//! Building and serving, through Trunk.

use std::ffi::OsString;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream};
use std::os::unix::process::{CommandExt, parent_id};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::process::run as run_command;
use crate::system::Browser;
use crate::toolchain::Toolchain;
use crate::tools::{TEST_RUNNER, TRUNK, WASM_PACK};
use crate::workspace::Workspace;
use crate::{page, system};

/// Installs what building needs, and with `test` what testing needs.
///
/// # Errors
///
/// Names what is missing and how to get it.
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

/// Becomes Trunk.
pub(crate) fn trunk(workspace: &Workspace, arguments: &[OsString]) -> Result<()> {
    setup(workspace, false)?;
    become_program(trunk_command(workspace)?.args(arguments))
}

/// Builds the page, serves it, and says where it is as soon as it can be fetched.
///
/// This process becomes the server, so that whatever ends the one ends the other; a child, which
/// ends with it, watches for the first answer.
pub(crate) fn run(workspace: &Workspace, port: u16) -> Result<()> {
    require_free(port)?;
    // Trunk would serve the last page that could be built if this one cannot.
    build(workspace)?;
    require_free(port)?;
    Command::new(std::env::current_exe()?)
        .args(["announce", "--port", &port.to_string()])
        .spawn()
        .context("cannot start a process")?;
    let port = port.to_string();
    become_program(trunk_command(workspace)?.args([
        "serve",
        "--address",
        "127.0.0.1",
        "--port",
        &port,
    ]))
}

/// Says where the page is once the parent process serves it; gives up when the parent has ended.
pub(crate) fn announce(port: u16) -> Result<()> {
    let server = parent_id();
    while parent_id() == server {
        if answers(port) {
            println!("Inkognito is at http://127.0.0.1:{port}/");
            return Ok(());
        }
        sleep(Duration::from_millis(100));
    }
    Ok(())
}

fn trunk_command(workspace: &Workspace) -> Result<Command> {
    let mut command = Command::new(TRUNK.find_or_install(workspace)?);
    // What failed has said so itself; how Trunk came to call it is of no interest.
    command
        .current_dir(workspace.root())
        .env("RUST_BACKTRACE", "0");
    // Trunk takes this variable for an option that must be `true` or `false`; the custom is `1`.
    if std::env::var_os("NO_COLOR").is_some() {
        command.env("NO_COLOR", "true");
    }
    Ok(command)
}

fn become_program(command: &mut Command) -> Result<()> {
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

/// Whether the page can be fetched.
fn answers(port: u16) -> bool {
    let timeout = Duration::from_secs(5);
    let connect = || {
        let stream = TcpStream::connect_timeout(&address(port).into(), timeout)?;
        stream.set_read_timeout(Some(timeout))?;
        has_page(stream, port)
    };
    connect().unwrap_or(false)
}

/// Whether the server at the other end of `stream` has a page to give.
fn has_page(mut stream: impl Read + Write, port: u16) -> std::io::Result<bool> {
    let request = format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut status = [0; 12];
    stream.read_exact(&mut status)?;
    Ok(&status == b"HTTP/1.1 200")
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// A connection to a server that gives this reply, whatever it is asked.
    struct Reply(Cursor<&'static [u8]>);

    impl Read for Reply {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.0.read(buffer)
        }
    }

    impl Write for Reply {
        fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
            Ok(buffer.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn only_a_page_counts_as_an_answer() {
        let gives_page = |reply: &'static str| has_page(Reply(Cursor::new(reply.as_bytes())), 80);
        assert!(gives_page("HTTP/1.1 200 OK\r\n\r\n").unwrap());
        assert!(!gives_page("HTTP/1.1 404 Not Found\r\n\r\n").unwrap());
        assert!(gives_page("").is_err());
    }

    #[test]
    fn a_port_in_use_is_refused_in_one_line() {
        let listener = TcpListener::bind(address(0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let message = format!("{:#}", require_free(port).unwrap_err());
        assert!(message.contains(&port.to_string()) && message.lines().count() == 1);
        assert!(require_free(0).is_ok(), "0 stands for any free port");
    }
}
