//! Sums of many products, reduced once: tensor products, products with encoded diagonals, and inner
//! products with switching keys. A vector of sums stays in registers from the first product to the
//! store.
//!
//! Relies on [`accumulator`](super::accumulator) and [`interleaved`](super::interleaved). Not for
//! sums over several automorphisms, which are in [`automorphism`](super::automorphism).
//!
//! Source: Montgomery's reduction of a sum of products (see [`Modulus`]).

use super::interleaved::{BLOCK, Interleaved};
use crate::{backend::dispatch, modulus::Modulus};

/// Two inner products that share one side: `w d + sum a_k b_k` and `w' d' + sum a_k c_k`.
///
/// All operands have the length of the output, a multiple of 32. Residues are in `[0, q)`.
/// [`FusedKernels::dual_inner_product`](crate::fused::FusedKernels::dual_inner_product) evaluates
/// it.
#[derive(Clone, Copy)]
pub struct DualInnerProduct<'a> {
    /// `[a_k, b_k, c_k]`. In each product one factor is in Montgomery form. The `a_k` may store one
    /// word for two equal residues, all of them or none; the `b_k` and `c_k` may not.
    pub terms: &'a [[Interleaved<'a>; 3]],
    /// `(d, w)` and `(d', w')`; `None` adds nothing.
    pub extra: [Option<(&'a [u32], u32)>; 2],
}

impl DualInnerProduct<'_> {
    /// Returns whether each word of an `a_k` stands for two residues.
    fn is_duplicated(&self) -> bool {
        self.terms.first().is_some_and(|[a, ..]| a.duplicated)
    }

    /// Checks that all operands have `n` residues, and that only the `a_k` are duplicated.
    fn expect_length(&self, n: usize) {
        let extra = self.extra.iter().flatten().map(|(d, _)| d.len());
        let terms = self.terms.iter().flatten().map(Interleaved::len);
        assert!(
            terms.chain(extra).all(|len| len == n) && n.is_multiple_of(BLOCK),
            "operands of {n} words"
        );
        let duplicated = self.is_duplicated();
        assert!(
            self.terms
                .iter()
                .all(|[a, b, c]| a.duplicated == duplicated && !b.duplicated && !c.duplicated),
            "only the shared operands may be duplicated, and then all of them"
        );
    }
}

dispatch! {
    /// `out = sum a_i b_i`.
    ///
    /// # Panics
    /// If the lengths differ or are not multiples of four vectors.
    pub(crate) fn inner_product(m: &Modulus, out: &mut [u32], terms: &[[&[u32]; 2]]);
    /// Writes both sums.
    ///
    /// # Panics
    /// If the lengths differ or are not multiples of 32, or operands are duplicated that may not
    /// be.
    pub(crate) fn dual_inner_product(
        m: &Modulus,
        out: [&mut [u32]; 2],
        sum: DualInnerProduct<'_>,
    );
}

mod generic {
    use super::{BLOCK, DualInnerProduct, Interleaved};
    use crate::{
        backend::Lanes,
        kernel::{
            accumulator::{INLINE_TERMS, PAIR, prefetch, reduce_accumulators},
            offsets::vectors,
            reduction::{Factor, Splat},
        },
        modulus::Modulus,
    };

    /// Vectors that the inner product computes at a time: a loop over many operands keeps as many
    /// sums in registers, so that it looks up the address of an operand once for all of them.
    const INNER: usize = 4;

    /// Returns the number of products that are added before a reduction: the headroom of two
    /// products is for the sum so far.
    #[inline(always)]
    fn headroom(m: &Modulus) -> usize {
        m.max_products() - 2
    }

    // No vector passes through a closure here: a closure that is not inlined is compiled without
    // the instruction set, and the loop is ten times slower.
    //
    // SAFETY (all functions of this module): the CPU has the instruction set of `L`; each offset
    // that `vectors` gives is followed by whole vectors, in slices of the asserted length.

    /// Reduces a sum below q, so that there is headroom for more products.
    #[inline(always)]
    unsafe fn reduce_sum<L: Lanes>(
        s: &Splat<L>,
        weights: &[Factor<L>; 2],
        sum: L::Wide,
    ) -> L::Wide {
        // SAFETY: as stated for the module.
        unsafe { L::wide_mul_add(L::wide_zero(), s.reduce_wide(weights, sum), L::splat(1)) }
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
            let (s, weights) = (Splat::<L>::new(m.q), Splat::word_weights(m));
            for i in vectors::<L, INNER>(n) {
                let mut sums = [L::wide_zero(); INNER];
                for (j, terms) in terms.chunks(headroom(m)).enumerate() {
                    if j > 0 {
                        for sum in &mut sums {
                            *sum = reduce_sum(&s, &weights, *sum);
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
                    L::store(at, s.reduce_wide(&weights, sum));
                }
            }
        }
    }

    /// Returns the number of products that are added before a Montgomery reduction: the headroom of
    /// two products is for the sum so far.
    #[inline(always)]
    fn montgomery_headroom(m: &Modulus) -> usize {
        m.max_montgomery_products() - 2
    }

    /// Pointers to the present block of the operands of each term.
    struct Operands {
        /// Up to `INLINE_TERMS` terms; more of them are in `spilled`.
        inline: [[*const u32; 3]; INLINE_TERMS],
        spilled: Vec<[*const u32; 3]>,
        count: usize,
    }

    impl Operands {
        fn new(sum: &DualInnerProduct<'_>) -> Self {
            let (mut inline, mut spilled) = ([[std::ptr::null(); 3]; INLINE_TERMS], Vec::new());
            let start = |term: &[Interleaved<'_>; 3]| term.map(|operand| operand.words.as_ptr());
            if sum.terms.len() > INLINE_TERMS {
                spilled.extend(sum.terms.iter().map(start));
            } else {
                for (at, term) in inline.iter_mut().zip(sum.terms) {
                    *at = start(term);
                }
            }
            let count = sum.terms.len();
            Self {
                inline,
                spilled,
                count,
            }
        }

        #[inline(always)]
        fn all(&self) -> &[[*const u32; 3]] {
            if self.count > INLINE_TERMS {
                &self.spilled
            } else {
                &self.inline[..self.count]
            }
        }

        /// Advances to the next block of each operand.
        #[inline(always)]
        fn advance(&mut self, sum: &DualInnerProduct<'_>) {
            let all = if self.count > INLINE_TERMS {
                &mut self.spilled[..]
            } else {
                &mut self.inline[..self.count]
            };
            for (at, term) in all.iter_mut().zip(sum.terms) {
                for (at, operand) in at.iter_mut().zip(term) {
                    // nothing is read past the last block
                    *at = at.wrapping_add(operand.stride);
                    // interleaved operands are read once in an evaluation, from main memory
                    if operand.stride > BLOCK {
                        prefetch(*at, operand.stride);
                    }
                }
            }
        }
    }

    /// The constants of two sums.
    struct Sums<'a, L: Lanes> {
        modulus: &'a Modulus,
        splat: Splat<L>,
        inverse: L::V,
        headroom: usize,
        extra: [Option<(*const u32, L::V)>; 2],
    }

    impl<'a, L: Lanes> Sums<'a, L> {
        #[inline(always)]
        unsafe fn new(m: &'a Modulus, sum: &DualInnerProduct<'_>) -> Self {
            // SAFETY: as stated for the module.
            unsafe {
                let mut extra = [None; 2];
                for (splatted, extra) in extra.iter_mut().zip(&sum.extra) {
                    if let Some((d, w)) = extra {
                        *splatted = Some((d.as_ptr(), L::splat(m.mul(*w, m.high.w))));
                    }
                }
                Self {
                    modulus: m,
                    splat: Splat::new(m.q),
                    inverse: L::splat(m.inverse),
                    headroom: montgomery_headroom(m),
                    extra,
                }
            }
        }

        /// Returns the reduced sums of `PAIR` vectors: those at word `i` of the output, which is
        /// word `within` of the present block of the operands.
        #[inline(always)]
        unsafe fn at<const DUPLICATED: bool>(
            &self,
            operands: &Operands,
            i: usize,
            within: usize,
        ) -> [[L::V; 2]; PAIR] {
            // SAFETY: as stated for the module.
            unsafe {
                let (s, inverse) = (&self.splat, self.inverse);
                let mut sums = [[L::wide_zero(); 2]; PAIR];
                for (side, extra) in self.extra.iter().enumerate() {
                    if let Some((d, w)) = extra {
                        for (k, sum) in sums.iter_mut().enumerate() {
                            let d = L::load(d.add(i + k * L::LANES));
                            sum[side] = L::wide_mul_add(sum[side], d, L::reread(w));
                        }
                    }
                }
                for (j, operands) in operands.all().chunks(self.headroom).enumerate() {
                    if j > 0 {
                        sums = reduce_accumulators(self.modulus, s, inverse, sums);
                    }
                    for [a, b, c] in operands {
                        for (k, [first, second]) in sums.iter_mut().enumerate() {
                            let at = within + k * L::LANES;
                            let a = if DUPLICATED {
                                L::load_duplicated(a.add(at / 2))
                            } else {
                                L::load(a.add(at))
                            };
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
                    *v = s.montgomery(inverse, *sum);
                }
                reduced
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn dual_inner_product<L: Lanes>(
        m: &Modulus,
        out: [&mut [u32]; 2],
        sum: DualInnerProduct<'_>,
    ) {
        let n = out[0].len();
        assert_eq!(out[1].len(), n);
        sum.expect_length(n);
        // SAFETY: by the caller's contract.
        unsafe {
            if sum.is_duplicated() {
                dual_inner_product_in::<L, true>(m, out, &sum);
            } else {
                dual_inner_product_in::<L, false>(m, out, &sum);
            }
        }
    }

    #[inline(always)]
    unsafe fn dual_inner_product_in<L: Lanes, const DUPLICATED: bool>(
        m: &Modulus,
        out: [&mut [u32]; 2],
        sum: &DualInnerProduct<'_>,
    ) {
        let n = out[0].len();
        let out = out.map(|out| out.as_mut_ptr());
        // SAFETY: as stated for the module.
        unsafe {
            let (sums, mut operands) = (Sums::<L>::new(m, sum), Operands::new(sum));
            for block in (0..n).step_by(BLOCK) {
                for within in vectors::<L, PAIR>(BLOCK) {
                    let i = block + within;
                    let pairs = sums.at::<DUPLICATED>(&operands, i, within);
                    for (k, pair) in pairs.into_iter().enumerate() {
                        for (out, v) in out.into_iter().zip(pair) {
                            L::store(out.add(i + k * L::LANES), v);
                        }
                    }
                }
                operands.advance(sum);
            }
        }
    }
}
