//! Numbers in mixed radix, evaluated modulo a prime by Horner's rule.
//!
//! Relies on [`reduction`](super::reduction). Not for finding the digits:
//! [`MixedRadix`](crate::MixedRadix) does that.
//!
//! Source: Garner, *The residue number system* (1959); Knuth, *The Art of Computer Programming*,
//! volume 2, section 4.3.2.

use crate::{
    backend::dispatch,
    modulus::{Modulus, Shoup},
};

/// Numbers given by mixed-radix digits: `d_0 + p_0 (d_1 + p_1 (d_2 + ...)) - offset`.
pub(crate) struct Horner<'a> {
    /// One list for each digit: words below 2^30.
    pub(crate) digits: Vec<&'a [u32]>,
    /// `p_i mod q`.
    pub(crate) radices: &'a [Shoup],
    /// A residue modulo q.
    pub(crate) offset: u32,
}

/// The largest number of digits.
pub(crate) const MAX_DIGITS: usize = 9;

dispatch! {
    /// Writes the numbers modulo q: in `[0, q)` if `reduced`, else less than 3q above the first
    /// digit.
    ///
    /// # Panics
    /// If the lengths differ or are not multiples of the backend's lanes, or if the number of
    /// digits is zero or above [`MAX_DIGITS`].
    pub(crate) fn horner(m: &Modulus, out: &mut [u32], numbers: &Horner<'_>, reduced: bool);
    /// `out = (a - v) w`, in `[0, q)`, for the numbers `v`.
    ///
    /// # Panics
    /// If the lengths differ or are not multiples of the backend's lanes, or if the number of
    /// digits is zero or above [`MAX_DIGITS`].
    pub(crate) fn sub_horner(
        m: &Modulus,
        out: &mut [u32],
        a: &[u32],
        numbers: &Horner<'_>,
        w: Shoup,
    );
}

mod generic {
    use super::{Horner, MAX_DIGITS};
    use crate::{
        backend::Lanes,
        kernel::{
            offsets::vectors,
            reduction::{Factor, Splat},
        },
        modulus::{Modulus, Shoup},
    };

    // SAFETY (all functions of this module): the CPU has the instruction set of `L`; each offset
    // that `vectors` gives is followed by a whole vector, in slices of the asserted length.

    /// Mixed-radix digits, and the radices that Horner's rule multiplies by.
    struct Digits<L: Lanes> {
        splat: Splat<L>,
        highest: *const u32,
        lower: [(*const u32, Factor<L>); MAX_DIGITS - 1],
        count: usize,
    }

    impl<L: Lanes> Digits<L> {
        #[inline(always)]
        unsafe fn new(m: &Modulus, n: usize, numbers: &Horner<'_>) -> Self {
            let Horner {
                digits, radices, ..
            } = numbers;
            let (highest, lower) = digits.split_last().expect("at least one digit");
            assert!(
                digits.len() <= MAX_DIGITS && radices.len() >= lower.len(),
                "at most nine digits"
            );
            assert!(digits.iter().all(|d| d.len() == n), "digits of one length");
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

        /// Returns the numbers at word `i`: less than 2q above the first digit.
        ///
        /// # Safety
        /// `i` comes from `vectors` for the length of the digits.
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
            // the last step is an addition of -offset mod q
            let minus_offset = L::splat(m.sub(0, numbers.offset));
            for i in vectors::<L, 1>(out.len()) {
                let mut v = digits.number(i);
                if reduced {
                    v = s.canonical(s.mul_shoup(v, one.pair()));
                }
                v = L::add(v, minus_offset);
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
            for i in vectors::<L, 1>(n) {
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
