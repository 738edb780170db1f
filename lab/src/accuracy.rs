//! `lab accuracy`: is the encrypted network as good as the plain one?

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex},
    time::Instant,
};

use anyhow::{Context, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use inkognito::Vault;
use inkognito_dataset::{Mnist, Split};
use inkognito_network::{Circuit, Model, Session};
use rayon::prelude::*;
use serde::Serialize;

use crate::models;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A model of models/, or a path to a model file
    #[arg(long, default_value = "digits")]
    model: String,
    /// How many of the 10,000 test images, from the first
    #[arg(long, default_value_t = NonZeroUsize::new(1000).expect("not zero"))]
    images: NonZeroUsize,
    /// Images at a time; one thread evaluates one image [default: the number of cores]
    #[arg(long)]
    threads: Option<NonZeroUsize>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What became of one image.
struct Outcome {
    truth: usize,
    plain: usize,
    encrypted: usize,
    /// Largest difference of a plain and an encrypted score.
    error: f64,
    /// Evaluation alone: message in, message out.
    ms: f64,
}

#[derive(Serialize)]
struct Report {
    images: usize,
    accuracy_plain: f64,
    accuracy_encrypted: f64,
    agreement: f64,
    max_score_error: f64,
    ms_per_image_median: f64,
    threads: usize,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let (bytes, model) = models::load(&arguments.model)?;
    let test = Mnist::load().context("cannot get MNIST")?.test;
    let images = arguments.images.get();
    ensure!(
        images <= test.len(),
        "there are {} test images, not {images}",
        test.len()
    );
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(arguments.threads.map_or(0, NonZeroUsize::get))
        .build()?;
    let outcomes = pool.install(|| evaluate_all(&bytes, &model, &test, images))?;
    let report = summarise(&outcomes, pool.current_num_threads());
    if arguments.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print_table(&report);
    }
    Ok(())
}

/// Sends each image through encryption, evaluation and decryption, all by the wire format.
fn evaluate_all(
    bytes: &[u8],
    model: &Model,
    test: &Split,
    images: usize,
) -> anyhow::Result<Vec<Outcome>> {
    let mut session = Session::new(Arc::new(Circuit::new(model)?));
    let mut vault = Vault::new(bytes)?;
    while let Some(part) = vault.next_key_part() {
        session.load_key(&part)?;
    }
    ensure!(session.is_ready(), "evaluation keys are missing");
    let vault = Mutex::new(vault);
    let progress = ProgressBar::new(images as u64).with_style(ProgressStyle::with_template(
        "{bar:40} {pos}/{len} images, {per_sec}, {eta} left",
    )?);
    let outcomes = (0..images)
        .into_par_iter()
        .map(|i| {
            let outcome = evaluate(&vault, &session, model, test, i)?;
            progress.inc(1);
            Ok(outcome)
        })
        .collect();
    progress.finish();
    outcomes
}

fn evaluate(
    vault: &Mutex<Vault>,
    session: &Session,
    model: &Model,
    test: &Split,
    index: usize,
) -> anyhow::Result<Outcome> {
    let image = test.image(index);
    let plain = model.scores(image.view()).to_vec();
    let locked = || {
        vault
            .lock()
            .map_err(|_| anyhow::anyhow!("another image's thread panicked"))
    };
    let input = locked()?.encrypt(image.view())?;
    let start = Instant::now();
    let result = session.infer(&input, |_| {})?;
    let ms = start.elapsed().as_secs_f64() * 1e3;
    let encrypted = locked()?.decrypt(&result)?;
    let differences = plain.iter().zip(&encrypted).map(|(p, e)| (p - e).abs());
    Ok(Outcome {
        truth: usize::from(test.labels()[index]),
        plain: argmax(&plain),
        encrypted: argmax(&encrypted),
        error: differences.fold(0.0, f64::max),
        ms,
    })
}

fn argmax(scores: &[f64]) -> usize {
    (0..scores.len())
        .max_by(|&a, &b| scores[a].total_cmp(&scores[b]))
        .unwrap_or_default()
}

fn summarise(outcomes: &[Outcome], threads: usize) -> Report {
    let share = |good: fn(&Outcome) -> bool| {
        outcomes.iter().filter(|o| good(o)).count() as f64 / outcomes.len() as f64
    };
    let mut times: Vec<f64> = outcomes.iter().map(|o| o.ms).collect();
    times.sort_by(f64::total_cmp);
    Report {
        images: outcomes.len(),
        accuracy_plain: share(|o| o.plain == o.truth),
        accuracy_encrypted: share(|o| o.encrypted == o.truth),
        agreement: share(|o| o.plain == o.encrypted),
        max_score_error: outcomes.iter().map(|o| o.error).fold(0.0, f64::max),
        ms_per_image_median: times[times.len() / 2],
        threads,
    }
}

fn print_table(report: &Report) {
    println!("images                {:>12}", report.images);
    println!(
        "accuracy, plain       {:>11.2} %",
        100.0 * report.accuracy_plain
    );
    println!(
        "accuracy, encrypted   {:>11.2} %",
        100.0 * report.accuracy_encrypted
    );
    println!("agreement             {:>11.2} %", 100.0 * report.agreement);
    println!("largest score error   {:>12.5}", report.max_score_error);
    println!(
        "median evaluation     {:>9.2} ms",
        report.ms_per_image_median
    );
    println!("images at a time      {:>12}", report.threads);
}
