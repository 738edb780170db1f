//! Switching keys, as they travel and as the evaluator uses them.
//!
//! Relies on the fused kernels of `inkognito-ring`. Not for making keys, which takes the secret.

use std::borrow::Cow;

use inkognito_ring::fused::{
    AutomorphismInnerProduct, FusedKernels, Interleaved, InterleavedOperands,
};
use inkognito_ring::{Ntt, Permutation, Poly, Seed, SubRing, uniform_limb};
use inkognito_threads as threads;

use crate::keys::{purpose::KeyPurpose, request::KeyRequest};

/// A switching key as it travels: a seed stands for its uniform polynomials.
///
/// Digit `j` is `(b_j, a_j)` over `qp_basis(level)` with `b_j = -a_j t + e_j + P g_j t'`, where
/// `g_j` is 1 modulo the digit's moduli and 0 modulo the others (hybrid key switching, Han and Ki
/// 2020, section 3).
///
/// For relinearisation `t = s` and `t' = s^2`. For a Galois element g, `t` is `s` under the
/// *inverse* automorphism and `t' = s`. So the evaluator applies the automorphism once after the
/// inner product, and not to every digit before it.
#[derive(Debug, Clone, PartialEq)]
pub struct SeededSwitchingKey {
    /// Purpose and level of the key.
    pub request: KeyRequest,
    /// The seed; `a_j` is its polynomial `j`.
    pub seed: Seed,
    /// `b_j` for each digit of the level, in the NTT domain.
    pub b: Vec<Poly<Ntt>>,
}

/// A switching key ready for inner products.
pub(crate) struct SwitchingKey {
    /// For each modulus of `qp_basis(level)`: `b_0, a_0, b_1, a_1, ..`, interleaved as the inner
    /// product reads them. A key for an automorphism holds them permuted by it.
    limbs: Vec<InterleavedOperands>,
    /// The automorphism, if the key is for one.
    permutation: Option<Permutation>,
}

impl SwitchingKey {
    /// Draws the uniform polynomials and applies the automorphism, if the key is for one.
    pub(super) fn expand(key: &SeededSwitchingKey) -> Self {
        let permutation = match key.request.purpose {
            KeyPurpose::Galois(g) => Some(Permutation::new(g)),
            KeyPurpose::Relinearization => None,
        };
        let moduli = key.b.first().map_or(0, |b| b.basis().len());
        let limbs = threads::map(moduli, |i| {
            let polys = key.b.iter().enumerate().flat_map(|(j, b)| {
                let sub_ring = b.basis().sub_ring(i);
                let mut a = vec![0; sub_ring.degree()];
                uniform_limb(sub_ring, &key.seed, j as u32, &mut a);
                [Cow::from(b.limb(i)), a.into()]
            });
            let operands = polys.map(|limb| {
                let Some(permutation) = &permutation else {
                    return limb;
                };
                let mut permuted = vec![0; limb.len()];
                permutation.apply(&limb, &mut permuted);
                permuted.into()
            });
            let operands: Vec<_> = operands.collect();
            let operands: Vec<&[u32]> = operands.iter().map(|limb| &limb[..]).collect();
            key.b[0].basis().sub_ring(i).interleave(&operands)
        });
        Self { limbs, permutation }
    }

    /// Returns the terms `(digit, [b_j, a_j])` of the inner products modulo modulus `i`, given the
    /// digits after mod up.
    pub(crate) fn terms<'a>(
        &'a self,
        digits: &[&'a [u32]],
        i: usize,
    ) -> Vec<(&'a [u32], [Interleaved<'a>; 2])> {
        let key = &self.limbs[i];
        let pair = |j| [2 * j, 2 * j + 1].map(|k| key.operand(k));
        let digits = digits.iter().enumerate();
        digits.map(|(j, &digit)| (digit, pair(j))).collect()
    }

    /// Returns the key together with its automorphism, if it is for one.
    pub(super) fn as_galois_key(&self) -> Option<GaloisKey<'_>> {
        let permutation = self.permutation.as_ref()?;
        Some(GaloisKey {
            key: self,
            permutation,
        })
    }
}

/// A switching key for an automorphism.
#[derive(Clone, Copy)]
pub(crate) struct GaloisKey<'a> {
    key: &'a SwitchingKey,
    permutation: &'a Permutation,
}

impl<'a> GaloisKey<'a> {
    /// Prepares the inner products of the digits with the key modulo modulus `i`, permuted by the
    /// automorphism. `source`, a limb and a constant, adds their product to the first one.
    pub(crate) fn automorphism_inner_product(
        self,
        sub_ring: &SubRing,
        i: usize,
        digits: &[&'a [u32]],
        source: Option<(&'a [u32], u32)>,
    ) -> AutomorphismInnerProduct<'a> {
        let terms = self.key.terms(digits, i);
        sub_ring.automorphism_inner_product(terms, source, self.permutation)
    }
}
