//! The blackboard: what the page's panels compute in the clear, as a WebAssembly module of the page.
//!
//! It runs on the page's own side, loaded when a panel that needs it is first opened, and reaches
//! nothing: no network, no storage, no worker. Relies on the crates that both sides share. Not for:
//! anything encrypted; this crate cannot name a secret key, and holds none.
#![cfg(target_arch = "wasm32")]

mod plain;
mod scheme;

pub use plain::PlainNetwork;
pub use scheme::Scheme;

fn js_error(error: impl std::fmt::Display) -> wasm_bindgen::JsError {
    wasm_bindgen::JsError::new(&error.to_string())
}
