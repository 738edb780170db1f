//! `lab accuracy`: accuracy of the encrypted network, and its agreement with the plain one.
//!
//! Relies on `sides.rs` for both sides in one process and on `state.rs` to continue. Not for the
//! errors between the layers, which `errors.rs` measures.

use std::{num::NonZeroUsize, path::PathBuf, time::Instant};

use anyhow::Context;
use inkognito_dataset::Split;
use inkognito_network::Model;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    machine::Origin,
    models, output,
    sides::{self, Sides},
    state::{Outcome, State, Subject},
};

/// The number of images between two saved states.
const CHUNK: usize = 100;

#[derive(Clone, clap::Args)]
pub(crate) struct Arguments {
    /// A model of models/, or a path to a model file
    #[arg(long, default_value = "digits")]
    pub(crate) model: String,
    /// How many of the 10,000 test images, from the first on
    #[arg(long, default_value_t = NonZeroUsize::new(1000).expect("not zero"))]
    pub(crate) images: NonZeroUsize,
    /// Images at a time; one thread evaluates one image [default: the number of cores]
    #[arg(long)]
    pub(crate) threads: Option<NonZeroUsize>,
    /// A file that keeps the outcomes: a run that was stopped continues from it
    #[arg(long)]
    pub(crate) resume: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

/// An image for which the networks give different answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Disagreement {
    image: usize,
    truth: usize,
    plain: usize,
    encrypted: usize,
    /// The plain score of the plain answer minus that of the encrypted answer.
    margin: f64,
    /// Whether the margin is less than twice the largest score error on images with equal answers.
    tie: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Report {
    #[serde(flatten)]
    origin: Origin,
    model: String,
    pub(crate) images: usize,
    pub(crate) accuracy_plain: f64,
    pub(crate) accuracy_encrypted: f64,
    pub(crate) agreement: f64,
    disagreements: Vec<Disagreement>,
    smallest_margin: f64,
    max_score_error: f64,
    rms_score_error: f64,
    ms_per_image_median: f64,
    threads: usize,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    output::print(&measure(arguments)?, Report::table, arguments.json)
}

/// Evaluates the images that have no outcome yet, and sums up all outcomes.
///
/// # Errors
///
/// If the model, the data set or the saved state cannot be read, or a step of the protocol fails.
pub(crate) fn measure(arguments: &Arguments) -> anyhow::Result<Report> {
    let (bytes, model) = models::load(&arguments.model)?;
    let images = arguments.images.get();
    let test = models::test_images(&model, images)?;
    let sides = Sides::new(&model, None)?;
    let subject = Subject::new(&bytes, sides.plan.parameters().fingerprint());
    let mut state = State::open(arguments.resume.as_deref(), subject, test.len())?;
    let pool = sides::pool(arguments.threads)?;
    let missing: Vec<usize> = (0..images).filter(|image| !state.has(*image)).collect();
    let bar = sides::progress(&arguments.model, images)?;
    bar.set_position((images - missing.len()) as u64);
    bar.reset_eta();
    for chunk in missing.chunks(CHUNK) {
        let outcomes: Vec<Outcome> = pool.install(|| {
            let outcomes = chunk.par_iter().map(|image| {
                let outcome = evaluate(&sides, &model, &test, *image)?;
                bar.inc(1);
                anyhow::Ok(outcome)
            });
            outcomes.collect::<anyhow::Result<_>>()
        })?;
        state.add(outcomes)?;
    }
    bar.finish_and_clear();
    let outcomes = state.outcomes(images);
    let command = format!("accuracy --model {} --images {images}", arguments.model);
    let threads = pool.current_num_threads();
    Ok(summarise(
        &arguments.model,
        &outcomes,
        threads,
        Origin::here(&command),
    ))
}

/// Encrypts, evaluates and decrypts one image, through the wire format.
fn evaluate(sides: &Sides, model: &Model, test: &Split, index: usize) -> anyhow::Result<Outcome> {
    let image = test.image(index);
    let plain = model.scores(image.view()).to_vec();
    let query = sides.vault_mut()?.encrypt(image.view())?;
    let start = Instant::now();
    let result = sides.session.infer(&query.message, |_| {})?;
    let ms = start.elapsed().as_secs_f64() * 1e3;
    let encrypted = sides.vault_mut()?.decrypt(query.id, &result)?;
    let outcome = compare(index, usize::from(test.labels()[index]), &plain, &encrypted)
        .with_context(|| format!("test image {index} has no scores"))?;
    Ok(Outcome { ms, ..outcome })
}

/// Compares both networks' scores of one image; `None` if there are none.
fn compare(image: usize, truth: usize, plain: &[f64], encrypted: &[f64]) -> Option<Outcome> {
    let [first, second] = best_two(plain);
    let (answer, encrypted_answer) = (first?, best_two(encrypted)[0]?);
    let other = if answer == encrypted_answer {
        second.unwrap_or(answer)
    } else {
        encrypted_answer
    };
    let errors = || plain.iter().zip(encrypted).map(|(p, e)| (p - e).abs());
    Some(Outcome {
        image,
        truth,
        plain: answer,
        encrypted: encrypted_answer,
        margin: plain[answer] - plain[other],
        max_error: errors().fold(0.0, f64::max),
        mean_square_error: errors().map(|e| e * e).sum::<f64>() / plain.len() as f64,
        ms: 0.0,
    })
}

/// Returns the indices of the largest and the second largest score.
fn best_two(scores: &[f64]) -> [Option<usize>; 2] {
    let best = |except: Option<usize>| {
        (0..scores.len())
            .filter(|i| Some(*i) != except)
            .max_by(|&a, &b| scores[a].total_cmp(&scores[b]))
    };
    let first = best(None);
    [first, first.and_then(|first| best(Some(first)))]
}

/// Sums up the outcomes, of which there is at least one.
fn summarise(model: &str, outcomes: &[Outcome], threads: usize, origin: Origin) -> Report {
    let share = |good: fn(&Outcome) -> bool| {
        outcomes.iter().filter(|o| good(o)).count() as f64 / outcomes.len() as f64
    };
    let agree = |o: &Outcome| o.plain == o.encrypted;
    let largest = |errors: &mut dyn Iterator<Item = f64>| errors.fold(0.0, f64::max);
    let noise = largest(&mut outcomes.iter().filter(|o| agree(o)).map(|o| o.max_error));
    let disagreements = outcomes.iter().filter(|o| !agree(o)).map(|o| Disagreement {
        image: o.image,
        truth: o.truth,
        plain: o.plain,
        encrypted: o.encrypted,
        margin: o.margin,
        tie: o.margin < 2.0 * noise,
    });
    let mut times: Vec<f64> = outcomes.iter().map(|o| o.ms).collect();
    times.sort_by(f64::total_cmp);
    let squares: f64 = outcomes.iter().map(|o| o.mean_square_error).sum();
    Report {
        origin,
        model: model.to_owned(),
        images: outcomes.len(),
        accuracy_plain: share(|o| o.plain == o.truth),
        accuracy_encrypted: share(|o| o.encrypted == o.truth),
        agreement: share(|o| o.plain == o.encrypted),
        disagreements: disagreements.collect(),
        smallest_margin: outcomes
            .iter()
            .map(|o| o.margin)
            .fold(f64::INFINITY, f64::min),
        max_score_error: largest(&mut outcomes.iter().map(|o| o.max_error)),
        rms_score_error: (squares / outcomes.len() as f64).sqrt(),
        ms_per_image_median: times[times.len() / 2],
        threads,
    }
}

impl Report {
    /// Returns the figures as pairs of a name and a value.
    pub(crate) fn lines(&self) -> Vec<(&'static str, String)> {
        let percent = |share: f64| format!("{:.2} %", 100.0 * share);
        let agreeing = self.images - self.disagreements.len();
        vec![
            ("images", self.images.to_string()),
            ("accuracy, plain", percent(self.accuracy_plain)),
            ("accuracy, encrypted", percent(self.accuracy_encrypted)),
            (
                "same answer, plain and encrypted",
                format!("{agreeing} of {}", self.images),
            ),
            (
                "largest score error",
                format!("{:.5}", self.max_score_error),
            ),
            ("RMS score error", format!("{:.6}", self.rms_score_error)),
            (
                "smallest margin of a plain answer",
                format!("{:.5}", self.smallest_margin),
            ),
            (
                "median evaluation, one thread an image",
                format!("{:.1} ms", self.ms_per_image_median),
            ),
            ("images at a time", self.threads.to_string()),
        ]
    }

    /// Describes each image for which the networks give different answers.
    pub(crate) fn disagreements(&self) -> Vec<String> {
        let lines = self.disagreements.iter().map(|d| {
            format!(
                "image {}: truth {}, plain {}, encrypted {}, margin {:.5}: {}",
                d.image,
                d.truth,
                d.plain,
                d.encrypted,
                d.margin,
                if d.tie {
                    "a tie within the noise"
                } else {
                    "NOT within the noise"
                }
            )
        });
        lines.collect()
    }

    /// Returns the machine and the command of the measurement.
    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    fn table(&self) -> String {
        let lines = self.lines().into_iter();
        let lines = lines.map(|(what, value)| format!("{what:<40}{value:>16}\n"));
        let disagreements = self.disagreements().into_iter().map(|line| line + "\n");
        lines.chain(disagreements).collect()
    }
}

/// Returns a report of two invented images, for tests: one equal answer, one tie.
#[cfg(test)]
pub(crate) fn example() -> Report {
    let outcomes = [
        compare(0, 1, &[0.0, 2.0, 1.5], &[0.002, 2.0, 1.5]),
        compare(1, 2, &[0.0, 2.0, 1.999], &[0.0, 1.999, 2.0]),
    ];
    let outcomes: Vec<_> = outcomes.into_iter().flatten().collect();
    summarise("digits", &outcomes, 2, Origin::here("accuracy"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(outcomes: &[Outcome]) -> Report {
        summarise("digits", outcomes, 2, Origin::here("accuracy"))
    }

    #[test]
    fn ties_are_distinguished_from_mistakes() {
        let agreeing = compare(0, 1, &[0.0, 2.0, 1.5], &[0.002, 2.0, 1.5]).unwrap();
        assert_eq!((agreeing.plain, agreeing.encrypted), (1, 1));
        assert_eq!((agreeing.margin, agreeing.max_error), (0.5, 0.002));
        let tie = compare(1, 2, &[0.0, 2.0, 1.999], &[0.0, 1.999, 2.0]).unwrap();
        assert!((tie.margin - 1e-3).abs() < 1e-12);
        let mistake = compare(2, 1, &[0.0, 2.0, 1.0], &[3.0, 2.0, 1.0]).unwrap();
        assert_eq!((mistake.encrypted, mistake.margin), (0, 2.0));
        let report = report(&[agreeing, tie, mistake]);
        let ties: Vec<_> = report
            .disagreements
            .iter()
            .map(|d| (d.image, d.tie))
            .collect();
        assert_eq!(ties, [(1, true), (2, false)]);
        assert!((report.agreement - 1.0 / 3.0).abs() < 1e-12);
        assert!((report.accuracy_plain - 2.0 / 3.0).abs() < 1e-12);
        assert!((report.accuracy_encrypted - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(report.disagreements().len(), 2);
        assert!(report.table().contains("1 of 3"));
    }

    #[test]
    fn no_scores_are_no_outcome() {
        assert_eq!(compare(0, 0, &[], &[]), None);
        assert_eq!(compare(0, 0, &[1.0], &[1.0]).unwrap().margin, 0.0);
    }
}
