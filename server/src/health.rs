//! The check of a running server, for containers that have no HTTP client.
//!
//! Relies on `/ready` of the server. Not for a server on another machine.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, ensure};

/// The time in which the server must connect and answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Checks that the server that listens on `address` of this machine is ready.
///
/// # Errors
/// Fails if the server cannot be reached, or answers `/ready` with another status than 200.
pub fn check(address: SocketAddr) -> anyhow::Result<()> {
    let mut address = address;
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)
        .with_context(|| format!("nothing answers on {address}"))?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    let request = format!("GET /ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut status = [0; 12];
    stream.read_exact(&mut status)?;
    let status = String::from_utf8_lossy(&status);
    ensure!(
        status == "HTTP/1.1 200",
        "the server is not ready: {status}"
    );
    Ok(())
}
