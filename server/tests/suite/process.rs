//! Servers: in this process, where a test brings its own store; and as programs, where one is to be
//! killed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use clap::Parser;
use inkognito_server::{Options, Server};
use object_store::ObjectStore;
use tokio::sync::oneshot;

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    options: Options,
}

/// Options as the command line has them.
pub(crate) fn options(flags: &[&str]) -> Options {
    let own = ["test", "--listen", "127.0.0.1:0"];
    let unlimited = ["--rate", "0"]
        .iter()
        .filter(|_| !flags.contains(&"--rate"));
    let words = own.iter().chain(unlimited).chain(flags).copied();
    Cli::try_parse_from(words).expect("flags").options
}

/// A server in this process; ends when it is dropped.
pub(crate) struct Local {
    pub(crate) url: String,
    _end: oneshot::Sender<()>,
}

impl Local {
    /// On a folder.
    pub(crate) async fn start(store: &Path, flags: &[&str]) -> Self {
        let store = store.to_str().expect("a path of plain characters");
        let flags = [&["--store", store], flags].concat();
        Self::run(Server::start(options(&flags)).await.expect("a server"))
    }

    /// On a store of the test's.
    pub(crate) async fn start_on(store: Arc<dyn ObjectStore>, flags: &[&str]) -> Self {
        Self::run(
            Server::start_on(options(flags), store)
                .await
                .expect("a server"),
        )
    }

    fn run(server: Server) -> Self {
        let url = server.url().expect("an address");
        let (end, ended) = oneshot::channel::<()>();
        tokio::spawn(server.run(async {
            let _ = ended.await;
        }));
        Self { url, _end: end }
    }
}

/// The program, killed when it is dropped.
pub(crate) struct Program {
    pub(crate) url: String,
    child: Child,
}

impl Program {
    pub(crate) fn start(store: &Path, flags: &[&str]) -> Self {
        Self::spawn(
            Command::new(env!("CARGO_BIN_EXE_inkognito-server")),
            store,
            flags,
        )
    }

    /// As `start`, by way of a command that becomes the program.
    pub(crate) fn spawn(mut command: Command, store: &Path, flags: &[&str]) -> Self {
        command
            .args([
                "--listen",
                "127.0.0.1:0",
                "--rate",
                "0",
                "--log",
                "error",
                "--store",
            ])
            .arg(store)
            .args(flags)
            .stdout(Stdio::piped())
            .stdin(Stdio::null());
        let mut child = command.spawn().expect("the server starts");
        let output = child.stdout.take().expect("its output");
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).expect("a line");
        let url = line.trim().strip_prefix("Inkognito is at ");
        let url = url
            .unwrap_or_else(|| panic!("the server said {line:?}"))
            .to_owned();
        Self { url, child }
    }

    pub(crate) fn address(&self) -> &str {
        self.url.trim_start_matches("http://").trim_end_matches('/')
    }

    /// Ends it as the system does when memory runs out: at once.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it still runs");
        self.child.wait().expect("it ends");
    }

    /// Asks it to end, and tells whether it did so without complaint.
    pub(crate) fn terminate(&mut self) -> bool {
        let asked = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        assert!(asked.expect("kill").success());
        self.child.wait().expect("it ends").success()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
