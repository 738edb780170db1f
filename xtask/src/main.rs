//! Every chore of the repository: `cargo xtask run | test | bench | build | modules | setup | trunk`.
//!
//! There is one way to build. Trunk assembles the page; its hook (see `Trunk.toml`) calls
//! `cargo xtask modules`, which makes everything that is not HTML or CSS. So `trunk serve` and
//! `cargo xtask run` build the same thing, and neither needs more than a Rust toolchain and Node.js:
//! what else is missing, this program installs where it may, or names in one line.
//!
//! It is a tool for the repository's own checkout, not a program to ship.

mod bench;
mod commands;
mod modules;
mod page;
mod process;
mod suite;
mod system;
mod toolchain;
mod tools;
mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::suite::Step;
use crate::workspace::Workspace;

/// Every chore of the repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Build everything, start the companion, which serves the page, and say where it is.
    Run {
        /// The port to serve on.
        #[arg(long, default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1..))]
        port: u16,
    },
    /// Run every test.
    Test {
        /// Run this step alone (may be given more than once).
        #[arg(long, value_enum, value_name = "STEP")]
        only: Vec<Step>,
    },
    /// Measure what it costs; and others at the same work.
    Bench(bench::Options),
    /// Build the page into dist/.
    Build,
    /// Build what Trunk's hook needs: the WebAssembly modules and the page's scripts.
    Modules,
    /// Install what building needs.
    Setup {
        /// Install what testing needs, too.
        #[arg(long)]
        test: bool,
    },
    /// Run Trunk.
    Trunk {
        /// Trunk's arguments.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let workspace = Workspace::locate();
    let outcome = match cli.chore {
        Chore::Run { port } => commands::run(&workspace, port),
        Chore::Bench(options) => bench::run(&workspace, &options),
        Chore::Build => commands::build(&workspace),
        Chore::Modules => modules::build(&workspace).and_then(|()| page::build(&workspace)),
        Chore::Setup { test } => commands::setup(&workspace, test),
        Chore::Trunk { arguments } => commands::trunk(&workspace, &arguments),
        Chore::Test { only } => return suite::run(&workspace, &only),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
