//! Evaluation keys: what the holder of the secret sends to the evaluator.

pub(crate) mod evaluation_keys;
pub(crate) mod purpose;
pub(crate) mod request;
pub(crate) mod switching_key;
