//! Automorphisms of ciphertexts: rotations, conjugation, and sums over several of them.
//!
//! An automorphism permutes the values of both polynomials and switches the second one back to the
//! secret. All automorphisms of one ciphertext share its decomposition (hoisting: Halevi and Shoup,
//! *Faster homomorphic linear transformations in HElib*, 2018, section 5).
//!
//! Relies on `key_switch.rs` and on one key for each automorphism. Not for sums of rotations with
//! weights, which are linear transforms (`transforms/linear.rs`).

use inkognito_ring::fused::FusedKernels;
use inkognito_ring::{GaloisElement, Poly, SubRing};
use inkognito_threads as threads;

use crate::{
    error::CkksError,
    evaluator::{Evaluator, ciphertext_qp::CiphertextQp, key_switch::Decomposition, limbs::limbs},
    keys::switching_key::GaloisKey,
    scheme::ciphertext::Ciphertext,
};

/// An automorphism of ciphertexts, with a multiplication by i before it or not.
///
/// ```
/// use inkognito_ckks::{Automorphism, GaloisElement};
///
/// let rotation = Automorphism {
///     galois_element: GaloisElement::rotation(1, 13),
///     mul_by_i: false,
/// };
/// assert_eq!(rotation.galois_element.value(), 5);
/// // an automorphism of this ring has an odd element below 2N
/// assert!(GaloisElement::new(4, 13).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Automorphism {
    /// The g of the automorphism `X -> X^g`.
    pub galois_element: GaloisElement,
    /// Whether each slot is first multiplied by the imaginary unit. That is a multiplication by
    /// `X^(N/2)`, which is exact and adds no noise.
    pub mul_by_i: bool,
}

/// An automorphism with the key that it needs.
pub(crate) struct AutomorphismKey<'a> {
    mul_by_i: bool,
    key: GaloisKey<'a>,
}

impl Evaluator {
    /// Rotates the slots left by `steps`: slot i gets the value of slot `i + steps`. Level and
    /// scale stay.
    ///
    /// # Errors
    /// [`CkksError::MissingKey`] if there is no key for this rotation at the ciphertext's level.
    pub fn rotate(&self, a: &Ciphertext, steps: i64) -> Result<Ciphertext, CkksError> {
        self.apply_galois(a, GaloisElement::rotation(steps, self.parameters().log_n()))
    }

    /// Conjugates every slot. Level and scale stay.
    ///
    /// # Errors
    /// [`CkksError::MissingKey`] if there is no key for conjugation at the ciphertext's level.
    pub fn conjugate(&self, a: &Ciphertext) -> Result<Ciphertext, CkksError> {
        self.apply_galois(a, GaloisElement::conjugation(self.parameters().log_n()))
    }

    fn apply_galois(
        &self,
        a: &Ciphertext,
        galois_element: GaloisElement,
    ) -> Result<Ciphertext, CkksError> {
        let automorphism = Automorphism {
            galois_element,
            mul_by_i: false,
        };
        self.mod_down(self.apply_automorphism(a, automorphism)?, false)
    }

    /// Applies one automorphism and returns P times the result. Level and scale stay.
    ///
    /// # Errors
    /// [`CkksError::MissingKey`] if there is no key for it at the level of `x`.
    fn apply_automorphism(
        &self,
        x: &Ciphertext,
        automorphism: Automorphism,
    ) -> Result<CiphertextQp, CkksError> {
        let level = x.level();
        let tables = self.parameters().level_tables(level);
        let keys = self.automorphism_keys(&[automorphism], level)?;
        let [c0, c1] = x.polys();
        let decomposition = Decomposition::new(self, limbs(c1));
        let mut c = [Poly::zero(&tables.qp), Poly::zero(&tables.qp)];
        let [first, second] = &mut c;
        threads::for_each(
            first.limbs_mut().zip(second.limbs_mut()),
            |i, (first, second)| {
                // P c_0 is 0 modulo the special moduli
                let factor = tables.special_product[i];
                let source = (i <= level).then(|| (c0.limb(i), factor));
                self.key_switch_and_add(&decomposition, i, source, &keys, [first, second]);
            },
        );
        self.counters.ntt(decomposition.transforms());
        self.counters.key_switch(keys.len());
        Ok(CiphertextQp {
            c,
            level,
            scale: x.scale(),
        })
    }

    /// Returns the sum of `x` and all `automorphisms` of it, with one decomposition for all.
    /// Level and scale stay.
    ///
    /// # Errors
    /// [`CkksError::MissingKey`] if there is no key for one of them at the level of `x`.
    pub fn rotate_and_sum(
        &self,
        mut x: CiphertextQp,
        automorphisms: &[Automorphism],
    ) -> Result<CiphertextQp, CkksError> {
        let tables = self.parameters().level_tables(x.level);
        let n = self.parameters().degree();
        let keys = self.automorphism_keys(automorphisms, x.level)?;
        let [first, second] = &mut x.c;

        // divide the second polynomial by P, and decompose the quotient
        let mut coefficients = self.scratch.take(tables.qp.len() * n);
        let limbs = coefficients.chunks_exact_mut(n);
        threads::for_each(limbs.zip(second.limbs_mut()), |i, (out, limb)| {
            tables.qp.sub_ring(i).inverse_from(limb, out);
        });
        self.counters.ntt(tables.qp.len());
        let dividend = |i: usize| &coefficients[i * n..][..n];
        let decomposition = Decomposition::of_quotient(self, &tables.mod_down, dividend);
        self.counters.ntt(decomposition.transforms());

        // the first polynomial stays multiplied by P
        threads::for_each(
            first.limbs_mut().zip(second.limbs_mut()),
            |i, (first, second)| {
                let mut source = self.scratch.take(n);
                source.copy_from_slice(first);
                let out = [first, second];
                self.key_switch_and_add(&decomposition, i, Some((&source, 1)), &keys, out);
            },
        );
        self.counters.key_switch(keys.len());
        Ok(x)
    }

    /// Returns the key of each automorphism at `level`.
    ///
    /// # Errors
    /// [`CkksError::MissingKey`] if there is no key for one of them.
    pub(crate) fn automorphism_keys(
        &self,
        automorphisms: &[Automorphism],
        level: usize,
    ) -> Result<Vec<AutomorphismKey<'_>>, CkksError> {
        let key = |automorphism: &Automorphism| {
            Ok(AutomorphismKey {
                mul_by_i: automorphism.mul_by_i,
                key: self.keys().galois(automorphism.galois_element, level)?,
            })
        };
        automorphisms.iter().map(key).collect()
    }

    /// Adds all automorphisms of the decomposed polynomial, switched to the
    /// secret, and of `source` to `out`, modulo modulus `i`; see [`Evaluator::add_automorphisms`].
    fn key_switch_and_add(
        &self,
        decomposition: &Decomposition<'_>,
        i: usize,
        source: Option<(&[u32], u32)>,
        keys: &[AutomorphismKey<'_>],
        out: [&mut [u32]; 2],
    ) {
        let n = self.parameters().degree();
        let mut buffer = self.scratch.take(decomposition.len() * n);
        let digits = decomposition.mod_up(i, &mut buffer);
        self.add_automorphisms(decomposition.sub_ring(i), i, &digits, source, keys, out);
    }

    /// Adds to `out`, modulo modulus `i`, for each automorphism the permuted inner products of the
    /// digits (after mod up) with its key.
    ///
    /// `source` is a limb and a constant. Its product joins the first inner product before the
    /// permutation. There may be no digits: then `source` alone is permuted.
    pub(crate) fn add_automorphisms(
        &self,
        sub_ring: &SubRing,
        i: usize,
        digits: &[&[u32]],
        source: Option<(&[u32], u32)>,
        keys: &[AutomorphismKey<'_>],
        out: [&mut [u32]; 2],
    ) {
        let n = sub_ring.degree();
        let mut buffer = self.scratch.take((1 + digits.len()) * n);
        let (source_times_i, buffers) = buffer.split_at_mut(n);
        let mut digits_times_i = vec![];
        if keys.iter().any(|key| key.mul_by_i) {
            if let Some((source, _)) = source {
                sub_ring.mul_by_i(source, source_times_i);
            }
            for (digit, out) in digits.iter().zip(buffers.chunks_exact_mut(n)) {
                sub_ring.mul_by_i(digit, out);
                digits_times_i.push(&*out);
            }
        }
        let source_times_i = source.map(|(_, factor)| (&*source_times_i, factor));
        let products = keys.iter().map(|AutomorphismKey { mul_by_i, key }| {
            let (digits, source) = match mul_by_i {
                true => (&digits_times_i[..], source_times_i),
                false => (digits, source),
            };
            key.automorphism_inner_product(sub_ring, i, digits, source)
        });
        let products: Vec<_> = products.collect();
        sub_ring.automorphism_inner_products(out, 0, &products, true);
    }
}
