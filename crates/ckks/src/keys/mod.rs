//! Evaluation keys, which the holder of the secret sends to the evaluator.
//!
//! Relies on `inkognito-ring` for polynomials and seeds. Not for making keys, which takes the
//! secret.

pub(crate) mod evaluation_keys;
pub(crate) mod purpose;
pub(crate) mod request;
pub(crate) mod switching_key;
