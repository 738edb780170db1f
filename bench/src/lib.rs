//! Both sides of the scheme on one bench, to be timed.
//!
//! `cargo xtask bench` runs it: natively by criterion (`benches/`), and in a browser as a WebAssembly
//! module of its own, beside the libraries that it is compared with (`browser/`, `peers/`).
//!
//! Relies on the vault for keys and on `inkognito-ckks` for all else. Not for: shipping. The secret
//! key lies in the same memory as the evaluator here.

mod operations;
#[cfg(not(target_arch = "wasm32"))]
mod subject;
#[cfg(target_arch = "wasm32")]
mod web;

pub use operations::{Operation, Workbench};
#[cfg(not(target_arch = "wasm32"))]
pub use subject::{Subject, by_channels, by_degree, models};
