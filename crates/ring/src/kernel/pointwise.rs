//! Residue-by-residue loops: sums, products, base conversion steps.

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
    /// `a += w b`.
    fn add_multiple_assign(m: &Modulus, a: &mut [u32], b: &[u32], w: Shoup);
    /// `a -= b c / 2^32`.
    fn sub_product_assign(m: &Modulus, a: &mut [u32], b: &[u32], c: &[u32]);
    /// `low + 2^32 high`, of any words, minus `c`.
    fn reduce_words(m: &Modulus, out: &mut [u32], low: &[u32], high: &[u32], c: u32);
    /// The numbers, in `[0, q)` if `reduced`; else less than 3q more than the first digit.
    ///
    /// # Panics
    /// If a length is wrong, or there are more than nine digits.
    fn horner(m: &Modulus, out: &mut [u32], numbers: &Horner<'_>, reduced: bool);
    /// `out = (a - v) w` for the numbers `v`.
    ///
    /// # Panics
    /// As there.
    fn sub_horner(m: &Modulus, out: &mut [u32], a: &[u32], numbers: &Horner<'_>, w: Shoup);
}

/// Numbers given by mixed-radix digits, evaluated by Horner's rule:
/// `d_0 + p_0 (d_1 + p_1 (d_2 + ...)) mod q`, minus `offset`.
pub(crate) struct Horner<'a> {
    /// Words below 2^30.
    pub(crate) digits: Vec<&'a [u32]>,
    /// `p_i mod q`.
    pub(crate) radices: &'a [Shoup],
    pub(crate) offset: u32,
}

mod generic {
    use super::{
        super::{Factor, Splat, products::generic::montgomery},
        Horner,
    };
    use crate::{Modulus, Shoup, backend::Lanes};

    /// The offset of each vector in `len` words.
    #[inline(always)]
    fn each<L: Lanes>(len: usize) -> impl Iterator<Item = usize> {
        assert_eq!(len % L::LANES, 0, "whole vectors");
        (0..len).step_by(L::LANES)
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

    #[inline(always)]
    pub(super) unsafe fn mul_assign<L: Lanes>(m: &Modulus, a: &mut [u32], b: &[u32]) {
        assert_eq!(a.len(), b.len());
        // SAFETY: as stated for the module.
        unsafe {
            let (s, words) = (Splat::<L>::new(m.q), Splat::<L>::words(m));
            for i in each::<L>(a.len()) {
                let at = a.as_mut_ptr().add(i);
                let b = L::load(b.as_ptr().add(i));
                let product = L::wide_mul_add(L::wide_zero(), L::load(at), b);
                L::store(at, s.reduce_wide(&words, product));
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn mul_constant_assign<L: Lanes>(m: &Modulus, a: &mut [u32], w: Shoup) {
        // SAFETY: as stated for the module.
        unsafe {
            let (s, w) = (Splat::<L>::new(m.q), Factor::<L>::new(w));
            for i in each::<L>(a.len()) {
                let at = a.as_mut_ptr().add(i);
                L::store(at, s.canonical(s.mul_shoup(L::load(at), w.pair())));
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
            let (s, w) = (Splat::<L>::new(m.q), Factor::<L>::new(w));
            let bias = L::splat(m.bias);
            for i in each::<L>(a.len()) {
                let at = a.as_mut_ptr().add(i);
                // a + bias < 2^30 + 2^31, and bias >= 2^30 > b
                let d = L::sub(L::add(L::load(at), bias), L::load(b.as_ptr().add(i)));
                L::store(at, s.canonical(s.mul_shoup(d, w.pair())));
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn add_multiple_assign<L: Lanes>(
        m: &Modulus,
        a: &mut [u32],
        b: &[u32],
        w: Shoup,
    ) {
        assert_eq!(a.len(), b.len());
        // SAFETY: as stated for the module.
        unsafe {
            let (s, w) = (Splat::<L>::new(m.q), Factor::<L>::new(w));
            for i in each::<L>(a.len()) {
                let at = a.as_mut_ptr().add(i);
                let product = s.canonical(s.mul_shoup(L::load(b.as_ptr().add(i)), w.pair()));
                L::store(at, s.canonical(L::add(L::load(at), product)));
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn sub_product_assign<L: Lanes>(
        m: &Modulus,
        a: &mut [u32],
        b: &[u32],
        c: &[u32],
    ) {
        assert!(a.len() == b.len() && a.len() == c.len());
        // SAFETY: as stated for the module.
        unsafe {
            let (s, inverse) = (Splat::<L>::new(m.q), L::splat(m.inverse));
            for i in each::<L>(a.len()) {
                let at = a.as_mut_ptr().add(i);
                let (b, c) = (L::load(b.as_ptr().add(i)), L::load(c.as_ptr().add(i)));
                let product = montgomery(&s, inverse, L::wide_mul_add(L::wide_zero(), b, c));
                let d = L::sub(L::load(at), product);
                L::store(at, L::min(d, L::add(d, s.q)));
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn reduce_words<L: Lanes>(
        m: &Modulus,
        out: &mut [u32],
        low: &[u32],
        high: &[u32],
        c: u32,
    ) {
        assert!(out.len() == low.len() && out.len() == high.len());
        // SAFETY: as stated for the module.
        unsafe {
            let (s, [one, two_32]) = (Splat::<L>::new(m.q), Splat::<L>::words(m));
            let c = L::splat(c);
            for i in each::<L>(out.len()) {
                let low = s.mul_shoup(L::load(low.as_ptr().add(i)), one.pair());
                let high = s.mul_shoup(L::load(high.as_ptr().add(i)), two_32.pair());
                let d = L::sub(s.canonical(s.halve_range(L::add(low, high))), c);
                L::store(out.as_mut_ptr().add(i), L::min(d, L::add(d, s.q)));
            }
        }
    }

    /// The most digits below the highest.
    const MOST: usize = 8;

    /// Mixed-radix digits, and what Horner's rule multiplies by.
    struct Digits<L: Lanes> {
        splat: Splat<L>,
        highest: *const u32,
        lower: [(*const u32, Factor<L>); MOST],
        count: usize,
    }

    impl<L: Lanes> Digits<L> {
        #[inline(always)]
        unsafe fn new(m: &Modulus, n: usize, numbers: &Horner<'_>) -> Self {
            let Horner {
                digits, radices, ..
            } = numbers;
            let Some((highest, lower)) = digits.split_last() else {
                unreachable!("a number without digits");
            };
            assert!(lower.len() <= MOST && radices.len() >= lower.len());
            assert!(digits.iter().all(|d| d.len() == n));
            // SAFETY: as stated for the module.
            unsafe {
                Self {
                    splat: Splat::new(m.q),
                    highest: highest.as_ptr(),
                    lower: std::array::from_fn(|k| {
                        let radix = radices.get(k).copied().unwrap_or(m.one);
                        let digit = lower.get(k).unwrap_or(highest).as_ptr();
                        (digit, Factor::new(radix))
                    }),
                    count: lower.len(),
                }
            }
        }

        /// The numbers at word `i`, less than 2q more than the first digit.
        #[inline(always)]
        unsafe fn number(&self, i: usize) -> L::V {
            // SAFETY: as stated for the module.
            unsafe {
                let mut v = L::load(self.highest.add(i));
                for (digit, radix) in self.lower[..self.count].iter().rev() {
                    // below 2q + 2^30 < 2^32
                    let product = self.splat.mul_shoup(v, radix.pair());
                    v = L::add(product, L::load(digit.add(i)));
                }
                v
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn horner<L: Lanes>(
        m: &Modulus,
        out: &mut [u32],
        numbers: &Horner<'_>,
        reduced: bool,
    ) {
        // SAFETY: as stated for the module.
        unsafe {
            let digits = Digits::<L>::new(m, out.len(), numbers);
            let (s, one) = (&digits.splat, Factor::<L>::new(m.one));
            // -offset mod q, so that the last step is an addition
            let minus = L::splat(m.sub(0, numbers.offset));
            for i in each::<L>(out.len()) {
                let mut v = digits.number(i);
                if reduced {
                    v = s.canonical(s.mul_shoup(v, one.pair()));
                }
                v = L::add(v, minus);
                if reduced {
                    v = s.canonical(v);
                }
                L::store(out.as_mut_ptr().add(i), v);
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn sub_horner<L: Lanes>(
        m: &Modulus,
        out: &mut [u32],
        a: &[u32],
        numbers: &Horner<'_>,
        w: Shoup,
    ) {
        let n = out.len();
        assert_eq!(a.len(), n);
        // SAFETY: as stated for the module.
        unsafe {
            let digits = Digits::<L>::new(m, n, numbers);
            let (s, w) = (&digits.splat, Factor::<L>::new(w));
            let offset = L::splat(numbers.offset);
            for i in each::<L>(n) {
                // each product is below 2q
                let a = L::add(L::load(a.as_ptr().add(i)), offset);
                let a = L::add(s.mul_shoup(a, w.pair()), s.two_q);
                let v = s.mul_shoup(digits.number(i), w.pair());
                let difference = s.halve_range(L::sub(a, v));
                L::store(out.as_mut_ptr().add(i), s.canonical(difference));
            }
        }
    }
}
