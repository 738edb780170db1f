//! The shipped models by name.

use std::path::{Path, PathBuf};

use anyhow::Context;
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
