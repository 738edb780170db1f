//! The servers of the tests: in this process with a store of the test, or as a program that a test
//! can kill.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use clap::Parser;
use inkognito_server::{Options, Server};
use object_store::ObjectStore;
use tokio::sync::oneshot;

/// Returns the names of all files below a folder.
pub(crate) fn files(folder: &Path) -> Vec<String> {
    let mut found = vec![];
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(files(&entry.path())),
            false => found.push(entry.path().display().to_string()),
        }
    }
    found
}

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    options: Options,
}

/// Parses the flags as the command line does. Unless a test asks for it, there is no rate limit.
pub(crate) fn options(flags: &[&str]) -> Options {
    let own = ["test", "--listen", "127.0.0.1:0"];
    let unlimited = ["--rate", "0"]
        .iter()
        .filter(|_| !flags.contains(&"--rate"));
    let words = own.iter().chain(unlimited).chain(flags).copied();
    Cli::try_parse_from(words).expect("flags").options
}

/// A server in this process. Dropping it shuts it down.
pub(crate) struct LocalServer {
    pub(crate) url: String,
    _end: oneshot::Sender<()>,
}

impl LocalServer {
    /// Starts a server that stores keys in a folder.
    pub(crate) async fn start(store: &Path, flags: &[&str]) -> Self {
        let store = store.to_str().expect("a path of plain characters");
        let flags = [&["--store", store], flags].concat();
        Self::run(Server::start(options(&flags)).await.expect("a server"))
    }

    /// Starts a server on a store of the test.
    pub(crate) async fn start_with_store(store: Arc<dyn ObjectStore>, flags: &[&str]) -> Self {
        Self::run(
            Server::start_with_store(options(flags), store)
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

/// A server as a program. Dropping it kills it.
pub(crate) struct ServerProcess {
    pub(crate) url: String,
    child: Child,
}

impl ServerProcess {
    pub(crate) fn start(store: &Path, flags: &[&str]) -> Self {
        Self::spawn(
            Command::new(env!("CARGO_BIN_EXE_inkognito-server")),
            store,
            flags,
        )
    }

    /// Starts a program by a command that becomes the server.
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

    /// Kills the program at once, as the operating system does when memory runs out.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("the program still runs");
        self.child.wait().expect("the program ends");
    }

    /// Asks the program to shut down. Returns whether it exits successfully.
    pub(crate) fn terminate(&mut self) -> bool {
        let asked = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        assert!(asked.expect("kill").success());
        self.child.wait().expect("the program ends").success()
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
