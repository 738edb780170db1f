//! The repository's tasks, `cargo xtask TASK`: run, test, bench, build, modules, setup, trunk.
//!
//! There is one way to build. Trunk assembles the page. Its hook (see `Trunk.toml`) calls
//! `cargo xtask modules`, which makes everything but HTML and CSS. So `trunk serve` and
//! `cargo xtask run` build the same page.
//!
//! Building needs a Rust toolchain and Node.js. This program installs whatever else is missing, or
//! names it in one line where it may not install.
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

/// The repository's tasks.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything, start the companion, which serves the page, and print its address.
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
    /// Measure time and size, and those of other libraries at the same work.
    Bench(bench::Options),
    /// Build the page into dist/.
    Build,
    /// Build what Trunk's hook asks for: the WebAssembly modules and the page's scripts.
    Modules,
    /// Install what building needs.
    Setup {
        /// Install what testing needs as well.
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
    let outcome = match cli.task {
        Task::Run { port } => commands::run(&workspace, port),
        Task::Bench(options) => bench::run(&workspace, &options),
        Task::Build => commands::build(&workspace),
        Task::Modules => modules::build(&workspace).and_then(|()| page::build(&workspace)),
        Task::Setup { test } => commands::setup(&workspace, test),
        Task::Trunk { arguments } => commands::trunk(&workspace, &arguments),
        Task::Test { only } => return suite::run(&workspace, &only),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
