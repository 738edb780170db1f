//! The secret key, and what is done with it.

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

/// A uniform ternary polynomial `s`.
///
/// It cannot be printed, copied, compared, serialised or sent (`tests/compile_fail` tries), and it is
/// wiped when dropped.
pub struct SecretKey {
    /// Over all moduli, special ones last.
    s: Poly<Ntt>,
    parameters: Parameters,
}

impl Drop for SecretKey {
    fn drop(&mut self) {
        self.s.zeroize();
    }
}

impl SecretKey {
    /// A fresh key.
    pub(crate) fn generate(parameters: &Parameters, random: &mut Randomness) -> Self {
        let small = ternary(parameters.degree(), &mut random.secret);
        let basis = parameters.qp_basis(parameters.max_level());
        Self {
            s: Poly::from_small(basis, &small).into_ntt(),
            parameters: parameters.clone(),
        }
    }

    /// A fresh encryption of an encoded polynomial over `q_0 .. q_l`: `c_0 = -a s + e + m`, with
    /// `c_1 = a` uniform, drawn from a seed.
    pub(crate) fn encrypt(
        &self,
        message: Poly<Coeff>,
        scale: f64,
        random: &mut Randomness,
    ) -> SeededCiphertext {
        let seed = random.public_seed();
        let basis = message.basis().clone();
        let mut masked = message;
        masked.add_assign(&Poly::from_small(&basis, &self.error(random)));
        let mut c0 = masked.into_ntt();
        // the mask is public; what it is multiplied with is nowhere but in the difference
        let mut mask = vec![0; basis.degree()];
        for (i, limb) in c0.limbs_mut().enumerate() {
            let table = basis.sub_ring(i);
            uniform_limb(table, &seed, 0, &mut mask);
            table.to_montgomery_assign(&mut mask);
            table.sub_product_assign(limb, &mask, self.s.limb(i));
        }
        SeededCiphertext { c0, seed, scale }
    }

    /// `c_0 + c_1 s`: the encoded message and its error.
    pub(crate) fn decrypt(&self, ciphertext: &Ciphertext) -> Poly<Coeff> {
        let [c0, c1] = ciphertext.polys();
        let mut message = self.at(0..c0.basis().len());
        message.mul_assign(c1);
        message.add_assign(c0);
        message.into_coeff()
    }

    /// The coefficients that an extract has, centred: encoded values and their errors.
    pub(crate) fn read(&self, extract: &TruncatedCiphertext) -> Vec<f64> {
        let mut message = self.at(0..1);
        message.mul_assign(extract.c1());
        let mut message = message.into_coeff();
        let q = message.basis().modulus(0).value();
        let words = extract.c0().iter().zip(message.limb(0));
        let values = words.map(|(&c0, &word)| {
            // neither reaches 2^30
            let value = (c0 + word) % q;
            f64::from(value) - if value > q / 2 { f64::from(q) } else { 0.0 }
        });
        let values = values.collect();
        message.zeroize();
        values
    }

    /// The evaluation key for `request`; see [`SeededSwitchingKey`] for its equation.
    pub(crate) fn switching_key(
        &self,
        request: KeyRequest,
        random: &mut Randomness,
    ) -> SeededSwitchingKey {
        let p = &self.parameters;
        let (level, basis) = (request.level, p.qp_basis(request.level));
        // from s to t: the identity or an automorphism
        let to = match request.purpose {
            KeyPurpose::Relinearization => None,
            KeyPurpose::Galois(g) => Some(Permutation::new(g.inverse())),
        };
        let (seed, digits) = (random.public_seed(), p.digits(level));
        let errors: Vec<_> = (0..digits).map(|_| self.error(random)).collect();
        let gadgets: Vec<_> = (0..digits).map(|j| p.gadget(level, j)).collect();
        let mut b: Vec<_> = (0..digits).map(|_| Poly::zero(basis)).collect();
        // one modulus after the other, so that they and what is drawn stay in the cache
        let [mut t, mut mask] = [(); 2].map(|()| Zeroizing::new(vec![0; basis.degree()]));
        for (i, &place) in p.qp_indices(level).iter().enumerate() {
            let (table, s) = (basis.sub_ring(i), self.s.limb(place));
            match &to {
                Some(permutation) => permutation.apply(s, &mut t),
                None => t.copy_from_slice(s),
            }
            table.to_montgomery_assign(&mut t);
            for (j, b) in b.iter_mut().enumerate() {
                let limb = b.limb_mut(i);
                table.small_residues(&errors[j], limb);
                table.forward(limb);
                uniform_limb(table, &seed, j as u32, &mut mask);
                match (gadgets[j][i], &to) {
                    // modulo all moduli but the digit's own
                    (0, _) => {}
                    (gadget, Some(_)) => table.add_multiple_assign(limb, s, gadget),
                    // P g s^2 - a s = -(a - P g s) s
                    (gadget, None) => {
                        let minus = table.modulus().value() - gadget;
                        table.add_multiple_assign(&mut mask, s, minus);
                    }
                }
                table.sub_product_assign(limb, &mask, &t);
            }
        }
        SeededSwitchingKey { request, seed, b }
    }

    fn error(&self, random: &mut Randomness) -> SmallPoly {
        centred_binomial(self.parameters.degree(), &mut random.error)
    }

    /// The key modulo some of the moduli; the caller wipes it.
    fn at(&self, indices: impl IntoIterator<Item = usize> + Clone) -> Poly<Ntt> {
        self.s.select(indices)
    }
}
