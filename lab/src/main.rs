//! The laboratory: both sides of the conversation in one process, to measure what neither can see
//! alone.
//!
//! Not for: serving anybody. The secret key lies in the same memory as the evaluator here.

mod accuracy;
mod models;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "inkognito-lab",
    about = "Measures the encrypted networks",
    version
)]
struct Arguments {
    #[command(subcommand)]
    experiment: Experiment,
}

#[derive(Subcommand)]
enum Experiment {
    /// Encrypts, evaluates and decrypts test images; compares with the plain network and the truth
    Accuracy(accuracy::Arguments),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().experiment {
        Experiment::Accuracy(arguments) => accuracy::run(&arguments),
    }
}
