//! The density of inputs, an option of the command line.

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, ensure};
use inkognito_activation::{Density, Histogram};
use serde::Deserialize;

use super::pair::pair;
use crate::models;

/// The training images whose values are counted.
const IMAGES: usize = 1000;
/// The bins of their histogram.
const BINS: usize = 200;

/// The density that the command line asks for.
#[derive(Debug, Clone)]
pub(super) enum DensityChoice {
    Known(Density),
    Histogram(PathBuf),
    Measured { model: String, layer: usize },
}

impl FromStr for DensityChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, rest) = match text.split_once(':') {
            Some((kind, rest)) => (kind, Some(rest)),
            None => (text, None),
        };
        match (kind, rest) {
            ("uniform", None) => Ok(Self::Known(Density::Uniform)),
            ("chebyshev", None) => Ok(Self::Known(Density::Chebyshev)),
            ("gaussian", None) => Ok(Self::Known(Density::STANDARD_NORMAL)),
            ("gaussian", Some(rest)) => {
                let (mean, deviation) = pair(rest).ok_or("gaussian:MEAN,DEVIATION")?;
                Ok(Self::Known(Density::Gaussian { mean, deviation }))
            }
            ("histogram", Some(file)) => Ok(Self::Histogram(file.into())),
            ("measured", Some(rest)) => {
                let parts = rest.rsplit_once(',');
                let parts = parts.and_then(|(model, layer)| Some((model, layer.parse().ok()?)));
                let (model, layer) = parts.ok_or("measured:MODEL,LAYER")?;
                let model = model.to_owned();
                Ok(Self::Measured { model, layer })
            }
            _ => Err("uniform, chebyshev, gaussian, histogram:FILE or measured:MODEL,LAYER".into()),
        }
    }
}

impl DensityChoice {
    /// Returns the density, which is known, read from a file or measured.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, or the model has no such layer.
    pub(super) fn load(&self) -> anyhow::Result<Density> {
        match self {
            Self::Known(density) => Ok(density.clone()),
            Self::Histogram(path) => {
                #[derive(Deserialize)]
                struct File {
                    edges: Vec<f64>,
                    counts: Vec<f64>,
                }
                let read = || format!("cannot read {}", path.display());
                let text = std::fs::read_to_string(path).with_context(read)?;
                let File { edges, counts } = serde_json::from_str(&text).with_context(read)?;
                Ok(Density::Histogram(Histogram::new(edges, counts)?))
            }
            Self::Measured { model, layer } => {
                let (_, model) = models::load(model)?;
                let layers = model.description().layers.len();
                ensure!(
                    *layer < layers,
                    "layer {layer} of a model of {layers} layers"
                );
                let images = models::dataset(&model)?.load()?.train;
                let values: Vec<f64> = (0..IMAGES)
                    .flat_map(|i| model.trace(images.image(i).view()).swap_remove(*layer))
                    .collect();
                Ok(Density::Histogram(Histogram::of(&values, BINS)?))
            }
        }
    }
}
