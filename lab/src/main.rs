//! The laboratory: both sides of the conversation in one process, to measure what neither can see
//! alone.
//!
//! Not for: serving anybody. The secret key lies in the same memory as the evaluator here.

mod accuracy;
mod bench;
mod errors;
mod load;
mod machine;
mod models;
mod picture;
mod relu;
mod report;
mod samples;
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
    /// Encrypts, evaluates and decrypts test images; compares with the plain network and the truth
    Accuracy(accuracy::Arguments),
    /// Follows images through the network: the error after each layer, measured and predicted
    Errors(errors::Arguments),
    /// Compares polynomials for ReLU and other functions: coefficients, errors, depth
    Relu(relu::Arguments),
    /// Writes a test image of each class into a file, for the page to offer
    Samples(samples::Arguments),
    /// Makes every table and figure of the documentation again
    Report(report::Arguments),
    /// Visits a companion with many visitors at once; every answer is checked
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
