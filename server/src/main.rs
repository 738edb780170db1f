//! The program `inkognito-server`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use inkognito_server::{Options, Server, check_health, openapi, start_log};
use tokio::signal::unix::{SignalKind, signal};

/// Evaluates neural networks on encrypted drawings, and serves the page that encrypts them.
///
/// The server receives evaluation keys and ciphertexts. It has no key that could decrypt them.
#[derive(Parser)]
#[command(
    name = "inkognito-server",
    version,
    args_conflicts_with_subcommands = true
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    options: Options,
}

#[derive(Subcommand)]
enum Command {
    /// Check that the server on this machine is ready
    Health {
        /// The address that the server listens on
        #[arg(long, env = "INKOGNITO_LISTEN", default_value = "127.0.0.1:8080")]
        listen: std::net::SocketAddr,
    },
    /// Print the OpenAPI document of the API
    Openapi,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Some(Command::Health { listen }) => check_health(listen),
        Some(Command::Openapi) => openapi()
            .to_pretty_json()
            .map(|document| println!("{document}"))
            .map_err(Into::into),
        None => serve(cli.options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("inkognito-server: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn serve(options: Options) -> anyhow::Result<()> {
    start_log(&options.log, options.log_format)?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let server = Server::start(options).await?;
    println!("Inkognito is at {}", server.url()?);
    server
        .run(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        })
        .await;
    Ok(())
}
