//! The command: trains a model and writes its file, its card and its learning curve.
//!
//! `cargo run --release -p inkognito-training` makes `models/digits.*` again, the same weights on
//! the same kind of processor.

use clap::Parser;
use indicatif::{HumanDuration, ProgressBar, ProgressStyle};
use inkognito_activation::{Interval, LeastSquares, Method};
use inkognito_dataset::{Mnist, SIDE};
use inkognito_network::Model;
use inkognito_training::augment::{Augmenter, PIXELS, Strength};
use inkognito_training::batches::pixels;
use inkognito_training::drawn::drawings;
use inkognito_training::error::TrainingError;
use inkognito_training::evaluate::measure;
use inkognito_training::fold;
use inkognito_training::network::{Architecture, Network, Quadratic};
use inkognito_training::report::{Measured, Run, card, curve};
use inkognito_training::train::{Epoch, Progress, Settings, train};
use ndarray::Array2;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// What the model file says that it was trained on.
const DATASET: &str = "MNIST (LeCun, Cortes and Burges), its 60,000 training images";
/// The variable that says on how many threads candle spreads its small operations.
const CANDLE_THREADS: &str = "CANDLE_NUM_THREADS";
/// How often each form of a digit is drawn for the measurement.
const DRAWINGS: usize = 100;
/// What the drawings, and the distortions that the ranges are measured on, depend on.
const MEASURE_SEED: u64 = 2718;

/// Trains a network with polynomial activations on MNIST, and writes the model, a card with what
/// it came to, and the learning curve.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// Name of the model and of its files.
    #[arg(long, default_value = "digits")]
    name: String,
    /// Folder for the files.
    #[arg(long, default_value = "models")]
    output: PathBuf,
    /// Times that each training image is shown.
    #[arg(long, default_value_t = 60)]
    epochs: u32,
    /// What weights, order and distortions depend on.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Images a step.
    #[arg(long, default_value_t = 250)]
    batch: usize,
    /// Largest learning rate.
    #[arg(long, default_value_t = 2e-3)]
    rate: f64,
    /// Side of the convolution's kernel.
    #[arg(long, default_value_t = 7)]
    kernel: usize,
    /// Pixels between two of its windows.
    #[arg(long, default_value_t = 3)]
    stride: usize,
    /// Channels of the convolution.
    #[arg(long, default_value_t = 32)]
    channels: usize,
    /// Values of the hidden layer.
    #[arg(long, default_value_t = 64)]
    hidden: usize,
    /// The activation is the best quadratic for ReLU between this below and above zero.
    #[arg(long, default_value_t = 2.0)]
    radius: f64,
}

fn main() -> ExitCode {
    if env::var_os(CANDLE_THREADS).is_none() {
        // candle's own threads wait for each other in busy loops: beside the thread that makes
        // the batches they cost twice the time. Matrix products use rayon's threads all the same.
        // SAFETY: no other thread has been started yet, so none reads the environment.
        unsafe { env::set_var(CANDLE_THREADS, "1") };
    }
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), TrainingError> {
    let architecture = Architecture::new(
        options.kernel,
        options.stride,
        options.channels,
        options.hidden,
    )?;
    let settings = Settings {
        epochs: options.epochs,
        batch: options.batch,
        rate: options.rate,
        strength: Strength::MILD,
        seed: options.seed,
    };
    let interval = Interval::symmetric(options.radius)?;
    let activation = Quadratic::of(LeastSquares.approximate(2, interval)?.polynomial());
    let mnist = Mnist::load()?;
    let network = Network::new(architecture, activation, options.seed)?;

    let start = Instant::now();
    let (moments, epochs) = train_with_progress(&network, &mnist, settings)?;
    let model = fold::export(&network, &moments, &options.name, DATASET, &mnist.train)?;
    let seconds = start.elapsed().as_secs_f64();

    let measured = measure_all(&model, &mnist);
    for measured in &measured {
        eprintln!(
            "{}: {} of {} right ({:.2}%), ranges {:.2?}",
            measured.images,
            measured.right,
            measured.count,
            100.0 * measured.accuracy(),
            measured.ranges
        );
    }
    let bytes = model.to_bytes()?;
    let card = card(&Run {
        command: &command(),
        settings,
        model: &model,
        file_bytes: bytes.len(),
        radius: options.radius,
        epochs: &epochs,
        measured: &measured,
        seconds,
        threads: rayon::current_num_threads(),
    });
    write(
        &options.output,
        &format!("{}.safetensors", options.name),
        &bytes,
    )?;
    write(
        &options.output,
        &format!("{}.md", options.name),
        card.as_bytes(),
    )?;
    write(
        &options.output,
        &format!("{}.svg", options.name),
        curve(&epochs).as_bytes(),
    )
}

/// Trains and shows how far it is: epoch, loss, test accuracy, time left.
fn train_with_progress(
    network: &Network,
    mnist: &Mnist,
    settings: Settings,
) -> Result<([inkognito_training::network::Moments; 2], Vec<Epoch>), TrainingError> {
    let style = ProgressStyle::with_template("{msg} {bar:32} {pos}/{len} steps, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(0).with_style(style);
    let mut epochs = Vec::new();
    let moments = train(
        network,
        &mnist.train,
        &mnist.test,
        settings,
        |progress| match progress {
            Progress::Step { done, of, epoch } => {
                bar.set_length(of as u64);
                bar.set_position(done as u64);
                bar.set_message(format!("epoch {epoch}/{}", settings.epochs));
            }
            Progress::Epoch(epoch) => {
                let left = HumanDuration(bar.eta());
                // Not through the bar, which is silent where standard error is no terminal.
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
        },
    )?;
    bar.finish_and_clear();
    Ok((moments, epochs))
}

/// What the model comes to on everything that it is measured on.
fn measure_all(model: &Model, mnist: &Mnist) -> Vec<Measured> {
    let train_labels = mnist.train.labels();
    let augmenter = Augmenter::new(MEASURE_SEED, Strength::MILD);
    let distorted =
        |index: usize| matrix(augmenter.copy(&pixels(&mnist.train, index), 0, index as u32));
    let drawn = drawings(DRAWINGS, MEASURE_SEED);
    let drawn_labels: Vec<u8> = drawn.iter().map(|drawing| drawing.label).collect();
    vec![
        measure(model, "test images", mnist.test.labels(), |index| {
            mnist.test.image(index)
        }),
        measure(model, "training images", train_labels, |index| {
            mnist.train.image(index)
        }),
        measure(model, "training images, distorted", train_labels, distorted),
        measure(model, "digits drawn by program", &drawn_labels, |index| {
            matrix(drawn[index].image)
        }),
    ]
}

fn matrix(image: [f32; PIXELS]) -> Array2<f32> {
    Array2::from_shape_fn((SIDE, SIDE), |(y, x)| image[y * SIDE + x])
}

/// The command as it can be given again.
fn command() -> String {
    let given: Vec<String> = env::args().skip(1).collect();
    let base = "cargo run --release -p inkognito-training";
    if given.is_empty() {
        base.to_owned()
    } else {
        format!("{base} -- {}", given.join(" "))
    }
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), TrainingError> {
    let path = folder.join(name);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&path, bytes))
        .map_err(|source| TrainingError::Write {
            path: path.clone(),
            source,
        })?;
    eprintln!("wrote {}", path.display());
    Ok(())
}
