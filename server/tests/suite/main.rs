//! The server over HTTP: what it promises, what it refuses, and what it survives.
//!
//! Nothing here holds a secret key: keys and inputs are well-formed messages of uniform residues,
//! and an answer is right if it is, byte for byte, what the evaluator gives without a server.

mod api;
mod client;
mod cluster;
mod faults;
mod keep;
mod limits;
mod load;
mod noise;
mod page;
mod process;
