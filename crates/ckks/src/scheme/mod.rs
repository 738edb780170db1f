//! The scheme as both sides see it: parameter sets, encoding, ciphertexts and a noise model.
//!
//! They rely on `inkognito-ring`. Not for the secret key, nor for operations on ciphertexts.

pub(crate) mod ciphertext;
pub(crate) mod encoder;
pub(crate) mod noise;
pub(crate) mod parameters;
mod special_moduli;
