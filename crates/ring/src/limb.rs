//! Operations on one residue polynomial, for callers that work limb by limb so that what is between
//! the steps stays in the cache. All residues are canonical, in and out.

use crate::{
    NttTable, Permutation,
    kernel::{pointwise, products},
};

pub use products::{PairSum, Runs};

impl NttTable {
    /// Residues of operands that are always multiplied together, laid out for [`Runs::of`].
    ///
    /// # Panics
    /// If the lengths differ or are no multiple of 32.
    pub fn prepare(&self, operands: &[&[u32]]) -> Vec<u32> {
        products::prepare(self.backend(), self.modulus(), operands)
    }

    /// `a *= w`.
    pub fn mul_constant_assign(&self, a: &mut [u32], w: u32) {
        let w = self.modulus().shoup(w);
        pointwise::mul_constant_assign(self.backend(), self.modulus(), a, w);
    }

    /// `out = X^(N/2) input` in the NTT domain: what the imaginary unit does to every slot of CKKS.
    ///
    /// # Panics
    /// If a length is not N.
    pub fn turn(&self, input: &[u32], out: &mut [u32]) {
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
    /// If the lengths differ.
    pub fn pair_sum(&self, out: [&mut [u32]; 2], sum: PairSum<'_>) {
        products::pair_sum(self.backend(), self.modulus(), out, sum);
    }

    /// Writes the image of both sums under an automorphism.
    ///
    /// # Panics
    /// If a length is not N.
    pub fn pair_sum_image(&self, out: [&mut [u32]; 2], sum: PairSum<'_>, to: &Permutation) {
        products::pair_sum_image(self.backend(), self.modulus(), out, sum, to);
    }

    /// Adds the image of both sums under an automorphism.
    ///
    /// # Panics
    /// If a length is not N.
    pub fn add_pair_sum_image(&self, out: [&mut [u32]; 2], sum: PairSum<'_>, to: &Permutation) {
        products::add_pair_sum_image(self.backend(), self.modulus(), out, sum, to);
    }
}
