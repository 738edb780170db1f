//! Sums of inner products under automorphisms: the key switch of a rotation, hoisted.
//!
//! An automorphism of an inner product is the inner product of the automorphisms of its factors.
//! Those of the keys are computed once, when a key arrives. Those of the digits are never stored: a
//! permutation maps whole vectors to whole vectors, so the kernel loads a vector from where the
//! permutation takes it and shuffles it in registers. The sums of many automorphisms are added
//! before they are reduced, and the result is stored in order, block by block.
//!
//! Relies on [`accumulator`](super::accumulator), [`interleaved`](super::interleaved) and
//! [`Permutation`]. Not for a single polynomial, which [`Permutation::apply`] permutes.
//!
//! Source: hoisting, Halevi and Shoup, *Faster homomorphic linear transformations in HElib* (2018),
//! and double hoisting, Bossuat et al., *Efficient bootstrapping for approximate homomorphic
//! encryption with non-sparse keys* (2021), algorithm 6.

use super::interleaved::{BLOCK, Interleaved};
use crate::{backend::dispatch, modulus::Modulus, permutation::Permutation};

/// An automorphism of `w d + sum a_k b_k` and of `sum a_k c_k`.
///
/// The trait [`FusedKernels`](crate::fused::FusedKernels) makes it, and evaluates several at once.
pub struct AutomorphismInnerProduct<'a> {
    /// `a_k`, and the automorphism of `[b_k, c_k]` in Montgomery form. Either no `b_k` and `c_k` of
    /// a sum is duplicated, or all are.
    pub(crate) terms: Vec<(&'a [u32], [Interleaved<'a>; 2])>,
    /// `d`, and `w` times 2^32.
    pub(crate) source: Option<(&'a [u32], u32)>,
    /// The automorphism.
    pub(crate) permutation: &'a Permutation,
}

impl AutomorphismInnerProduct<'_> {
    /// Checks that all operands have the length of the permutation, that the `len` words from
    /// `start` on are among them, and that the `b_k` and `c_k` are duplicated or not.
    fn expect(&self, start: usize, len: usize, duplicated: bool) {
        let n = self.permutation.len();
        let terms = self.terms.iter();
        let lengths = terms.flat_map(|(a, sides)| {
            let alike = sides.iter().all(|side| side.duplicated == duplicated);
            assert!(alike, "either all operands are duplicated, or none");
            [a.len(), sides[0].len(), sides[1].len()]
        });
        let source = self.source.iter().map(|(d, _)| d.len());
        // `start + len` could overflow
        let in_range = start <= n && len <= n - start;
        assert!(
            in_range && lengths.chain(source).all(|len| len == n),
            "operands of {n} words"
        );
    }
}

dispatch! {
    /// Writes the words from `start` on, as many as `out` has, of both sums over all automorphisms;
    /// or adds them to `out` if `add`.
    ///
    /// # Panics
    /// If a length is wrong, or `start` and the length of `out` are not multiples of 32.
    pub(crate) fn automorphism_inner_products(
        m: &Modulus,
        out: [&mut [u32]; 2],
        start: usize,
        automorphisms: &[AutomorphismInnerProduct<'_>],
        add: bool,
    );
}

mod generic {
    use super::{AutomorphismInnerProduct, BLOCK, Interleaved};
    use crate::{
        backend::Lanes,
        kernel::{
            accumulator::{INLINE_TERMS, PAIR, prefetch, reduce_accumulators},
            offsets::vectors,
            reduction::Splat,
        },
        modulus::Modulus,
    };

    /// Two sums of each of `PAIR` vectors.
    struct Sums<'a, L: Lanes> {
        modulus: &'a Modulus,
        splat: &'a Splat<L>,
        inverse: L::V,
        sums: [[L::Wide; 2]; PAIR],
        /// Number of products that can still be added.
        headroom: usize,
    }

    // SAFETY (all functions of this module): the CPU has the instruction set of `L`; each offset is
    // followed by a whole vector, in slices whose lengths were asserted.

    /// Pointers to the operands of a term: to the start of `a`, and to the present block of the
    /// other two.
    #[derive(Clone, Copy)]
    struct Term {
        a: *const u32,
        sides: [*const u32; 2],
        strides: [usize; 2],
    }

    impl Term {
        fn new((a, sides): &(&[u32], [Interleaved<'_>; 2]), block: usize) -> Self {
            Self {
                a: a.as_ptr(),
                sides: sides.map(|side| side.words.as_ptr().wrapping_add(block * side.stride)),
                strides: sides.map(|side| side.stride),
            }
        }

        /// Advances to the next block.
        #[inline(always)]
        fn advance(&mut self) {
            for (at, stride) in self.sides.iter_mut().zip(self.strides) {
                // nothing is read past the last block
                *at = at.wrapping_add(stride);
                // keys are read once in an evaluation, from main memory
                prefetch(*at, stride);
            }
        }
    }

    /// All terms of all automorphisms.
    struct Terms {
        /// Up to `INLINE_TERMS` terms; more of them are in `spilled`.
        inline: [Term; INLINE_TERMS],
        spilled: Vec<Term>,
        count: usize,
    }

    impl Terms {
        fn new(automorphisms: &[AutomorphismInnerProduct<'_>], block: usize) -> Self {
            let all = || {
                automorphisms
                    .iter()
                    .flat_map(|automorphism| &automorphism.terms)
            };
            let none = Term {
                a: std::ptr::null(),
                sides: [std::ptr::null(); 2],
                strides: [0; 2],
            };
            let (mut inline, mut spilled) = ([none; INLINE_TERMS], Vec::new());
            let count = all().count();
            if count > INLINE_TERMS {
                spilled.extend(all().map(|term| Term::new(term, block)));
            } else {
                for (pointers, term) in inline.iter_mut().zip(all()) {
                    *pointers = Term::new(term, block);
                }
            }
            Self {
                inline,
                spilled,
                count,
            }
        }

        #[inline(always)]
        fn all(&mut self) -> &mut [Term] {
            if self.count > INLINE_TERMS {
                &mut self.spilled
            } else {
                &mut self.inline[..self.count]
            }
        }
    }

    impl<L: Lanes> Sums<'_, L> {
        /// Makes headroom for another product.
        #[inline(always)]
        unsafe fn reserve_headroom(&mut self) {
            // SAFETY: as stated for the module.
            unsafe {
                if self.headroom == 0 {
                    self.sums =
                        reduce_accumulators(self.modulus, self.splat, self.inverse, self.sums);
                    // each sum is now as large as one product
                    self.headroom = self.modulus.max_montgomery_products() - 1;
                }
                self.headroom -= 1;
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn automorphism_inner_products<L: Lanes>(
        m: &Modulus,
        out: [&mut [u32]; 2],
        start: usize,
        automorphisms: &[AutomorphismInnerProduct<'_>],
        add: bool,
    ) {
        let len = out[0].len();
        assert!(
            len == out[1].len() && start.is_multiple_of(BLOCK) && len.is_multiple_of(BLOCK),
            "whole blocks of 32"
        );
        let first = automorphisms
            .iter()
            .flat_map(|automorphism| &automorphism.terms)
            .next();
        let duplicated = first.is_some_and(|(_, [side, _])| side.duplicated);
        automorphisms
            .iter()
            .for_each(|automorphism| automorphism.expect(start, len, duplicated));
        // SAFETY: by the caller's contract.
        unsafe {
            if duplicated {
                inner_products_in::<L, true>(m, out, start, automorphisms, add);
            } else {
                inner_products_in::<L, false>(m, out, start, automorphisms, add);
            }
        }
    }

    #[inline(always)]
    unsafe fn inner_products_in<L: Lanes, const DUPLICATED: bool>(
        m: &Modulus,
        out: [&mut [u32]; 2],
        start: usize,
        automorphisms: &[AutomorphismInnerProduct<'_>],
        add: bool,
    ) {
        let len = out[0].len();
        let out = out.map(<[u32]>::as_mut_ptr);
        // SAFETY: as stated for the module. A permutation maps whole vectors to whole vectors (see
        // `Permutation`): the source of a word, rounded down to a vector, is the start of a vector.
        unsafe {
            let splat = Splat::<L>::new(m.q);
            let mut terms = Terms::new(automorphisms, start / BLOCK);
            for block in (0..len).step_by(BLOCK) {
                let terms = terms.all();
                for within in vectors::<L, PAIR>(BLOCK) {
                    let mut state = Sums::<L> {
                        modulus: m,
                        splat: &splat,
                        inverse: L::splat(m.inverse),
                        sums: [[L::wide_zero(); 2]; PAIR],
                        headroom: m.max_montgomery_products(),
                    };
                    let mut rest = &*terms;
                    for automorphism in automorphisms {
                        let its_terms;
                        (its_terms, rest) = rest.split_at_unchecked(automorphism.terms.len());
                        let mut sources = [0; PAIR];
                        let mut lanes = [L::splat(0); PAIR];
                        for k in 0..PAIR {
                            let word = start + block + within + k * L::LANES;
                            let (source, indices) = automorphism.permutation.source(word);
                            sources[k] = source & !(L::LANES - 1);
                            lanes[k] = L::load(indices);
                        }
                        if let Some((d, w)) = automorphism.source {
                            state.reserve_headroom();
                            let w = L::splat(w);
                            for k in 0..PAIR {
                                let d = L::load(d.as_ptr().add(sources[k]));
                                let [first, _] = &mut state.sums[k];
                                let d = L::shuffle(d, lanes[k]);
                                *first = L::wide_mul_add(*first, d, L::reread(&w));
                            }
                        }
                        for term in its_terms {
                            state.reserve_headroom();
                            for k in 0..PAIR {
                                let a = L::shuffle(L::load(term.a.add(sources[k])), lanes[k]);
                                let (word, [b, c]) = (within + k * L::LANES, term.sides);
                                let [b, c] = if DUPLICATED {
                                    [
                                        L::load_duplicated(b.add(word / 2)),
                                        L::load_duplicated(c.add(word / 2)),
                                    ]
                                } else {
                                    [L::load(b.add(word)), L::load(c.add(word))]
                                };
                                let [first, second] = &mut state.sums[k];
                                *first = L::wide_mul_add(*first, a, b);
                                *second = L::wide_mul_add(*second, a, c);
                            }
                        }
                    }
                    for (k, sums) in state.sums.into_iter().enumerate() {
                        for (out, sum) in out.into_iter().zip(sums) {
                            let at = out.add(block + within + k * L::LANES);
                            let mut v = splat.montgomery(state.inverse, sum);
                            if add {
                                v = splat.canonical(L::add(L::load(at), v));
                            }
                            L::store(at, v);
                        }
                    }
                }
                terms.iter_mut().for_each(Term::advance);
            }
        }
    }
}
