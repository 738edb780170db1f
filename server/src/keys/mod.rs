//! Visitors' evaluation keys: taken in, kept, made ready for use, forgotten.
//!
//! The store holds each set of keys as it was uploaded, under its SHA-256; memory holds those in
//! use, expanded. Nothing here is secret from an evaluator, and nothing here can decrypt.

mod id;
mod parts;
mod resident;
mod store;
mod sweep;

pub use id::KeyId;
pub use parts::PartChecker;
pub(crate) use resident::Resident;
pub(crate) use store::KeyStore;
pub(crate) use sweep::sweep_forever;
