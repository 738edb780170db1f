//! The scheme as both sides see it: parameter sets, encoding, ciphertexts and a noise model.

pub(crate) mod ciphertext;
pub(crate) mod encoder;
pub(crate) mod noise;
pub(crate) mod parameters;
mod special_moduli;
