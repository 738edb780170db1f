//! The error type of this crate.
//!
//! Not for the errors of the tensor library and of data sets, which it passes on.

use std::path::PathBuf;

/// The reason why a model cannot be trained or measured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainingError {
    /// A tensor operation failed.
    #[error("tensor: {0}")]
    Tensor(#[from] candle_core::Error),
    /// The data set cannot be fetched or read.
    #[error(transparent)]
    Dataset(#[from] inkognito_dataset::DatasetError),
    /// The trained network is no valid model.
    #[error("the trained network is no valid model: {0}")]
    Model(#[from] inkognito_network::ModelError),
    /// The activation cannot be approximated.
    #[error(transparent)]
    Activation(#[from] inkognito_activation::ActivationError),
    /// The architecture does not fit the images.
    #[error("a kernel of {kernel}, stride {stride}, does not fit {side} pixels")]
    Kernel {
        /// Side of the kernel.
        kernel: usize,
        /// Step between two windows.
        stride: usize,
        /// Side of the images.
        side: usize,
    },
    /// A setting of the run is out of range.
    #[error("{what} must be from {low} to {high}, not {actual}")]
    Setting {
        /// Which setting.
        what: &'static str,
        /// Smallest value.
        low: usize,
        /// Largest value.
        high: usize,
        /// The value given.
        actual: usize,
    },
    /// The loss is no longer a number: the run diverged.
    #[error("the training diverged in epoch {epoch}")]
    Diverged {
        /// The epoch, from one.
        epoch: usize,
    },
    /// There is no recipe of this name.
    #[error("there is no recipe for {name:?}, only for {known}")]
    NoRecipe {
        /// The name asked for.
        name: String,
        /// The known names.
        known: String,
    },
    /// A file cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// The record of a run cannot be read.
    #[error("{} is no record of a training run: {source}", path.display())]
    Record {
        /// The file.
        path: PathBuf,
        /// The error of the reader.
        source: serde_json::Error,
    },
    /// A file cannot be written.
    #[error("{}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
}
