//! Encoded and encrypted vectors.

use inkognito_ring::{Basis, Ntt, Poly, Seed, uniform_limb};
use inkognito_threads as threads;

use crate::{CkksError, Parameters};

/// An encoded vector, ready to be added to or multiplied with a ciphertext.
#[derive(Debug, Clone, PartialEq)]
pub struct Plaintext {
    /// Over `q_0 .. q_level`.
    pub(crate) poly: Poly<Ntt>,
    pub(crate) scale: f64,
}

impl Plaintext {
    /// An encoded polynomial over `q_0 .. q_level` with its scale.
    pub fn new(poly: Poly<Ntt>, scale: f64) -> Self {
        Self { poly, scale }
    }

    /// Number of moduli less one.
    pub fn level(&self) -> usize {
        self.poly.basis().len() - 1
    }

    /// The factor that the encoded values carry.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// The polynomial.
    pub fn poly(&self) -> &Poly<Ntt> {
        &self.poly
    }
}

/// An encrypted vector: `c_0 + c_1 s` is the encoded vector plus a small error.
#[derive(Debug, Clone, PartialEq)]
pub struct Ciphertext {
    /// Both over `q_0 .. q_level`.
    pub(crate) c: [Poly<Ntt>; 2],
    pub(crate) scale: f64,
}

impl Ciphertext {
    /// Puts a ciphertext together from its polynomials.
    ///
    /// # Panics
    /// If they are over different bases.
    pub fn new(c: [Poly<Ntt>; 2], scale: f64) -> Self {
        assert!(
            c[0].basis().same_as(c[1].basis()),
            "polynomials over different bases"
        );
        Self { c, scale }
    }

    /// The number of rescalings that are left.
    pub fn level(&self) -> usize {
        self.c[0].basis().len() - 1
    }

    /// The factor that the encrypted values carry.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// `(c_0, c_1)`.
    pub fn polys(&self) -> &[Poly<Ntt>; 2] {
        &self.c
    }

    pub(crate) fn expect_level(&self, expected: usize) -> Result<(), CkksError> {
        expect_level(expected, self.level())
    }
}

/// `c_1` of a fresh symmetric encryption: uniform, and sent as the seed that it is drawn from. It says nothing of
/// the message and may be known before there is one ([`OfflineLinear`](crate::OfflineLinear)); one mask is for one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mask {
    /// Level of the encryption.
    pub level: usize,
    /// `c_1` is its polynomial 0.
    pub seed: Seed,
}

impl Mask {
    /// `c_1`, over `q_0 .. q_level`.
    ///
    /// # Panics
    /// If the level exceeds the set's highest.
    pub fn expand(&self, parameters: &Parameters) -> Poly<Ntt> {
        expand(parameters.q_basis(self.level), &self.seed)
    }
}

fn expand(basis: &Basis, seed: &Seed) -> Poly<Ntt> {
    let mut c1 = Poly::zero(basis);
    threads::for_each(c1.limbs_mut(), |i, limb| {
        uniform_limb(basis.sub_ring(i), seed, 0, limb);
    });
    c1
}

/// A fresh symmetric encryption: `c_1` is uniform and is sent as the seed it was drawn from.
#[derive(Debug, Clone, PartialEq)]
pub struct SeededCiphertext {
    /// Over `q_0 .. q_level`.
    pub c0: Poly<Ntt>,
    /// Stands for `c_1`, polynomial 0 of the seed.
    pub seed: Seed,
    /// The factor that the encrypted values carry.
    pub scale: f64,
}

impl SeededCiphertext {
    /// The number of rescalings that are left.
    pub fn level(&self) -> usize {
        self.c0.basis().len() - 1
    }

    /// What stands for `c_1`.
    pub fn mask(&self) -> Mask {
        Mask {
            level: self.level(),
            seed: self.seed,
        }
    }

    /// Draws `c_1` from its seed.
    pub fn expand(self) -> Ciphertext {
        let c1 = expand(self.c0.basis(), &self.seed);
        Ciphertext {
            c: [self.c0, c1],
            scale: self.scale,
        }
    }
}

/// Checks that a level is the expected one.
pub(crate) fn expect_level(expected: usize, actual: usize) -> Result<(), CkksError> {
    if actual == expected {
        Ok(())
    } else {
        Err(CkksError::Level { expected, actual })
    }
}

/// Whether two scales differ by rounding only (relative 2^-40).
pub(crate) fn same_scale(a: f64, b: f64) -> bool {
    (a / b - 1.0).abs() < 1e-12
}

/// Checks that a plaintext or ciphertext scale is the expected one.
pub(crate) fn expect_scale(expected: f64, actual: f64) -> Result<(), CkksError> {
    if same_scale(expected, actual) {
        Ok(())
    } else {
        Err(CkksError::Scale { expected, actual })
    }
}
