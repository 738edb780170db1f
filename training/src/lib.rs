//! Trains the approximated network and exports the model file.
//!
//! The network has polynomials for activations, because its evaluation under encryption only adds
//! and multiplies. What keeps those from blowing up is in `train` (a penalty on large values) and
//! in `fold` (normalisation by the moments of undistorted images).
//!
//! Relies on candle for tensors and gradients. Not for inference: the exported file is read, and
//! its accuracy measured, by `inkognito-network`.

pub mod augment;
pub mod batches;
pub mod card;
pub mod curve;
pub mod drawn;
pub mod error;
pub mod evaluate;
pub mod fold;
pub mod network;
pub mod optimise;
pub mod recipe;
pub mod record;
pub mod train;
