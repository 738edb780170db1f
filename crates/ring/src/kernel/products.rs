//! Sums of many products in 64-bit lanes, reduced once: tensor products, products with encoded
//! diagonals, and inner products with switching keys, followed by the automorphism where there is
//! one. A vector of sums stays in registers from the first product to the store at its place.

use crate::{Modulus, Permutation, backend::dispatch};

/// Words that lie together of each of several operands: a multiple of what any kernel reads at once.
const RUN: usize = 32;

/// Residues in runs of 32 words, the runs some way apart: of operands that are always read together,
/// the runs can lie side by side, so that memory is read in one stream ([`side_by_side`]).
#[derive(Clone, Copy)]
pub struct Runs<'a> {
    words: &'a [u32],
    stride: usize,
}

/// Lays operands of the same length out in runs, side by side.
///
/// # Panics
/// If the lengths differ or are no multiple of 32.
pub fn side_by_side(operands: &[&[u32]]) -> Vec<u32> {
    let n = operands.first().map_or(0, |first| first.len());
    assert!(operands.iter().all(|words| words.len() == n) && n.is_multiple_of(RUN));
    let mut out = Vec::with_capacity(n * operands.len());
    for at in (0..n).step_by(RUN) {
        for words in operands {
            out.extend_from_slice(&words[at..at + RUN]);
        }
    }
    out
}

impl<'a> Runs<'a> {
    /// Operand `k` of `count` that lie side by side.
    ///
    /// # Panics
    /// If `k` is not below `count`, or the words are not whole runs of each.
    pub fn of(words: &'a [u32], k: usize, count: usize) -> Self {
        assert!(k < count && words.len().is_multiple_of(count * RUN));
        Self {
            words: &words[k * RUN..],
            stride: count * RUN,
        }
    }

    /// Number of residues.
    fn len(&self) -> usize {
        self.words.len().div_ceil(self.stride) * RUN
    }

    /// Residues from `at` on, `len` of them, both multiples of 32.
    ///
    /// # Panics
    /// If there are fewer.
    pub fn part(&self, at: usize, len: usize) -> Self {
        assert!(at.is_multiple_of(RUN) && len.is_multiple_of(RUN) && len > 0);
        let start = at / RUN * self.stride;
        let end = start + (len / RUN - 1) * self.stride + RUN;
        Self {
            words: &self.words[start..end],
            stride: self.stride,
        }
    }
}

impl<'a> From<&'a [u32]> for Runs<'a> {
    fn from(words: &'a [u32]) -> Self {
        Self { words, stride: RUN }
    }
}

/// `w d + sum a_k b_k` and `w' d' + sum a_k c_k`: two inner products that share a side.
#[derive(Clone, Copy)]
pub struct PairSum<'a> {
    /// `[a_k, b_k, c_k]`.
    pub terms: &'a [[Runs<'a>; 3]],
    /// `(d, w)` and `(d', w')` where there are such.
    pub extra: [Option<(&'a [u32], u32)>; 2],
}

impl PairSum<'_> {
    fn expect_length(&self, n: usize) {
        let extra = self.extra.iter().flatten().map(|(d, _)| d.len());
        let terms = self.terms.iter().flatten().map(Runs::len);
        assert!(
            terms.chain(extra).all(|len| len == n) && n.is_multiple_of(RUN),
            "operands of {n} words"
        );
    }
}

dispatch! {
    /// `out = sum a_i b_i`.
    fn inner_product(m: &Modulus, out: &mut [u32], terms: &[[&[u32]; 2]]);
    /// Both sums.
    fn pair_sum(m: &Modulus, out: [&mut [u32]; 2], sum: PairSum<'_>);
    /// The image of both sums under an automorphism.
    fn pair_sum_image(m: &Modulus, out: [&mut [u32]; 2], sum: PairSum<'_>, to: &Permutation);
    /// Adds the image of both sums under an automorphism to what is there.
    fn add_pair_sum_image(m: &Modulus, out: [&mut [u32]; 2], sum: PairSum<'_>, to: &Permutation);
}

mod generic {
    use super::{super::Splat, PairSum, RUN};
    use crate::{Modulus, Permutation, backend::Lanes};

    /// Vectors at a time: loops over many operands keep as many sums in registers, so that an
    /// operand's address is looked up once for all of them.
    const INNER: usize = 4;
    const PAIR: usize = 2;

    /// The offset of each `K` vectors in `len` words.
    #[inline(always)]
    fn blocks<L: Lanes, const K: usize>(len: usize) -> impl Iterator<Item = usize> {
        assert_eq!(len % (K * L::LANES), 0, "whole blocks");
        (0..len).step_by(K * L::LANES)
    }

    /// How many products are added before a reduction: two places are for what was there before.
    #[inline(always)]
    fn room(m: &Modulus) -> usize {
        m.max_products() - 2
    }

    // No vector passes through a closure here: one that is not inlined is compiled without the
    // instruction set, and the loop is ten times slower.
    //
    // SAFETY (all functions of this module): the CPU has the instruction set of `L`; each offset
    // that `blocks` gives leaves room for its vectors in slices of the asserted length.

    /// A sum made small, so that there is room for more products.
    #[inline(always)]
    unsafe fn carry<L: Lanes>(s: &Splat<L>, m: &Modulus, sum: L::Wide) -> L::Wide {
        // SAFETY: as stated for the module.
        unsafe { L::wide_mul_add(L::wide_zero(), s.reduce_wide(m, sum), L::splat(1)) }
    }

    #[inline(always)]
    pub(super) unsafe fn inner_product<L: Lanes>(
        m: &Modulus,
        out: &mut [u32],
        terms: &[[&[u32]; 2]],
    ) {
        let n = out.len();
        assert!(terms.iter().flatten().all(|t| t.len() == n));
        // SAFETY: as stated for the module.
        unsafe {
            let s = Splat::<L>::new(m.q);
            for i in blocks::<L, INNER>(n) {
                let mut sums = [L::wide_zero(); INNER];
                for (j, terms) in terms.chunks(room(m)).enumerate() {
                    if j > 0 {
                        for sum in &mut sums {
                            *sum = carry(&s, m, *sum);
                        }
                    }
                    for [a, b] in terms {
                        for (k, sum) in sums.iter_mut().enumerate() {
                            let at = i + k * L::LANES;
                            let a = L::load(a.as_ptr().add(at));
                            *sum = L::wide_mul_add(*sum, a, L::load(b.as_ptr().add(at)));
                        }
                    }
                }
                for (k, sum) in sums.into_iter().enumerate() {
                    let at = out.as_mut_ptr().add(i + k * L::LANES);
                    L::store(at, s.reduce_wide(m, sum));
                }
            }
        }
    }

    /// The sums of `PAIR` vectors at word `i`, reduced.
    #[inline(always)]
    unsafe fn sums_at<L: Lanes>(
        s: &Splat<L>,
        m: &Modulus,
        sum: &PairSum<'_>,
        i: usize,
    ) -> [[L::V; 2]; PAIR] {
        // SAFETY: as stated for the module.
        unsafe {
            let mut sums = [[L::wide_zero(); 2]; PAIR];
            for (side, extra) in sum.extra.iter().enumerate() {
                if let Some((d, w)) = extra {
                    for (k, sum) in sums.iter_mut().enumerate() {
                        let d = L::load(d.as_ptr().add(i + k * L::LANES));
                        sum[side] = L::wide_mul_add(sum[side], d, L::splat(*w));
                    }
                }
            }
            for (j, terms) in sum.terms.chunks(room(m)).enumerate() {
                if j > 0 {
                    for sum in sums.as_flattened_mut() {
                        *sum = carry(s, m, *sum);
                    }
                }
                for operands in terms {
                    // the block at `i` is within a run
                    let [a, b, c] = [0, 1, 2].map(|j| {
                        let runs = &operands[j];
                        runs.words.as_ptr().add(i / RUN * runs.stride + i % RUN)
                    });
                    for (k, [first, second]) in sums.iter_mut().enumerate() {
                        let at = k * L::LANES;
                        let a = L::load(a.add(at));
                        *first = L::wide_mul_add(*first, a, L::load(b.add(at)));
                        *second = L::wide_mul_add(*second, a, L::load(c.add(at)));
                    }
                }
            }
            let mut reduced = [[L::splat(0); 2]; PAIR];
            for (v, sum) in reduced
                .as_flattened_mut()
                .iter_mut()
                .zip(sums.as_flattened())
            {
                *v = s.reduce_wide(m, *sum);
            }
            reduced
        }
    }

    #[inline(always)]
    pub(super) unsafe fn pair_sum<L: Lanes>(m: &Modulus, out: [&mut [u32]; 2], sum: PairSum<'_>) {
        let n = out[0].len();
        assert_eq!(out[1].len(), n);
        sum.expect_length(n);
        let out = out.map(|out| out.as_mut_ptr());
        // SAFETY: as stated for the module.
        unsafe {
            let s = Splat::<L>::new(m.q);
            for i in blocks::<L, PAIR>(n) {
                for (k, pair) in sums_at::<L>(&s, m, &sum, i).into_iter().enumerate() {
                    for (out, v) in out.into_iter().zip(pair) {
                        L::store(out.add(i + k * L::LANES), v);
                    }
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn image<L: Lanes, const ADD: bool>(
        m: &Modulus,
        out: [&mut [u32]; 2],
        sum: PairSum<'_>,
        to: &Permutation,
    ) {
        let n = out[0].len();
        assert!(out[1].len() == n && to.target.len() == n);
        sum.expect_length(n);
        let out = out.map(|out| out.as_mut_ptr());
        // SAFETY: as stated for the module; a permutation maps whole vectors onto whole vectors
        // (see `Permutation`), so that `target`, rounded down to a vector, leaves room for one.
        unsafe {
            let s = Splat::<L>::new(m.q);
            for i in blocks::<L, PAIR>(n) {
                for (k, pair) in sums_at::<L>(&s, m, &sum, i).into_iter().enumerate() {
                    let target = *to.target.get_unchecked(i + k * L::LANES) as usize;
                    let target = target & !(L::LANES - 1);
                    let lanes = L::load(to.source.as_ptr().add(target));
                    for (out, v) in out.into_iter().zip(pair) {
                        let (at, mut v) = (out.add(target), L::shuffle(v, lanes));
                        if ADD {
                            v = s.canonical(L::add(L::load(at), v));
                        }
                        L::store(at, v);
                    }
                }
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn pair_sum_image<L: Lanes>(
        m: &Modulus,
        out: [&mut [u32]; 2],
        sum: PairSum<'_>,
        to: &Permutation,
    ) {
        // SAFETY: as stated for the module.
        unsafe { image::<L, false>(m, out, sum, to) }
    }

    #[inline(always)]
    pub(super) unsafe fn add_pair_sum_image<L: Lanes>(
        m: &Modulus,
        out: [&mut [u32]; 2],
        sum: PairSum<'_>,
        to: &Permutation,
    ) {
        // SAFETY: as stated for the module.
        unsafe { image::<L, true>(m, out, sum, to) }
    }
}
