//! `lab report`: measures and writes every table and figure of the documentation.
//!
//! Each experiment writes its figures as JSON into `results/`. The page is then written from all
//! results in that folder, so that one experiment can be repeated without the others.
//!
//! Relies on the other experiments. Not for the benchmarks, which `cargo xtask bench` runs.

use std::{
    env, fs,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, ensure};
use clap::ValueEnum;
use serde::{Serialize, de::DeserializeOwned};

use crate::{accuracy, errors, machine::Origin, relu};

/// The models whose cards are written and whose accuracy is measured.
const AGREEMENT: [&str; 3] = ["digits", "fashion", "deep"];
/// The models whose error is measured layer by layer.
const LAYER_BY_LAYER: [&str; 2] = ["digits", "deep"];

/// One part of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// The polynomials for ReLU
    Relu,
    /// The models' cards and learning curves, in models/
    Cards,
    /// Accuracy of the encrypted networks, and agreement with the plain ones
    Accuracy,
    /// The growth of the error from layer to layer
    Errors,
}

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The folder of the tables and figures
    #[arg(long, default_value = "docs")]
    out: PathBuf,
    /// Test images for accuracy and agreement
    #[arg(long, default_value_t = NonZeroUsize::new(10_000).expect("not zero"))]
    images: NonZeroUsize,
    /// Test images for the error of each layer
    #[arg(long, default_value_t = NonZeroUsize::new(1000).expect("not zero"))]
    followed: NonZeroUsize,
    /// Images at a time; one thread evaluates one image [default: the number of cores]
    #[arg(long)]
    threads: Option<NonZeroUsize>,
    /// A folder that keeps the state of the accuracy runs: a report that was stopped continues
    #[arg(long)]
    resume: Option<PathBuf>,
    /// Only these parts; the rest of the page is written from the results of earlier runs
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
    /// Only these models
    #[arg(long, value_delimiter = ',')]
    models: Vec<String>,
}

impl Arguments {
    /// Returns whether a part is wanted.
    fn has(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }

    /// Returns the models of a list that are wanted.
    fn chosen<'a>(&'a self, models: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
        let wanted =
            |model: &&str| self.models.is_empty() || self.models.iter().any(|m| m == model);
        models.iter().copied().filter(wanted)
    }
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let results = arguments.out.join("results");
    fs::create_dir_all(&results).with_context(|| format!("cannot make {}", results.display()))?;
    if arguments.has(Part::Relu) {
        eprintln!("Polynomials for ReLU");
        let (json, table) = relu::by_default(arguments.out.join("relu.svg"))?;
        write(&results.join("relu.json"), &(json + "\n"))?;
        write(&results.join("relu.txt"), &table)?;
    }
    if arguments.has(Part::Cards) {
        for model in arguments.chosen(&AGREEMENT) {
            eprintln!("Card of {model}");
            write_card(model)?;
        }
    }
    if arguments.has(Part::Errors) {
        for model in arguments.chosen(&LAYER_BY_LAYER) {
            eprintln!("Errors of {model}, layer by layer");
            let report = errors::measure(&errors::Arguments {
                model: model.to_owned(),
                images: arguments.followed,
                threads: arguments.threads,
                seed: errors::SEED,
                json: false,
                svg: None,
            })?;
            save(&results, &format!("errors-{model}"), &report)?;
        }
    }
    if arguments.has(Part::Accuracy) {
        for model in arguments.chosen(&AGREEMENT) {
            eprintln!("Accuracy of {model}, encrypted and plain");
            let state = |folder: &PathBuf| folder.join(format!("accuracy-{model}.json"));
            let report = accuracy::measure(&accuracy::Arguments {
                model: model.to_owned(),
                images: arguments.images,
                threads: arguments.threads,
                resume: arguments.resume.as_ref().map(state),
                json: false,
            })?;
            save(&results, &format!("accuracy-{model}"), &report)?;
        }
    }
    write_page(&arguments.out, &results)
}

/// Calls the training program, which measures a model and writes its card.
fn write_card(model: &str) -> anyhow::Result<()> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let status = Command::new(cargo)
        .args([
            "run",
            "--release",
            "--quiet",
            "-p",
            "inkognito-training",
            "--",
        ])
        .args(["card", "--model", model])
        .current_dir(root)
        .status()
        .context("cannot start cargo")?;
    ensure!(status.success(), "the card of {model} could not be written");
    Ok(())
}

/// Writes the figures of an experiment as JSON.
fn save(folder: &Path, name: &str, report: &impl Serialize) -> anyhow::Result<()> {
    let json = serde_json::to_string_pretty(report)? + "\n";
    write(&folder.join(format!("{name}.json")), &json)
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    eprintln!("wrote {}", path.display());
    Ok(())
}

/// Reads the figures of an experiment; `None` if there is no such file.
fn saved<T: DeserializeOwned>(folder: &Path, name: &str) -> anyhow::Result<Option<T>> {
    let path = folder.join(format!("{name}.json"));
    if !path.exists() {
        return Ok(None);
    }
    let text = fs::read_to_string(&path)?;
    let result = serde_json::from_str(&text);
    Ok(Some(result.with_context(|| {
        format!("{} is not a result of this program", path.display())
    })?))
}

/// Writes the page and its pictures.
fn write_page(out: &Path, results: &Path) -> anyhow::Result<()> {
    let mut page = String::from(
        "# Measurements\n\n\
         `cargo run --release -p inkognito-lab -- report` writes this page from the figures in\n\
         [results/](results). The cards of the models describe them and measure what they \
         tolerate:\n[digits](../models/digits.md), [fashion](../models/fashion.md), \
         [deep](../models/deep.md).\n",
    );
    let polynomials = results.join("relu.txt");
    if polynomials.exists() {
        let table = fs::read_to_string(&polynomials)?;
        page.push_str(&format!(
            "\n## Polynomials for ReLU\n\n\
             ![ReLU, its polynomials and their errors](relu.svg)\n\n```text\n{}\n```\n",
            table.trim_end()
        ));
    }
    page.push_str(
        "\n## Accuracy and agreement\n\n\
         Each test image is encrypted, evaluated and decrypted, through the wire format. The \
         plain\nnetwork evaluates it, too. If the answers differ, this is a tie where the margin \
         of the plain answer\nis less than twice the largest score error on images with equal \
         answers.\n",
    );
    for model in AGREEMENT {
        if let Some(report) = saved::<accuracy::Report>(results, &format!("accuracy-{model}"))? {
            page.push_str(&accuracy_section(model, &report));
        }
    }
    page.push_str(
        "\n## Error build-up\n\n\
         Test images are evaluated, and the ciphertext after each layer is decrypted.\n\n\
         - *RMS*: the root mean square of decrypted minus plain values, over all values and \
         images.\n\
         - *predicted*: the RMS that the noise model predicts\n  \
         ([`noise.rs`](../crates/ckks/src/scheme/noise.rs),\n  \
         [`inspect.rs`](../crates/network/src/encrypted/inspect.rs)).\n\
         - *max*: the largest difference.\n\
         - *bits*: the correct bits after the binary point, `-log2` of the RMS.\n\
         - *RMS, 1st* and the second *predicted*: the same for the first image alone.\n\
         - *largest*: the largest magnitude of a value. *trained*: that over the training images.\n\
         - *bits left*: the bits of the modulus above the largest slot times the scale, and \
         its sign.\n",
    );
    for model in LAYER_BY_LAYER {
        if let Some(report) = saved::<errors::Report>(results, &format!("errors-{model}"))? {
            write(
                &out.join(format!("errors-{model}.svg")),
                &errors::svg(&report),
            )?;
            page.push_str(&errors_section(model, &report));
        }
    }
    write(&out.join("measurements.md"), &page)
}

/// Formats the section of an accuracy run.
fn accuracy_section(model: &str, report: &accuracy::Report) -> String {
    let lines = report.lines().into_iter();
    let rows: String = lines
        .map(|(what, value)| format!("| {what} | {value} |\n"))
        .collect();
    let differing: String = report
        .disagreements()
        .into_iter()
        .map(|line| format!("- {line}\n"))
        .collect();
    let gap = if differing.is_empty() { "" } else { "\n" };
    format!(
        "\n### {model}\n\n| | |\n|---|---|\n{rows}{gap}{differing}\n{}",
        origin(report.origin())
    )
}

/// Formats the section of an error measurement.
fn errors_section(model: &str, report: &errors::Report) -> String {
    let mut rows = report.rows().into_iter();
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let headings = rows.next().unwrap_or_default();
    let rule = vec!["---".to_owned(); headings.len()];
    let rest: String = rows.map(row).collect();
    format!(
        "\n### {model}\n\n{}\n\n\
         ![Errors, ranges and modulus of {model}, layer by layer](errors-{model}.svg)\n\n\
         {}{}{rest}\n{}",
        report.summary(),
        row(headings),
        row(rule),
        origin(report.origin())
    )
}

fn origin(origin: &Origin) -> String {
    format!("`{}`,\non {}\n", origin.command, origin.machine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_written_from_the_results_in_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let results = folder.path().join("results");
        fs::create_dir_all(&results).unwrap();
        let page = || fs::read_to_string(folder.path().join("measurements.md")).unwrap();
        write_page(folder.path(), &results).unwrap();
        assert!(!page().contains("### digits"));

        save(&results, "errors-digits", &errors::example()).unwrap();
        save(&results, "accuracy-digits", &accuracy::example()).unwrap();
        write_page(folder.path(), &results).unwrap();
        let written = page();
        assert_eq!(written.matches("### digits").count(), 2);
        assert!(
            written.contains("| accuracy, plain | 50.00 % |"),
            "{written}"
        );
        assert!(written.contains("- image 1: truth 2"), "{written}");
        let svg = fs::read_to_string(folder.path().join("errors-digits.svg")).unwrap();
        assert!(svg.ends_with("</svg>\n"));

        fs::write(results.join("errors-deep.json"), "{}").unwrap();
        let error = write_page(folder.path(), &results).unwrap_err();
        assert!(error.to_string().contains("errors-deep.json"), "{error}");
    }
}
