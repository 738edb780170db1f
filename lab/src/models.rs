//! The shipped models by name.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use inkognito_dataset::{Dataset, Split};
use inkognito_network::Model;

/// The bytes and the model of `models/NAME.safetensors`, or of a path to a file.
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

/// The data set that a model is for.
pub(crate) fn dataset(model: &Model) -> anyhow::Result<Dataset> {
    let description = model.description();
    Dataset::of_classes(&description.classes).with_context(|| {
        format!(
            "{} names the classes of no known data set",
            description.name
        )
    })
}

/// The test images that a model is for, of which there are at least `images`.
pub(crate) fn test_images(model: &Model, images: usize) -> anyhow::Result<Split> {
    let test = dataset(model)?.load()?.test;
    ensure!(
        images <= test.len(),
        "there are {} test images, not {images}",
        test.len()
    );
    Ok(test)
}
