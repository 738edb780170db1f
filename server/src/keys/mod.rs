//! Visitors' evaluation keys: checked, stored, loaded and deleted.
//!
//! The store holds each set of keys as it was uploaded, under its SHA-256. Memory holds the sets in
//! use, expanded. Evaluation keys are no secret from an evaluator, and cannot decrypt.
//!
//! It relies on `object_store` and on `moka`. It is not for secret keys.

mod expiry;
mod id;
mod parts;
mod session_cache;
mod store;

pub(crate) use expiry::delete_expired_forever;
pub use id::KeyId;
pub use parts::PartChecker;
pub(crate) use session_cache::SessionCache;
pub(crate) use store::KeyStore;
