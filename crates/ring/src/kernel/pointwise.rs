//! Residue-by-residue loops: sums, products, inner products, base conversion steps, permutation.

use crate::{Modulus, Shoup, backend::dispatch};

dispatch! {
    /// `a += b`.
    fn add_assign(m: &Modulus, a: &mut [u32], b: &[u32]);
    /// `a -= b`.
    fn sub_assign(m: &Modulus, a: &mut [u32], b: &[u32]);
    /// `a = -a`.
    fn neg_assign(m: &Modulus, a: &mut [u32]);
    /// `a += c` for one residue `c < q`.
    fn add_constant_assign(m: &Modulus, a: &mut [u32], c: u32);
    /// `a *= b`.
    fn mul_assign(m: &Modulus, a: &mut [u32], b: &[u32]);
    /// `a *= w`.
    fn mul_constant_assign(m: &Modulus, a: &mut [u32], w: Shoup);
    /// `a = (a - b) w`, where the words of `b` are below 2^30 but may be residues of another prime.
    fn sub_mul_constant_assign(m: &Modulus, a: &mut [u32], b: &[u32], w: Shoup);
    /// `out = sum a_i b_i`. At most [`Modulus::max_products`] terms.
    fn inner_product(m: &Modulus, out: &mut [u32], terms: &[[&[u32]; 2]]);
    /// `out_j = sum a_i b_ij` for `j = 0, 1`: two inner products that share a side.
    fn inner_product_pair(m: &Modulus, out: [&mut [u32]; 2], terms: &[[&[u32]; 3]]);
    /// Horner's rule over mixed-radix digits: `d_0 + p_0 (d_1 + p_1 (d_2 + ...)) mod q`, minus
    /// `offset`. Digits are words below 2^30; `radices[i]` is `p_i mod q`.
    fn horner(m: &Modulus, out: &mut [u32], digits: &[&[u32]], radices: &[Shoup], offset: u32);
}

mod generic {
    use super::super::Splat;
    use crate::{Modulus, Shoup, backend::Lanes};

    /// The offset of each vector in `len` words.
    #[inline(always)]
    fn each<L: Lanes>(len: usize) -> impl Iterator<Item = usize> {
        assert_eq!(len % L::LANES, 0, "whole vectors");
        (0..len).step_by(L::LANES)
    }

    /// The offset of each `K` vectors in `len` words: loops over many operands keep `K` sums in
    /// registers, so that an operand's address is looked up once for all of them.
    #[inline(always)]
    fn blocks<L: Lanes, const K: usize>(len: usize) -> impl Iterator<Item = usize> {
        assert_eq!(len % (K * L::LANES), 0, "whole blocks");
        (0..len).step_by(K * L::LANES)
    }

    // SAFETY (all functions of this module): the CPU has the instruction set of `L`; each offset
    // that `each` gives leaves room for a vector in slices of the asserted length.

    #[inline(always)]
    pub(super) unsafe fn add_assign<L: Lanes>(m: &Modulus, a: &mut [u32], b: &[u32]) {
        assert_eq!(a.len(), b.len());
        // SAFETY: as stated for the module.
        unsafe {
            let s = Splat::<L>::new(m.q);
            for i in each::<L>(a.len()) {
                let at = a.as_mut_ptr().add(i);
                L::store(
                    at,
                    s.canonical(L::add(L::load(at), L::load(b.as_ptr().add(i)))),
                );
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn sub_assign<L: Lanes>(m: &Modulus, a: &mut [u32], b: &[u32]) {
        assert_eq!(a.len(), b.len());
        // SAFETY: as stated for the module.
        unsafe {
            let s = Splat::<L>::new(m.q);
            for i in each::<L>(a.len()) {
                let at = a.as_mut_ptr().add(i);
                let d = L::sub(L::load(at), L::load(b.as_ptr().add(i)));
                // of d and d + q, the one that did not wrap is the smaller
                L::store(at, L::min(d, L::add(d, s.q)));
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn neg_assign<L: Lanes>(m: &Modulus, a: &mut [u32]) {
        // SAFETY: as stated for the module.
        unsafe {
            let s = Splat::<L>::new(m.q);
            for i in each::<L>(a.len()) {
                let at = a.as_mut_ptr().add(i);
                L::store(at, s.canonical(L::sub(s.q, L::load(at))));
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn add_constant_assign<L: Lanes>(m: &Modulus, a: &mut [u32], c: u32) {
        // SAFETY: as stated for the module.
        unsafe {
            let s = Splat::<L>::new(m.q);
            let c = L::splat(c);
            for i in each::<L>(a.len()) {
                let at = a.as_mut_ptr().add(i);
                L::store(at, s.canonical(L::add(L::load(at), c)));
            }
        }
    }

    /// A 64-bit sum to `[0, q)`: `low + 2^32 high` with both words brought below 2q.
    #[inline(always)]
    unsafe fn reduce_wide<L: Lanes>(s: &Splat<L>, m: &Modulus, sum: L::Wide) -> L::V {
        // SAFETY: as stated for the module.
        unsafe {
            let (low, high) = L::wide_split(sum);
            let low = s.mul_shoup(low, L::splat(m.one.w), L::splat(m.one.ws));
            let high = s.mul_shoup(high, L::splat(m.high.w), L::splat(m.high.ws));
            s.canonical(s.halve_range(L::add(low, high)))
        }
    }

    #[inline(always)]
    pub(super) unsafe fn mul_assign<L: Lanes>(m: &Modulus, a: &mut [u32], b: &[u32]) {
        assert_eq!(a.len(), b.len());
        // SAFETY: as stated for the module.
        unsafe {
            let s = Splat::<L>::new(m.q);
            for i in each::<L>(a.len()) {
                let at = a.as_mut_ptr().add(i);
                let b = L::load(b.as_ptr().add(i));
                let product = L::wide_mul_add(L::wide_zero(), L::load(at), b);
                L::store(at, reduce_wide::<L>(&s, m, product));
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn mul_constant_assign<L: Lanes>(m: &Modulus, a: &mut [u32], w: Shoup) {
        // SAFETY: as stated for the module.
        unsafe {
            let s = Splat::<L>::new(m.q);
            let (w, ws) = (L::splat(w.w), L::splat(w.ws));
            for i in each::<L>(a.len()) {
                let at = a.as_mut_ptr().add(i);
                L::store(at, s.canonical(s.mul_shoup(L::load(at), w, ws)));
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn sub_mul_constant_assign<L: Lanes>(
        m: &Modulus,
        a: &mut [u32],
        b: &[u32],
        w: Shoup,
    ) {
        assert_eq!(a.len(), b.len());
        // SAFETY: as stated for the module.
        unsafe {
            let s = Splat::<L>::new(m.q);
            let (w, ws) = (L::splat(w.w), L::splat(w.ws));
            let lift = L::splat(m.lift);
            for i in each::<L>(a.len()) {
                let at = a.as_mut_ptr().add(i);
                // a + lift < 2^30 + 2^31, and lift >= 2^30 > b
                let d = L::sub(L::add(L::load(at), lift), L::load(b.as_ptr().add(i)));
                L::store(at, s.canonical(s.mul_shoup(d, w, ws)));
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn inner_product<L: Lanes>(
        m: &Modulus,
        out: &mut [u32],
        terms: &[[&[u32]; 2]],
    ) {
        let n = out.len();
        assert!(terms.iter().flatten().all(|t| t.len() == n) && terms.len() <= m.max_products());
        // SAFETY: as stated for the module.
        unsafe {
            let s = Splat::<L>::new(m.q);
            for i in blocks::<L, 4>(n) {
                let mut sums = [L::wide_zero(); 4];
                for [a, b] in terms {
                    for (k, sum) in sums.iter_mut().enumerate() {
                        let at = i + k * L::LANES;
                        let a = L::load(a.as_ptr().add(at));
                        *sum = L::wide_mul_add(*sum, a, L::load(b.as_ptr().add(at)));
                    }
                }
                for (k, sum) in sums.into_iter().enumerate() {
                    let at = out.as_mut_ptr().add(i + k * L::LANES);
                    L::store(at, reduce_wide::<L>(&s, m, sum));
                }
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn inner_product_pair<L: Lanes>(
        m: &Modulus,
        out: [&mut [u32]; 2],
        terms: &[[&[u32]; 3]],
    ) {
        let n = out[0].len();
        assert!(out[1].len() == n && terms.len() <= m.max_products());
        assert!(terms.iter().flatten().all(|t| t.len() == n));
        // SAFETY: as stated for the module.
        unsafe {
            let s = Splat::<L>::new(m.q);
            let [first, second] = [out[0].as_mut_ptr(), out[1].as_mut_ptr()];
            for i in blocks::<L, 2>(n) {
                let mut sums = [[L::wide_zero(); 2]; 2];
                for [a, b0, b1] in terms {
                    for (k, [sum0, sum1]) in sums.iter_mut().enumerate() {
                        let at = i + k * L::LANES;
                        let a = L::load(a.as_ptr().add(at));
                        *sum0 = L::wide_mul_add(*sum0, a, L::load(b0.as_ptr().add(at)));
                        *sum1 = L::wide_mul_add(*sum1, a, L::load(b1.as_ptr().add(at)));
                    }
                }
                for (k, [sum0, sum1]) in sums.into_iter().enumerate() {
                    let at = i + k * L::LANES;
                    L::store(first.add(at), reduce_wide::<L>(&s, m, sum0));
                    L::store(second.add(at), reduce_wide::<L>(&s, m, sum1));
                }
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn horner<L: Lanes>(
        m: &Modulus,
        out: &mut [u32],
        digits: &[&[u32]],
        radices: &[Shoup],
        offset: u32,
    ) {
        let n = out.len();
        assert!(!digits.is_empty() && radices.len() + 1 >= digits.len());
        assert!(digits.iter().all(|d| d.len() == n));
        // SAFETY: as stated for the module.
        unsafe {
            let s = Splat::<L>::new(m.q);
            let (one, one_s) = (L::splat(m.one.w), L::splat(m.one.ws));
            // -offset mod q, so that the last step is an addition
            let minus = L::splat(m.sub(0, offset));
            let last = digits.len() - 1;
            for i in each::<L>(n) {
                let mut v = L::load(digits[last].as_ptr().add(i));
                for k in (0..last).rev() {
                    let (w, ws) = (L::splat(radices[k].w), L::splat(radices[k].ws));
                    // below 2q + 2^30 < 2^32
                    v = L::add(s.mul_shoup(v, w, ws), L::load(digits[k].as_ptr().add(i)));
                }
                let v = s.canonical(s.mul_shoup(v, one, one_s));
                L::store(out.as_mut_ptr().add(i), s.canonical(L::add(v, minus)));
            }
        }
    }
}
