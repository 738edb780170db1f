//! `lab samples`: one test image of each class, which the page offers to a visitor who cannot draw
//! it.
//!
//! Relies on `inkognito-dataset` for the images.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::Context;
use ndarray::Axis;
use serde::Serialize;

use crate::models;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The model: a name of models/, or a file
    #[arg(long, default_value = "fashion")]
    model: String,
    /// Write the samples into this file [default: models/MODEL.samples.json]
    #[arg(long)]
    out: Option<PathBuf>,
}

/// The contents of the file.
#[derive(Serialize)]
struct Samples {
    model: String,
    command: String,
    /// The data set and its authors.
    source: String,
    samples: Vec<Sample>,
}

#[derive(Serialize)]
struct Sample {
    /// Its index among the test images.
    image: usize,
    /// Its class.
    name: String,
    /// Row by row, two hexadecimal digits a pixel, 00 (background) to ff.
    pixels: String,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let name = &arguments.model;
    let (_, model) = models::load(name)?;
    let dataset = models::dataset(&model)?;
    let test = dataset.load()?.test;
    let classes = &model.description().classes;
    let samples = classes.iter().enumerate().map(|(class, name)| {
        let first = test
            .labels()
            .iter()
            .position(|label| usize::from(*label) == class);
        let image = first.with_context(|| format!("no test image shows {name}"))?;
        Ok(Sample {
            image,
            name: name.clone(),
            pixels: hexadecimal(test.images().index_axis(Axis(0), image).iter().copied()),
        })
    });
    let samples = Samples {
        model: name.clone(),
        command: format!("cargo run --release -p inkognito-lab -- samples --model {name}"),
        source: format!(
            "{}, by {}: the first test image of each class",
            dataset.title(),
            dataset.authors()
        ),
        samples: samples.collect::<anyhow::Result<_>>()?,
    };
    let default =
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../models/{name}.samples.json"));
    let path = arguments.out.clone().unwrap_or_else(default);
    std::fs::write(&path, serde_json::to_string_pretty(&samples)? + "\n")
        .with_context(|| format!("cannot write {}", path.display()))
}

fn hexadecimal(pixels: impl IntoIterator<Item = u8>) -> String {
    pixels.into_iter().fold(String::new(), |mut text, pixel| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{pixel:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn pixels_are_two_digits_each() {
        assert_eq!(super::hexadecimal([0, 10, 255]), "000aff");
    }
}
