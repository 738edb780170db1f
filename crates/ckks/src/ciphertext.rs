//! Encoded and encrypted vectors.

use inkognito_ring::{Ntt, Poly, Seed, uniform_limb};

use crate::{CkksError, parallel};

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
        let actual = self.level();
        if actual == expected {
            Ok(())
        } else {
            Err(CkksError::Level { expected, actual })
        }
    }
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

    /// Draws `c_1` from its seed.
    pub fn expand(self) -> Ciphertext {
        let basis = self.c0.basis();
        let mut c1 = Poly::zero(basis);
        parallel::each(c1.limbs_mut(), |i, limb| {
            uniform_limb(basis.table(i), &self.seed, 0, limb);
        });
        Ciphertext {
            c: [self.c0, c1],
            scale: self.scale,
        }
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
