//! The encrypted network from both sides, message in, message out, against its plain twin.

#![cfg(not(target_arch = "wasm32"))]

mod activations;
mod circuit;
mod inspection;
mod offline;
mod refusals;
mod release;
