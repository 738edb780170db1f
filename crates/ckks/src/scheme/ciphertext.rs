//! Encoded and encrypted vectors.
//!
//! Relies on [`Poly`]. Not for operations on ciphertexts, which are in `evaluator/`.

use inkognito_ring::{Basis, Ntt, Poly, Seed, uniform_limb};
use inkognito_threads as threads;

use crate::{error::CkksError, scheme::parameters::Parameters};

/// An encoded vector, ready to be added to a ciphertext or multiplied with one.
///
/// ```
/// use inkognito_ckks::{Encoder, Parameters, ParametersLiteral, Plaintext};
///
/// let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
/// let (level, scale) = (1, parameters.scale());
/// let poly = Encoder::new(&parameters)
///     .encode_real(&[0.5, -1.0], scale, parameters.q_basis(level))
///     .unwrap();
/// let plaintext = Plaintext::new(poly.into_ntt(), scale);
/// assert_eq!((plaintext.level(), plaintext.scale()), (1, scale));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Plaintext {
    /// Over `q_0 .. q_level`.
    pub(crate) poly: Poly<Ntt>,
    pub(crate) scale: f64,
}

impl Plaintext {
    /// Takes an encoded polynomial over `q_0 .. q_level`, in the NTT domain, and its scale.
    pub fn new(poly: Poly<Ntt>, scale: f64) -> Self {
        Self { poly, scale }
    }

    /// Returns the level: the number of moduli less one.
    pub fn level(&self) -> usize {
        self.poly.basis().len() - 1
    }

    /// Returns the factor that the encoded values carry.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// Returns the polynomial, over `q_0 .. q_level`.
    pub fn poly(&self) -> &Poly<Ntt> {
        &self.poly
    }
}

/// An encrypted vector `(c_0, c_1)`: `c_0 + c_1 s` is the encoded vector plus a small error.
#[derive(Debug, Clone, PartialEq)]
pub struct Ciphertext {
    /// Both over `q_0 .. q_level`.
    pub(crate) c: [Poly<Ntt>; 2],
    pub(crate) scale: f64,
}

impl Ciphertext {
    /// Takes `(c_0, c_1)` over `q_0 .. q_level`, in the NTT domain, and the scale.
    ///
    /// # Panics
    /// If the polynomials are over different bases.
    pub fn new(c: [Poly<Ntt>; 2], scale: f64) -> Self {
        assert!(
            c[0].basis().same_as(c[1].basis()),
            "polynomials over different bases"
        );
        Self { c, scale }
    }

    /// Returns the level: how many times the ciphertext can be rescaled.
    pub fn level(&self) -> usize {
        self.c[0].basis().len() - 1
    }

    /// Returns the factor that the encrypted values carry.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// Returns `(c_0, c_1)`, over `q_0 .. q_level`.
    pub fn polys(&self) -> &[Poly<Ntt>; 2] {
        &self.c
    }

    pub(crate) fn expect_level(&self, expected: usize) -> Result<(), CkksError> {
        expect_level(expected, self.level())
    }
}

/// The `c_1` of a fresh symmetric encryption, which is uniform: its level, and the seed that it is
/// drawn from.
///
/// A mask is independent of the message. So the evaluator may have it before there is a message
/// ([`LinearTransform::apply_offline`]). One mask serves for one message only.
///
/// [`LinearTransform::apply_offline`]: crate::LinearTransform::apply_offline
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mask {
    /// The level of the encryption.
    pub level: usize,
    /// The seed; `c_1` is its polynomial 0.
    pub seed: Seed,
}

impl Mask {
    /// Draws `c_1`, over `q_0 .. q_level` in the NTT domain.
    ///
    /// # Panics
    /// If the level exceeds the parameter set's highest.
    ///
    /// ```
    /// use inkognito_ckks::{Mask, Parameters, ParametersLiteral};
    ///
    /// let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
    /// let mask = Mask { level: 2, seed: [7; 32] };
    /// assert!(mask.expand(&parameters).basis().same_as(parameters.q_basis(2)));
    /// ```
    pub fn expand(&self, parameters: &Parameters) -> Poly<Ntt> {
        expand(parameters.q_basis(self.level), &self.seed)
    }
}

/// Draws polynomial 0 of a seed.
fn expand(basis: &Basis, seed: &Seed) -> Poly<Ntt> {
    let mut c1 = Poly::zero(basis);
    threads::for_each(c1.limbs_mut(), |i, limb| {
        uniform_limb(basis.sub_ring(i), seed, 0, limb);
    });
    c1
}

/// A fresh symmetric encryption, in which a seed stands for the uniform `c_1`.
#[derive(Debug, Clone, PartialEq)]
pub struct SeededCiphertext {
    /// Over `q_0 .. q_level`.
    pub c0: Poly<Ntt>,
    /// The seed; `c_1` is its polynomial 0.
    pub seed: Seed,
    /// The factor that the encrypted values carry.
    pub scale: f64,
}

impl SeededCiphertext {
    /// Returns the level: how many times the ciphertext can be rescaled.
    pub fn level(&self) -> usize {
        self.c0.basis().len() - 1
    }

    /// Returns the level and seed of `c_1`.
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

/// Checks that two scales differ by no more than rounding: relative 10^-12.
pub(crate) fn expect_scale(expected: f64, actual: f64) -> Result<(), CkksError> {
    if (expected / actual - 1.0).abs() < 1e-12 {
        Ok(())
    } else {
        Err(CkksError::Scale { expected, actual })
    }
}
