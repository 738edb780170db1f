//! Client and evaluator in one process, for benchmarks.
//!
//! `cargo xtask bench` runs them natively with Criterion (`benches/`), and in a browser as a
//! WebAssembly module of its own beside other libraries (`browser/`, `peers/`).
//!
//! It relies on the vault for keys and on `inkognito-ckks` for the operations. It is not meant to
//! be shipped: the secret key lies in the evaluator's memory here.

mod operations;
#[cfg(not(target_arch = "wasm32"))]
mod subject;
#[cfg(target_arch = "wasm32")]
mod web;

pub use operations::{Operation, Workbench};
#[cfg(not(target_arch = "wasm32"))]
pub use subject::{Subject, by_channels, by_degree, models};
