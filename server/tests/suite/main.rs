//! Tests of the server over HTTP.
//!
//! No test holds a secret key. Keys and inputs are well-formed messages of uniform residues. A
//! result is right if it equals, byte for byte, the result of the evaluator without a server.

mod api;
mod client;
mod cluster;
mod document;
mod expiry;
mod faults;
mod limits;
mod load;
mod page;
mod servers;
mod visitor;
