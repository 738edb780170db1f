//! The secrets that a switching key switches from.
//!
//! Not for the level of a key, which is part of a request (`request.rs`).

use std::fmt;

use inkognito_ring::GaloisElement;

/// The secret that a switching key switches from; it always switches to the secret itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyPurpose {
    /// From the square of the secret: relinearisation after a product.
    Relinearization,
    /// From the automorphism `X -> X^g` of the secret: rotations and conjugation.
    Galois(GaloisElement),
}

impl fmt::Display for KeyPurpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Relinearization => f.write_str("relinearization"),
            Self::Galois(g) => write!(f, "galois element {}", g.value()),
        }
    }
}
