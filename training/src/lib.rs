//! Trains networks with polynomial activations and exports model files.
//!
//! The activations are polynomials, because an evaluation under encryption only adds and
//! multiplies. Polynomials grow fast outside their interval. Two things keep the values small: a
//! penalty on large values (`train`), and normalisation by the moments of undistorted images
//! (`fold`).
//!
//! The crate relies on candle for tensors and gradients. It is not meant for inference:
//! `inkognito-network` reads the exported file and evaluates it, also to measure its accuracy.

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
