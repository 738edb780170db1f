//! Neural networks for CKKS: the model file, the forward pass on plaintext and on ciphertexts.
//!
//! A model file is a safetensors file whose metadata describe the layers. [`Description`] is that
//! description, [`Model`] the description with the weights. [`Plan`] fixes the packing into slots,
//! the levels and scales, and the evaluation keys; it follows from the description alone, and both
//! sides make the same plan. [`Circuit`] encodes the weights under a plan and evaluates
//! ciphertexts. [`Session`] is an evaluator for one client: messages of the wire format in,
//! messages out.
//!
//! Relies on `inkognito-ckks` for the scheme, on `inkognito-activation` for the evaluation of
//! polynomials, on `safetensors` for the file format and on `ndarray` for images and weights. Not
//! for training, which writes the files that this crate reads. Not for keys, encryption or
//! decryption: this crate has no notion of a secret.

mod description;
mod encrypted;
mod error;
mod header;
mod layer;
mod model;
mod plain;

pub use description::{Description, FORMAT, Input, Shape, conv_positions};
pub use encrypted::{Circuit, CircuitError, Inspector, Output, Plan, Session, Stage};
pub use encrypted::{LayerReport, OfflineReport, OfflineResult, Operations, Report};
pub use error::ModelError;
// For the programs that evaluate: threads that are quick to help, and reports that tell them apart once
// `count_busy_time` has been called.
pub use inkognito_ckks::{awake, count_busy_time};
pub use layer::{ChebyshevStage, Layer};
pub use model::{Linear, Model};

/// Compiles and runs the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
