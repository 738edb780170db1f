//! Sums of many products in 64-bit lanes, reduced once: tensor products, products with encoded
//! diagonals, and inner products with switching keys. A vector of sums stays in registers from the first
//! product to the store.
//!
//! What is multiplied often, keys and diagonals, is prepared (`runs.rs`).

use super::interleaved::{Interleaved, RUN};
use crate::{Modulus, backend::dispatch};

/// `w d + sum a_k b_k` and `w' d' + sum a_k c_k`: two inner products that share a side.
#[derive(Clone, Copy)]
pub struct DualInnerProduct<'a> {
    /// `[a_k, b_k, c_k]`; of each product one factor is prepared, and that may be the duplicated words of weights
    /// if it is `a_k`, then in each term.
    pub terms: &'a [[Interleaved<'a>; 3]],
    /// `(d, w)` and `(d', w')` where there are such.
    pub extra: [Option<(&'a [u32], u32)>; 2],
}

impl DualInnerProduct<'_> {
    /// Whether each word of an `a_k` stands for two residues.
    fn is_doubled(&self) -> bool {
        self.terms.first().is_some_and(|[a, ..]| a.duplicated)
    }

    fn expect_length(&self, n: usize) {
        let extra = self.extra.iter().flatten().map(|(d, _)| d.len());
        let terms = self.terms.iter().flatten().map(Interleaved::len);
        assert!(
            terms.chain(extra).all(|len| len == n) && n.is_multiple_of(RUN),
            "operands of {n} words"
        );
        let duplicated = self.is_doubled();
        assert!(
            self.terms
                .iter()
                .all(|[a, b, c]| a.duplicated == duplicated && !b.duplicated && !c.duplicated),
            "only what both sums share may be duplicated, and then all of it"
        );
    }
}

dispatch! {
    /// `out = sum a_i b_i`.
    fn inner_product(m: &Modulus, out: &mut [u32], terms: &[[&[u32]; 2]]);
    /// Both sums.
    fn dual_inner_product(m: &Modulus, out: [&mut [u32]; 2], sum: DualInnerProduct<'_>);
}

pub(super) mod generic {
    use super::{
        super::{Factor, Splat},
        DualInnerProduct, Interleaved, RUN,
    };
    use crate::{
        Modulus,
        backend::{Lanes, prefetch_run},
    };

    /// Vectors at a time: loops over many operands keep as many sums in registers, so that an
    /// operand's address is looked up once for all of them.
    const INNER: usize = 4;
    pub(in crate::kernel) const PAIR: usize = 2;

    /// The offset of each `K` vectors in `len` words.
    #[inline(always)]
    pub(in crate::kernel) fn blocks<L: Lanes, const K: usize>(
        len: usize,
    ) -> impl Iterator<Item = usize> {
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
    unsafe fn carry<L: Lanes>(s: &Splat<L>, words: &[Factor<L>; 2], sum: L::Wide) -> L::Wide {
        // SAFETY: as stated for the module.
        unsafe { L::wide_mul_add(L::wide_zero(), s.reduce_wide(words, sum), L::splat(1)) }
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
            let (s, words) = (Splat::<L>::new(m.q), Splat::words(m));
            for i in blocks::<L, INNER>(n) {
                let mut sums = [L::wide_zero(); INNER];
                for (j, terms) in terms.chunks(room(m)).enumerate() {
                    if j > 0 {
                        for sum in &mut sums {
                            *sum = carry(&s, &words, *sum);
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
                    L::store(at, s.reduce_wide(&words, sum));
                }
            }
        }
    }

    /// How many products are added before a Montgomery reduction: two places are for what was there
    /// before.
    #[inline(always)]
    fn montgomery_room(m: &Modulus) -> usize {
        m.max_montgomery_products() - 2
    }

    /// The residue that a sum of products with prepared factors stands for.
    #[inline(always)]
    pub(in crate::kernel) unsafe fn montgomery<L: Lanes>(
        s: &Splat<L>,
        inverse: L::V,
        sum: L::Wide,
    ) -> L::V {
        // SAFETY: as stated for the module.
        unsafe {
            let v = L::wide_montgomery(sum, inverse, &s.q);
            // of v and v + q, the one that is not negative is the smaller word
            L::min(v, L::add(v, s.q))
        }
    }

    /// The sums made small, one product each, so that there is room for more. No loop goes through them: what
    /// a loop that is not unrolled goes through lies in memory, before it and behind it as well.
    #[inline(always)]
    pub(in crate::kernel) unsafe fn reduce_accumulators<L: Lanes>(
        m: &Modulus,
        s: &Splat<L>,
        inverse: L::V,
        [[a, b], [c, d]]: [[L::Wide; 2]; PAIR],
    ) -> [[L::Wide; 2]; PAIR] {
        // SAFETY: as stated for the module.
        unsafe {
            let [a, b] = [
                montgomery_carry(m, s, inverse, a),
                montgomery_carry(m, s, inverse, b),
            ];
            let [c, d] = [
                montgomery_carry(m, s, inverse, c),
                montgomery_carry(m, s, inverse, d),
            ];
            [[a, b], [c, d]]
        }
    }

    #[inline(always)]
    unsafe fn montgomery_carry<L: Lanes>(
        m: &Modulus,
        s: &Splat<L>,
        inverse: L::V,
        sum: L::Wide,
    ) -> L::Wide {
        // SAFETY: as stated for the module.
        unsafe {
            let v = montgomery(s, inverse, sum);
            L::wide_mul_add(L::wide_zero(), v, L::splat(m.high.w))
        }
    }

    /// Where the operands of each term are: a few in place, more of them elsewhere.
    struct Operands {
        few: [[*const u32; 3]; FEW],
        more: Vec<[*const u32; 3]>,
        count: usize,
    }

    pub(in crate::kernel) const FEW: usize = 16;
    /// How many runs ahead of its use memory is asked for. Twice, since a processor forgets what it is asked for
    /// while it waits for much else.
    const PREFETCH_DISTANCE: [usize; 2] = [16, 4];

    /// Asks for memory that will be read soon, given the present run and how far the next is.
    #[inline(always)]
    pub(in crate::kernel) fn prefetch(at: *const u32, stride: usize) {
        for runs in PREFETCH_DISTANCE {
            prefetch_run(at.wrapping_add(runs * stride));
        }
    }

    impl Operands {
        fn new(sum: &DualInnerProduct<'_>) -> Self {
            let (mut few, mut more) = ([[std::ptr::null(); 3]; FEW], Vec::new());
            let start = |term: &[Interleaved<'_>; 3]| term.map(|runs| runs.words.as_ptr());
            if sum.terms.len() > FEW {
                more.extend(sum.terms.iter().map(start));
            } else {
                for (at, term) in few.iter_mut().zip(sum.terms) {
                    *at = start(term);
                }
            }
            let count = sum.terms.len();
            Self { few, more, count }
        }

        #[inline(always)]
        fn all(&self) -> &[[*const u32; 3]] {
            if self.count > FEW {
                &self.more
            } else {
                &self.few[..self.count]
            }
        }

        /// On to the next run of each.
        #[inline(always)]
        fn advance(&mut self, sum: &DualInnerProduct<'_>) {
            let all = if self.count > FEW {
                &mut self.more[..]
            } else {
                &mut self.few[..self.count]
            };
            for (at, term) in all.iter_mut().zip(sum.terms) {
                for (at, runs) in at.iter_mut().zip(term) {
                    // past the last run nothing is read
                    *at = at.wrapping_add(runs.stride);
                    // what was prepared is read once an evaluation, from far away
                    if runs.stride > RUN {
                        prefetch(*at, runs.stride);
                    }
                }
            }
        }
    }

    /// What does not change from one vector of a pair of sums to the next.
    struct Sums<'a, L: Lanes> {
        modulus: &'a Modulus,
        splat: Splat<L>,
        inverse: L::V,
        room: usize,
        extra: [Option<(*const u32, L::V)>; 2],
    }

    impl<'a, L: Lanes> Sums<'a, L> {
        #[inline(always)]
        unsafe fn new(m: &'a Modulus, sum: &DualInnerProduct<'_>) -> Self {
            // SAFETY: as stated for the module.
            unsafe {
                let mut extra = [None; 2];
                for (prepared, extra) in extra.iter_mut().zip(&sum.extra) {
                    if let Some((d, w)) = extra {
                        *prepared = Some((d.as_ptr(), L::splat(m.mul(*w, m.high.w))));
                    }
                }
                Self {
                    modulus: m,
                    splat: Splat::new(m.q),
                    inverse: L::splat(m.inverse),
                    room: montgomery_room(m),
                    extra,
                }
            }
        }

        /// The sums of `PAIR` vectors, reduced: at word `i`, which is word `within` of the operands'
        /// present run.
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
                for (j, operands) in operands.all().chunks(self.room).enumerate() {
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
                    *v = montgomery(s, inverse, *sum);
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
        // SAFETY: the caller's.
        unsafe {
            if sum.is_doubled() {
                pair_sum_of::<L, true>(m, out, &sum);
            } else {
                pair_sum_of::<L, false>(m, out, &sum);
            }
        }
    }

    #[inline(always)]
    unsafe fn pair_sum_of<L: Lanes, const DUPLICATED: bool>(
        m: &Modulus,
        out: [&mut [u32]; 2],
        sum: &DualInnerProduct<'_>,
    ) {
        let n = out[0].len();
        let out = out.map(|out| out.as_mut_ptr());
        // SAFETY: as stated for the module.
        unsafe {
            let (sums, mut operands) = (Sums::<L>::new(m, sum), Operands::new(sum));
            for run in (0..n).step_by(RUN) {
                for within in blocks::<L, PAIR>(RUN) {
                    let i = run + within;
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
