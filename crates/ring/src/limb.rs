//! Operations on one residue polynomial, for callers that work limb by limb so that what is between
//! the steps stays in the cache. All residues are canonical, in and out.

use crate::{
    NttTable, Permutation,
    kernel::{pointwise, products},
};

pub use products::{PairSum, Runs, side_by_side};

impl NttTable {
    /// `a *= w`.
    pub fn mul_constant_assign(&self, a: &mut [u32], w: u32) {
        let w = self.modulus().shoup(w);
        pointwise::mul_constant_assign(self.backend(), self.modulus(), a, w);
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
