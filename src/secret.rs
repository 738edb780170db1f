//! The secret key, and every operation that reads it: encryption, decryption, key generation.
//!
//! Relies on `inkognito-ring` for sampling and arithmetic. Not for randomness, which callers bring,
//! and not for encoding, which is in `keyring.rs`.

use inkognito_ckks::{
    Ciphertext, KeyPurpose, KeyRequest, Parameters, SeededCiphertext, SeededSwitchingKey,
    TruncatedCiphertext,
};
use inkognito_ring::{
    Coeff, Ntt, Permutation, Poly, SmallPoly, centred_binomial, ternary, uniform_limb,
};
use zeroize::{Zeroize, Zeroizing};

use crate::random::Randomness;

mod search;
#[cfg(test)]
mod tests;

/// The secret key: a uniform ternary polynomial `s`.
///
/// It cannot be printed, copied, compared, serialised or sent (`tests/compile_fail` tries), and it
/// is wiped when dropped. No public function returns one; the name is public for those tests.
pub struct SecretKey {
    /// Over all moduli of the parameter set, special ones last.
    s: Poly<Ntt>,
    parameters: Parameters,
}

impl Drop for SecretKey {
    fn drop(&mut self) {
        self.s.zeroize();
    }
}

impl SecretKey {
    /// Draws a key.
    pub(crate) fn generate(parameters: &Parameters, random: &mut Randomness) -> Self {
        let small = ternary(parameters.degree(), &mut random.secret);
        let basis = parameters.qp_basis(parameters.max_level());
        Self {
            s: Poly::from_small(basis, &small).into_ntt(),
            parameters: parameters.clone(),
        }
    }

    /// Encrypts an encoded polynomial `m` over `q_0 .. q_l`: `c_0 = -a s + e + m` and `c_1 = a`,
    /// where `a` is uniform and drawn from a seed.
    pub(crate) fn encrypt(
        &self,
        message: Poly<Coeff>,
        scale: f64,
        random: &mut Randomness,
    ) -> SeededCiphertext {
        let seed = random.public_seed();
        let basis = message.basis().clone();
        let mut noisy = message;
        noisy.add_assign(&Poly::from_small(&basis, &self.error(random)));
        let mut c0 = noisy.into_ntt();
        // the mask is public; its product with the key is written nowhere but into the difference
        let mut mask = vec![0; basis.degree()];
        for (i, limb) in c0.limbs_mut().enumerate() {
            let sub_ring = basis.sub_ring(i);
            uniform_limb(sub_ring, &seed, 0, &mut mask);
            sub_ring.to_montgomery_assign(&mut mask);
            sub_ring.sub_product_assign(limb, &mask, self.s.limb(i));
        }
        SeededCiphertext { c0, seed, scale }
    }

    /// Returns `c_0 + c_1 s`: the encoded message and its error.
    pub(crate) fn decrypt(&self, ciphertext: &Ciphertext) -> Poly<Coeff> {
        let [c0, c1] = ciphertext.polys();
        let mut message = self.at(0..c0.basis().len());
        message.mul_assign(c1);
        message.add_assign(c0);
        message.into_coeff()
    }

    /// Decrypts the coefficients of a truncated ciphertext: encoded values and their errors,
    /// centred modulo `q_0`.
    pub(crate) fn decrypt_truncated(&self, ciphertext: &TruncatedCiphertext) -> Vec<f64> {
        let mut message = self.at(0..1);
        message.mul_assign(ciphertext.c1());
        let mut message = message.into_coeff();
        let q = message.basis().modulus(0).value();
        let words = ciphertext.c0().iter().zip(message.limb(0));
        let values = words.map(|(&c0, &word)| {
            // no overflow: both are below 2^30
            let value = (c0 + word) % q;
            f64::from(value) - if value > q / 2 { f64::from(q) } else { 0.0 }
        });
        let values = values.collect();
        message.zeroize();
        values
    }

    /// Makes the evaluation key for `request`; [`SeededSwitchingKey`] has its equation.
    pub(crate) fn switching_key(
        &self,
        request: KeyRequest,
        random: &mut Randomness,
    ) -> SeededSwitchingKey {
        let p = &self.parameters;
        let (level, basis) = (request.level, p.qp_basis(request.level));
        // t is s, or s under an automorphism
        let automorphism = match request.purpose {
            KeyPurpose::Relinearization => None,
            KeyPurpose::Galois(g) => Some(Permutation::new(g.inverse())),
        };
        let (seed, digits) = (random.public_seed(), p.digits(level));
        let errors: Vec<_> = (0..digits).map(|_| self.error(random)).collect();
        let gadgets: Vec<_> = (0..digits).map(|j| p.gadget(level, j)).collect();
        let mut b: Vec<_> = (0..digits).map(|_| Poly::zero(basis)).collect();
        // one modulus after the other, so that its limbs and the drawn residues stay in the cache
        let [mut t, mut mask] = [(); 2].map(|()| Zeroizing::new(vec![0; basis.degree()]));
        for (i, &index) in p.qp_indices(level).iter().enumerate() {
            let (sub_ring, s) = (basis.sub_ring(i), self.s.limb(index));
            match &automorphism {
                Some(permutation) => permutation.apply(s, &mut t),
                None => t.copy_from_slice(s),
            }
            sub_ring.to_montgomery_assign(&mut t);
            for (j, b) in b.iter_mut().enumerate() {
                let limb = b.limb_mut(i);
                sub_ring.small_residues(&errors[j], limb);
                sub_ring.forward(limb);
                uniform_limb(sub_ring, &seed, j as u32, &mut mask);
                match (gadgets[j][i], &automorphism) {
                    // the gadget is 0 modulo all moduli but the digit's own
                    (0, _) => {}
                    (gadget, Some(_)) => sub_ring.add_multiple_assign(limb, s, gadget),
                    // P g s^2 - a s = -(a - P g s) s
                    (gadget, None) => {
                        let negated = sub_ring.modulus().value() - gadget;
                        sub_ring.add_multiple_assign(&mut mask, s, negated);
                    }
                }
                sub_ring.sub_product_assign(limb, &mask, &t);
            }
        }
        SeededSwitchingKey { request, seed, b }
    }

    /// Draws an error polynomial.
    fn error(&self, random: &mut Randomness) -> SmallPoly {
        centred_binomial(self.parameters.degree(), &mut random.error)
    }

    /// Copies the key modulo some of the moduli; the caller wipes the copy.
    fn at(&self, indices: impl IntoIterator<Item = usize> + Clone) -> Poly<Ntt> {
        self.s.select(indices)
    }
}
