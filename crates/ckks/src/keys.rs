//! Evaluation keys: what the holder of the secret hands to the evaluator.

use std::{collections::HashMap, fmt};

use inkognito_ring::{GaloisElement, Ntt, Permutation, Poly, Runs, Seed, uniform};

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
    /// product reads them.
    limbs: Vec<Vec<u32>>,
}

impl SwitchingKey {
    fn expand(key: &SeededSwitchingKey) -> Self {
        let halves = key.b.iter().enumerate();
        let digits: Vec<_> = halves
            .map(|(j, b)| (b, uniform(b.basis(), &key.seed, j as u32)))
            .collect();
        let moduli = key.b.first().map_or(0, |b| b.basis().len());
        let limb = |i: usize| {
            let both = digits.iter().flat_map(|(b, a)| [b.limb(i), a.limb(i)]);
            let both: Vec<_> = both.collect();
            digits[0].0.basis().table(i).prepare(&both)
        };
        Self {
            limbs: (0..moduli).map(limb).collect(),
        }
    }

    /// The terms of the inner product modulo modulus `i`, given the raised digits.
    pub(crate) fn terms<'a>(&'a self, raised: &[&'a [u32]], i: usize) -> Vec<[Runs<'a>; 3]> {
        let (key, count) = (&self.limbs[i], 2 * raised.len());
        let digits = raised.iter().enumerate();
        digits
            .map(|(j, &digit)| {
                let side = |k| Runs::of(key, 2 * j + k, count);
                [digit.into(), side(0), side(1)]
            })
            .collect()
    }
}

/// All switching keys that an evaluator has received.
#[derive(Default)]
pub struct EvaluationKeys {
    keys: HashMap<KeyRequest, SwitchingKey>,
    permutations: HashMap<GaloisElement, Permutation>,
}

impl EvaluationKeys {
    /// No keys.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a key in; one with the same request is replaced.
    pub fn insert(&mut self, key: SeededSwitchingKey) {
        if let KeyPurpose::Galois(g) = key.request.purpose {
            self.permutations
                .entry(g)
                .or_insert_with(|| Permutation::new(g));
        }
        self.keys.insert(key.request, SwitchingKey::expand(&key));
    }

    /// Whether the key for `request` is here.
    pub fn contains(&self, request: &KeyRequest) -> bool {
        self.keys.contains_key(request)
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
    ) -> Result<(&SwitchingKey, &Permutation), CkksError> {
        let purpose = KeyPurpose::Galois(g);
        let permutation = self
            .permutations
            .get(&g)
            .ok_or(CkksError::MissingKey { purpose, level })?;
        Ok((self.get(purpose, level)?, permutation))
    }

    fn get(&self, purpose: KeyPurpose, level: usize) -> Result<&SwitchingKey, CkksError> {
        self.keys
            .get(&KeyRequest { purpose, level })
            .ok_or(CkksError::MissingKey { purpose, level })
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
