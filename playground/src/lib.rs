//! The playground: what the page's panels compute in the clear, as a WebAssembly module of the page.
//!
//! It runs on the page's own side, loaded when a panel that needs it is first opened, and reaches
//! nothing: no network, no storage, no worker. Relies on the crates that both sides share. Not for:
//! anything encrypted; this crate cannot name a secret key, and holds none.
#![cfg(target_arch = "wasm32")]

mod approximation;
mod model;
mod parameters;
mod plain;
mod scheme;

pub use approximation::{approximate, least_errors};
pub use model::describe_model;
pub use parameters::{ParameterSet, check_parameters};
pub use plain::PlainNetwork;
pub use scheme::Scheme;

use wasm_bindgen::JsError;

fn js_error(error: impl std::fmt::Display) -> JsError {
    JsError::new(&error.to_string())
}

/// Answers are JSON: one string crosses to the page, where an object would need imports.
fn json(answer: &impl serde::Serialize) -> Result<String, JsError> {
    serde_json::to_string(answer).map_err(js_error)
}
