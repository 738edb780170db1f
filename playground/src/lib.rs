//! The playground: the computations of the page's panels on plain data, as a WebAssembly module.
//!
//! It runs on the page's own side. The page loads it when a panel that needs it is first opened.
//! The module reaches no network, no storage and no worker. The crate relies on the crates that
//! both sides share. It has no secret key and cannot name one, so it decrypts nothing.
#![cfg(target_arch = "wasm32")]

mod approximation;
mod encoding;
mod model_sheet;
mod parameter_sets;
mod plain_network;

pub use approximation::{approximate, least_errors};
pub use encoding::Scheme;
pub use model_sheet::describe_model;
pub use parameter_sets::{ParameterSet, check_parameters};
pub use plain_network::PlainNetwork;

use wasm_bindgen::JsError;

fn js_error(error: impl std::fmt::Display) -> JsError {
    JsError::new(&error.to_string())
}

/// Writes an answer as JSON. A string crosses to the page without imports; an object would need
/// some.
fn json(answer: &impl serde::Serialize) -> Result<String, JsError> {
    serde_json::to_string(answer).map_err(js_error)
}
