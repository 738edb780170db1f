//! The models of this repository by name, and their data sets.
//!
//! Relies on the folder `models/` of this repository.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use inkognito_dataset::{Dataset, Split};
use inkognito_network::Model;

/// Reads `models/NAME.safetensors`, or a file if `name` is a path. Returns bytes and model.
///
/// # Errors
///
/// If the file cannot be read, or is not a model file.
pub(crate) fn load(name: &str) -> anyhow::Result<(Vec<u8>, Model)> {
    let path = if name.ends_with(".safetensors") {
        PathBuf::from(name)
    } else {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../models/{name}.safetensors"))
    };
    let bytes = std::fs::read(&path)
        .with_context(|| format!("cannot read the model {}", path.display()))?;
    let model = Model::from_bytes(&bytes)
        .with_context(|| format!("{} is not a model file", path.display()))?;
    Ok((bytes, model))
}

/// Returns the data set that a model classifies.
///
/// # Errors
///
/// If no known data set has its classes.
pub(crate) fn dataset(model: &Model) -> anyhow::Result<Dataset> {
    let description = model.description();
    Dataset::of_classes(&description.classes).with_context(|| {
        format!(
            "{} names the classes of no known data set",
            description.name
        )
    })
}

/// Returns the test images of the data set that a model classifies.
///
/// # Errors
///
/// If the data set cannot be read, or has fewer than `images` test images.
pub(crate) fn test_images(model: &Model, images: usize) -> anyhow::Result<Split> {
    let test = dataset(model)?.load()?.test;
    ensure!(
        images <= test.len(),
        "there are {} test images, not {images}",
        test.len()
    );
    Ok(test)
}
