//! Evaluation keys: what the holder of the secret hands to the evaluator.

use std::{borrow::Cow, fmt};

use inkognito_ring::{
    AutomorphismInnerProduct, GaloisElement, Interleaved, InterleavedOperands, Ntt, Permutation,
    Poly, Seed, SubRing, uniform_limb,
};
use inkognito_threads as threads;

use crate::{CkksError, Parameters};

/// What a switching key switches from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyPurpose {
    /// From the square of the secret: relinearisation after a product.
    Relinearization,
    /// For the automorphism `X -> X^g`: rotations and conjugation.
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

/// One key that an evaluation needs, at the level where it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyRequest {
    /// What it switches from.
    pub purpose: KeyPurpose,
    /// The level of the ciphertexts it is used on.
    pub level: usize,
}

/// A switching key as it travels: the uniform halves are the seed they were drawn from.
///
/// Digit `j` is `(b_j, a_j)` over `qp_basis(level)` with `b_j = -a_j t + e_j + P g_j t'`, where `g_j`
/// is 1 modulo the digit's moduli and 0 modulo the others (hybrid key switching, Han and Ki 2020,
/// section 3). For relinearisation `t = s`, `t' = s^2`; for a galois element g, `t` is the image of
/// `s` under the *inverse* automorphism and `t' = s`, so that the automorphism is applied once,
/// after the inner product, and not to every digit before it.
#[derive(Debug, Clone, PartialEq)]
pub struct SeededSwitchingKey {
    /// What the key is for.
    pub request: KeyRequest,
    /// `a_j` is polynomial `j` of this seed.
    pub seed: Seed,
    /// `b_j`, one for each digit of the level.
    pub b: Vec<Poly<Ntt>>,
}

/// A switching key ready for use.
pub struct SwitchingKey {
    /// For each modulus of `qp_basis(level)`: `b_0, a_0, b_1, a_1, ..` side by side, as the inner
    /// product reads them; images under the automorphism, if it is for one.
    limbs: Vec<InterleavedOperands>,
    /// Of that automorphism.
    permutation: Option<Permutation>,
}

impl SwitchingKey {
    fn expand(key: &SeededSwitchingKey) -> Self {
        let permutation = match key.request.purpose {
            KeyPurpose::Galois(g) => Some(Permutation::new(g)),
            KeyPurpose::Relinearization => None,
        };
        let moduli = key.b.first().map_or(0, |b| b.basis().len());
        let limbs = threads::map(moduli, |i| {
            let halves = key.b.iter().enumerate().flat_map(|(j, b)| {
                let table = b.basis().sub_ring(i);
                let mut a = vec![0; table.degree()];
                uniform_limb(table, &key.seed, j as u32, &mut a);
                [Cow::from(b.limb(i)), a.into()]
            });
            let images = halves.map(|limb| {
                let Some(permutation) = &permutation else {
                    return limb;
                };
                let mut image = vec![0; limb.len()];
                permutation.apply(&limb, &mut image);
                image.into()
            });
            let images: Vec<_> = images.collect();
            let images: Vec<&[u32]> = images.iter().map(|limb| &limb[..]).collect();
            key.b[0].basis().sub_ring(i).interleave(&images)
        });
        Self { limbs, permutation }
    }

    /// The terms of the inner product modulo modulus `i`, given the raised digits.
    pub(crate) fn terms<'a>(
        &'a self,
        raised: &[&'a [u32]],
        i: usize,
    ) -> Vec<(&'a [u32], [Interleaved<'a>; 2])> {
        let key = &self.limbs[i];
        let sides = |j| [2 * j, 2 * j + 1].map(|k| key.operand(k));
        let digits = raised.iter().enumerate();
        digits.map(|(j, &digit)| (digit, sides(j))).collect()
    }
}

/// A key for an automorphism, and where its words come from.
#[derive(Clone, Copy)]
pub(crate) struct GaloisKey<'a> {
    key: &'a SwitchingKey,
    permutation: &'a Permutation,
}

impl<'a> GaloisKey<'a> {
    /// The switched image, modulo modulus `i`, of what the digits make up, and of `own`, times a constant.
    pub(crate) fn image(
        self,
        table: &SubRing,
        i: usize,
        raised: &[&'a [u32]],
        own: Option<(&'a [u32], u32)>,
    ) -> AutomorphismInnerProduct<'a> {
        table.automorphism_inner_product(self.key.terms(raised, i), own, self.permutation)
    }
}

/// All switching keys that an evaluator has received.
#[derive(Default)]
pub struct EvaluationKeys {
    /// In ascending order. A map would be no faster here, and more code in a module.
    keys: Vec<(KeyRequest, SwitchingKey)>,
}

impl EvaluationKeys {
    /// No keys.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a key in; one with the same request is replaced.
    pub fn insert(&mut self, key: SeededSwitchingKey) {
        let expanded = SwitchingKey::expand(&key);
        match self.place(&key.request) {
            Ok(at) => self.keys[at].1 = expanded,
            Err(at) => self.keys.insert(at, (key.request, expanded)),
        }
    }

    /// Whether the key for `request` is here.
    pub fn contains(&self, request: &KeyRequest) -> bool {
        self.place(request).is_ok()
    }

    /// Number of keys.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is no key at all.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub(crate) fn relinearization(&self, level: usize) -> Result<&SwitchingKey, CkksError> {
        self.get(KeyPurpose::Relinearization, level)
    }

    pub(crate) fn galois(
        &self,
        g: GaloisElement,
        level: usize,
    ) -> Result<GaloisKey<'_>, CkksError> {
        let purpose = KeyPurpose::Galois(g);
        let key = self.get(purpose, level)?;
        // there with every key for an automorphism
        let permutation = key.permutation.as_ref();
        let permutation = permutation.ok_or(CkksError::MissingKey { purpose, level })?;
        Ok(GaloisKey { key, permutation })
    }

    /// Where a key is, or where it would be.
    fn place(&self, request: &KeyRequest) -> Result<usize, usize> {
        self.keys.binary_search_by(|(other, _)| other.cmp(request))
    }

    fn get(&self, purpose: KeyPurpose, level: usize) -> Result<&SwitchingKey, CkksError> {
        match self.place(&KeyRequest { purpose, level }) {
            Ok(at) => Ok(&self.keys[at].1),
            Err(_) => Err(CkksError::MissingKey { purpose, level }),
        }
    }
}

impl KeyRequest {
    /// The key for rotating slots left by `steps` at `level`.
    pub fn rotation(parameters: &Parameters, steps: i64, level: usize) -> Self {
        let g = GaloisElement::rotation(steps, parameters.log_n());
        Self {
            purpose: KeyPurpose::Galois(g),
            level,
        }
    }

    /// The key for relinearising at `level`.
    pub fn relinearization(level: usize) -> Self {
        Self {
            purpose: KeyPurpose::Relinearization,
            level,
        }
    }
}
