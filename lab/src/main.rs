//! The laboratory: client and evaluator in one process, for measurements that need both.
//!
//! It relies on the vault for keys and on `inkognito-network` for the evaluation. It is not meant
//! to serve anybody: the secret key lies in the evaluator's memory here.

mod accuracy;
mod errors;
mod load;
mod machine;
mod models;
mod output;
mod picture;
mod relu;
mod report;
mod samples;
mod sides;
mod state;

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
    /// Encrypts, evaluates and decrypts test images; compares with the plain network and the labels
    Accuracy(accuracy::Arguments),
    /// Decrypts after each layer: the error, measured and predicted
    Errors(errors::Arguments),
    /// Compares polynomials for ReLU and other functions: coefficients, errors, depth
    Relu(relu::Arguments),
    /// Writes one test image of each class into a file, from which the page offers them
    Samples(samples::Arguments),
    /// Generates every table and figure of the documentation
    Report(report::Arguments),
    /// Sends many visitors to a companion at once, and checks every answer
    Load(load::Arguments),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().experiment {
        Experiment::Accuracy(arguments) => accuracy::run(&arguments),
        Experiment::Errors(arguments) => errors::run(&arguments),
        Experiment::Relu(arguments) => relu::run(&arguments),
        Experiment::Samples(arguments) => samples::run(&arguments),
        Experiment::Report(arguments) => report::run(&arguments),
        Experiment::Load(arguments) => load::run(&arguments),
    }
}
