//! The network as both sides know it: the model file, its plain forward pass and its encrypted
//! twin.
//!
//! A model file is a safetensors file whose metadata describe the layers ([`Description`]). The
//! page needs only that description, to lay out the drawing as the first layer reads it; the
//! evaluator needs the weights as well ([`Model`]).
//!
//! Relies on `safetensors` for the file's framing and on `ndarray` for images and weights. Not for
//! training: `training/` writes the files that this crate reads.

mod description;
mod encrypted;
mod error;
mod fields;
mod model;
mod plain;

pub use description::{ChebyshevStage, Description, FORMAT, Input, Layer, Shape, conv_positions};
pub use encrypted::{Circuit, CircuitError, Inspector, Output, Plan, Session, Stage};
pub use encrypted::{LayerReport, OfflineReport, OfflineResult, Operations, Report};
pub use error::ModelError;
pub use model::{Linear, Model};
