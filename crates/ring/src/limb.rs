//! Operations on one residue polynomial, for callers that work limb by limb so that what is between
//! the steps stays in the cache. All residues are canonical, in and out.

use crate::{
    Permutation, SmallPoly, SubRing,
    kernel::{automorphism, pointwise, products},
};

pub use crate::kernel::interleaved::{Interleaved, InterleavedOperands};
pub use automorphism::AutomorphismInnerProduct;
pub use products::DualInnerProduct;

impl SubRing {
    /// Residues of operands that are always multiplied together, laid out for it.
    ///
    /// # Panics
    /// If the lengths differ or are no multiple of 32.
    pub fn interleave(&self, operands: &[&[u32]]) -> InterleavedOperands {
        InterleavedOperands::new(self.backend(), self.modulus(), operands)
    }

    /// The same for factors that the two sums of [`SubRing::dual_inner_product`] share: values of polynomials in X^2, which
    /// come in equal pairs, take half the words.
    ///
    /// # Panics
    /// As there.
    pub fn interleave_weights(&self, operands: &[&[u32]]) -> InterleavedOperands {
        InterleavedOperands::weights(self.backend(), self.modulus(), operands)
    }

    /// Residues of small signed coefficients, without a branch on their values.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn small_residues(&self, small: &SmallPoly, out: &mut [u32]) {
        let (q, small) = (self.modulus().value() as i32, small.coefficients());
        assert_eq!(small.len(), out.len(), "coefficients and degree");
        for (x, &v) in out.iter_mut().zip(small) {
            let v = i32::from(v);
            // add q where v is negative: the arithmetic shift is all ones there
            *x = (v + ((v >> 31) & q)) as u32;
        }
    }

    /// `a *= w`.
    pub fn mul_constant_assign(&self, a: &mut [u32], w: u32) {
        let w = self.modulus().shoup(w);
        pointwise::mul_constant_assign(self.backend(), self.modulus(), a, w);
    }

    /// `a += w b`.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn add_multiple_assign(&self, a: &mut [u32], b: &[u32], w: u32) {
        let w = self.modulus().shoup(w);
        pointwise::add_multiple_assign(self.backend(), self.modulus(), a, b, w);
    }

    /// Times 2^32, as [`SubRing::sub_product_assign`] wants one of the factors.
    pub fn to_montgomery_assign(&self, a: &mut [u32]) {
        let high = self.modulus().high;
        pointwise::mul_constant_assign(self.backend(), self.modulus(), a, high);
    }

    /// `a -= b c`, where one of the factors is given times 2^32.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn sub_product_assign(&self, a: &mut [u32], b: &[u32], c: &[u32]) {
        pointwise::sub_product_assign(self.backend(), self.modulus(), a, b, c);
    }

    /// `out = X^(N/2) input` in the NTT domain: what the imaginary unit does to every slot of CKKS.
    ///
    /// # Panics
    /// If a length is not N.
    pub fn mul_by_i(&self, input: &[u32], out: &mut [u32]) {
        assert!(input.len() == self.degree() && out.len() == self.degree());
        out.copy_from_slice(input);
        // value i is at psi^e, e = 2 bitrev(i) + 1: in the first half e = 1 mod 4, and psi^(e N/2) is
        // the root of -1 that psi^(N/2) is; in the second e = 3 mod 4, and it is the other one
        let (m, unit) = (self.modulus(), self.forward.w[1]);
        let (first, second) = out.split_at_mut(self.degree() / 2);
        pointwise::mul_constant_assign(self.backend(), m, first, m.shoup(unit));
        pointwise::mul_constant_assign(self.backend(), m, second, m.shoup(m.sub(0, unit)));
    }

    /// `out = sum a_k b_k` for terms `[a_k, b_k]`.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn inner_product(&self, out: &mut [u32], terms: &[[&[u32]; 2]]) {
        products::inner_product(self.backend(), self.modulus(), out, terms);
    }

    /// Writes both sums.
    ///
    /// # Panics
    /// If the lengths differ, or words are duplicated that may not be.
    pub fn dual_inner_product(&self, out: [&mut [u32]; 2], sum: DualInnerProduct<'_>) {
        products::dual_inner_product(self.backend(), self.modulus(), out, sum);
    }

    /// For [`SubRing::automorphism_inner_products`]: the image of `w d + sum a_k b_k` and of `sum a_k c_k`. The terms are `a_k`, and
    /// the automorphism of `b_k` and `c_k`, prepared; `own` is `(d, w)`.
    pub fn automorphism_inner_product<'a>(
        &self,
        terms: Vec<(&'a [u32], [Interleaved<'a>; 2])>,
        own: Option<(&'a [u32], u32)>,
        permutation: &'a Permutation,
    ) -> AutomorphismInnerProduct<'a> {
        let m = self.modulus();
        AutomorphismInnerProduct {
            terms,
            own: own.map(|(d, w)| (d, m.mul(w, m.high.w))),
            permutation,
        }
    }

    /// Words from `at` on, as many as there is room for, of both sums of all automorphism. They are added to what is
    /// there if `add`, and else written.
    ///
    /// # Panics
    /// If an operand is not N words long, or at and length are not multiples of 32.
    pub fn automorphism_inner_products(
        &self,
        out: [&mut [u32]; 2],
        at: usize,
        automorphism: &[AutomorphismInnerProduct<'_>],
        add: bool,
    ) {
        automorphism::automorphism_inner_products(
            self.backend(),
            self.modulus(),
            out,
            at,
            automorphism,
            add,
        );
    }
}
