//! The command line: trains a model and writes its file, its card and its learning curve.
//!
//! `cargo run --release -p inkognito-training -- train --model digits` writes `models/digits.*`.
//! The weights are the same on the same kind of processor.

use clap::{Parser, Subcommand};
use indicatif::{HumanDuration, ProgressBar, ProgressStyle};
use inkognito_activation::{Function, Interval, LeastSquares, Method, Target};
use inkognito_dataset::Splits;
use inkognito_network::Model;
use inkognito_training::card::{Facts, card};
use inkognito_training::curve::curve;
use inkognito_training::error::TrainingError;
use inkognito_training::evaluate::measure_all;
use inkognito_training::fold;
use inkognito_training::network::{Architecture, Moments, Network, Quadratic};
use inkognito_training::recipe::Recipe;
use inkognito_training::record::Record;
use inkognito_training::train::{Epoch, Progress, Settings, train};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// The variable with the number of threads for candle's small operations.
const CANDLE_THREADS: &str = "CANDLE_NUM_THREADS";

/// Trains networks with polynomial activations.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Trains a model, and writes its file, the record of the run, its card and its learning curve.
    Train(Training),
    /// Measures a trained model, and writes its card and its learning curve.
    Card {
        /// Name of the model: digits, fashion or deep.
        #[arg(long, default_value = "digits")]
        model: String,
        /// The folder of its files.
        #[arg(long, default_value = "models")]
        output: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
struct Training {
    /// Name of the model: digits, fashion or deep.
    #[arg(long, default_value = "digits")]
    model: String,
    /// The folder for the files.
    #[arg(long, default_value = "models")]
    output: PathBuf,
    /// The seed of weights, order and distortions.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The number of epochs [default: that of the recipe].
    #[arg(long)]
    epochs: Option<u32>,
    /// Images of a batch.
    #[arg(long, default_value_t = 250)]
    batch: usize,
    /// The largest learning rate.
    #[arg(long, default_value_t = 2e-3)]
    rate: f64,
    /// The activation is the least-squares quadratic for ReLU on [-RADIUS, RADIUS].
    #[arg(long, default_value_t = 2.0)]
    radius: f64,
}

fn main() -> ExitCode {
    if env::var_os(CANDLE_THREADS).is_none() {
        // candle's threads wait for each other in busy loops. Beside the thread that makes the
        // batches, this doubles the time. Matrix products use rayon's threads in any case.
        // SAFETY: no other thread has been started yet, so none reads the environment.
        unsafe { env::set_var(CANDLE_THREADS, "1") };
    }
    let result = match Options::parse().command {
        Command::Train(training) => run(&training),
        Command::Card { model, output } => write_card(&model, &output),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Trains a model, and writes its file and the record of the run.
fn run(training: &Training) -> Result<(), TrainingError> {
    let recipe = Recipe::named(&training.model)?;
    let (kernel, stride, channels) = recipe.convolution;
    let architecture = Architecture::new(kernel, stride, channels, recipe.hidden)?;
    let settings = Settings {
        epochs: training.epochs.unwrap_or(recipe.epochs),
        batch: training.batch,
        rate: training.rate,
        strength: recipe.strength,
        seed: training.seed,
    };
    let interval = Interval::symmetric(training.radius)?;
    let target = Target::new(Function::Relu, interval);
    let activation = Quadratic::of(&LeastSquares.approximate(2, &target)?.polynomial());
    let splits = recipe.dataset.load()?;
    let network = Network::new(architecture, activation, training.seed)?;

    let start = Instant::now();
    let (moments, epochs) = train_with_progress(&network, &splits, settings)?;
    let model = fold::export(
        &network,
        &moments,
        recipe.name,
        recipe.dataset,
        &splits.train,
    )?;
    let record = Record {
        command: command(),
        seed: training.seed,
        batch: training.batch,
        rate: training.rate,
        radius: training.radius,
        seconds: start.elapsed().as_secs_f64(),
        threads: rayon::current_num_threads(),
        epochs,
    };
    let folder = &training.output;
    write(&file(folder, &recipe, "safetensors"), &model.to_bytes()?)?;
    write(
        &file(folder, &recipe, "run.json"),
        record.to_json().as_bytes(),
    )?;
    write_card(&training.model, folder)
}

/// Measures a model, and writes its card and its curve from the files in its folder.
fn write_card(name: &str, folder: &Path) -> Result<(), TrainingError> {
    let recipe = Recipe::named(name)?;
    let path = file(folder, &recipe, "safetensors");
    let bytes = fs::read(&path).map_err(|source| TrainingError::Read { path, source })?;
    let model = Model::from_bytes(&bytes)?;
    let record = Record::read(&file(folder, &recipe, "run.json"))?;
    let splits = recipe.dataset.load()?;
    let (as_trained, tolerance) = measure_all(&model, &recipe, &splits, |measured| {
        eprintln!(
            "{}: {} of {} right ({:.2}%), ranges {:.2?}",
            measured.images,
            measured.right,
            measured.count,
            100.0 * measured.accuracy(),
            measured.ranges
        );
    });
    let card = card(&Facts {
        recipe: &recipe,
        record: &record,
        model: &model,
        file_bytes: bytes.len(),
        as_trained: &as_trained,
        tolerance: &tolerance,
    });
    write(&file(folder, &recipe, "md"), card.as_bytes())?;
    write(
        &file(folder, &recipe, "svg"),
        curve(&record.epochs).as_bytes(),
    )
}

/// Trains and shows the progress: epoch, loss, test accuracy, time left.
fn train_with_progress(
    network: &Network,
    splits: &Splits,
    settings: Settings,
) -> Result<(Vec<Moments>, Vec<Epoch>), TrainingError> {
    let style = ProgressStyle::with_template("{msg} {bar:32} {pos}/{len} steps, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(0).with_style(style);
    let mut epochs = Vec::new();
    let Splits {
        train: images,
        test,
    } = splits;
    let moments = train(network, images, test, settings, |progress| match progress {
        Progress::Step { done, of, epoch } => {
            bar.set_length(of as u64);
            bar.set_position(done as u64);
            bar.set_message(format!("epoch {epoch}/{}", settings.epochs));
        }
        Progress::Epoch(epoch) => {
            let left = HumanDuration(bar.eta());
            // Not through the bar, which prints nothing where standard error is no terminal.
            bar.suspend(|| {
                eprintln!(
                    "epoch {:>3}: loss {:.4}, test accuracy {:.2}%, {} left",
                    epoch.number,
                    epoch.loss,
                    100.0 * epoch.accuracy,
                    left
                );
            });
            epochs.push(epoch);
        }
    })?;
    bar.finish_and_clear();
    Ok((moments, epochs))
}

/// Returns the command that was given.
fn command() -> String {
    let given: Vec<String> = env::args().skip(1).collect();
    format!(
        "cargo run --release -p inkognito-training -- {}",
        given.join(" ")
    )
}

fn file(folder: &Path, recipe: &Recipe, ending: &str) -> PathBuf {
    folder.join(format!("{}.{ending}", recipe.name))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), TrainingError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, bytes))
        .map_err(|source| TrainingError::Write {
            path: path.to_owned(),
            source,
        })?;
    eprintln!("wrote {}", path.display());
    Ok(())
}
