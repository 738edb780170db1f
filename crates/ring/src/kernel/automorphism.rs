//! Sums of images under automorphisms: key switching, where what is switched was raised to the modulus.
//!
//! The image of an inner product is the inner product of images. Those of the keys are there beforehand; those
//! of the digits are read where they come from, whole vectors, and shuffled in registers. So images of many
//! automorphisms are added before they are reduced, and the sum is stored in order, stretch by stretch.

use super::interleaved::{Interleaved, RUN};
use crate::{Modulus, Permutation, backend::dispatch};

/// An image of `w d + sum a_k b_k` and `sum a_k c_k`, where `b_k` and `c_k` are images already.
pub struct AutomorphismInnerProduct<'a> {
    /// `a_k`, and `[b_k, c_k]`, which are prepared; all of those are in words of their own, or in all images all
    /// are duplicated words of weights.
    pub(crate) terms: Vec<(&'a [u32], [Interleaved<'a>; 2])>,
    /// `d`, and `w` times 2^32.
    pub(crate) own: Option<(&'a [u32], u32)>,
    /// Of the automorphism.
    pub(crate) permutation: &'a Permutation,
}

impl AutomorphismInnerProduct<'_> {
    /// # Panics
    /// Unless all are as long as the permutation, reach to `end`, and are of duplicated words or not.
    fn expect(&self, end: usize, duplicated: bool) {
        let n = self.permutation.len();
        let terms = self.terms.iter();
        let lengths = terms.flat_map(|(a, sides)| {
            let alike = sides.iter().all(|side| side.duplicated == duplicated);
            assert!(alike, "duplicated words, and others");
            [a.len(), sides[0].len(), sides[1].len()]
        });
        let own = self.own.iter().map(|(d, _)| d.len());
        assert!(
            end <= n && lengths.chain(own).all(|len| len == n),
            "operands of {n} words"
        );
    }
}

dispatch! {
    /// Words from `at` on, as many as there is room for, of both sums of all images. They replace what is there
    /// unless `add`.
    ///
    /// # Panics
    /// If a length is wrong, or at and length are not multiples of 32.
    fn automorphism_inner_products(m: &Modulus, out: [&mut [u32]; 2], at: usize, images: &[AutomorphismInnerProduct<'_>], add: bool);
}

mod generic {
    use super::{
        super::{
            Splat,
            products::generic::{FEW, PAIR, blocks, montgomery, prefetch, reduce_accumulators},
        },
        AutomorphismInnerProduct, Interleaved, RUN,
    };
    use crate::{Modulus, backend::Lanes};

    /// Two sums of each of a few vectors, with room for so many products.
    struct Sums<'a, L: Lanes> {
        modulus: &'a Modulus,
        splat: &'a Splat<L>,
        inverse: L::V,
        sums: [[L::Wide; 2]; PAIR],
        room: usize,
    }

    // SAFETY (all functions of this module): the CPU has the instruction set of `L`; offsets leave room
    // for a vector in slices whose lengths were asserted.

    /// Where the operands of a term are: what is raised, from its start, and the images, in the present run.
    #[derive(Clone, Copy)]
    struct Term {
        a: *const u32,
        sides: [*const u32; 2],
        strides: [usize; 2],
    }

    impl Term {
        fn new((a, sides): &(&[u32], [Interleaved<'_>; 2]), run: usize) -> Self {
            Self {
                a: a.as_ptr(),
                sides: sides.map(|side| side.words.as_ptr().wrapping_add(run * side.stride)),
                strides: sides.map(|side| side.stride),
            }
        }

        /// On to the next run.
        #[inline(always)]
        fn advance(&mut self) {
            for (at, stride) in self.sides.iter_mut().zip(self.strides) {
                // past the last run nothing is read
                *at = at.wrapping_add(stride);
                // keys are read once an evaluation, from far away
                prefetch(*at, stride);
            }
        }
    }

    /// All terms of all images, a few of them in place.
    struct Terms {
        few: [Term; FEW],
        more: Vec<Term>,
        count: usize,
    }

    impl Terms {
        fn new(images: &[AutomorphismInnerProduct<'_>], run: usize) -> Self {
            let all = || images.iter().flat_map(|image| &image.terms);
            let none = Term {
                a: std::ptr::null(),
                sides: [std::ptr::null(); 2],
                strides: [0; 2],
            };
            let (mut few, mut more, count) = ([none; FEW], Vec::new(), all().count());
            if count > FEW {
                more.extend(all().map(|term| Term::new(term, run)));
            } else {
                for (place, term) in few.iter_mut().zip(all()) {
                    *place = Term::new(term, run);
                }
            }
            Self { few, more, count }
        }

        #[inline(always)]
        fn all(&mut self) -> &mut [Term] {
            if self.count > FEW {
                &mut self.more
            } else {
                &mut self.few[..self.count]
            }
        }
    }

    impl<L: Lanes> Sums<'_, L> {
        /// Makes room for another product.
        #[inline(always)]
        unsafe fn reserve_headroom(&mut self) {
            // SAFETY: as stated for the module.
            unsafe {
                if self.room == 0 {
                    self.sums =
                        reduce_accumulators(self.modulus, self.splat, self.inverse, self.sums);
                    // one is there
                    self.room = self.modulus.max_montgomery_products() - 1;
                }
                self.room -= 1;
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn automorphism_inner_products<L: Lanes>(
        m: &Modulus,
        out: [&mut [u32]; 2],
        at: usize,
        images: &[AutomorphismInnerProduct<'_>],
        add: bool,
    ) {
        let len = out[0].len();
        assert!(len == out[1].len() && at.is_multiple_of(RUN) && len.is_multiple_of(RUN));
        let duplicated = images.iter().flat_map(|image| &image.terms).next();
        let duplicated = duplicated.is_some_and(|(_, [side, _])| side.duplicated);
        images
            .iter()
            .for_each(|image| image.expect(at + len, duplicated));
        // SAFETY: the caller's.
        unsafe {
            if duplicated {
                image_sums_of::<L, true>(m, out, at, images, add);
            } else {
                image_sums_of::<L, false>(m, out, at, images, add);
            }
        }
    }

    #[inline(always)]
    unsafe fn image_sums_of<L: Lanes, const DUPLICATED: bool>(
        m: &Modulus,
        out: [&mut [u32]; 2],
        at: usize,
        images: &[AutomorphismInnerProduct<'_>],
        add: bool,
    ) {
        let len = out[0].len();
        let out = out.map(<[u32]>::as_mut_ptr);
        // SAFETY: as stated for the module; a permutation maps whole vectors onto whole vectors (see
        // `Permutation`), so that where one comes from, rounded down to a vector, there is one.
        unsafe {
            let splat = Splat::<L>::new(m.q);
            let mut terms = Terms::new(images, at / RUN);
            for run in (0..len).step_by(RUN) {
                let terms = terms.all();
                for within in blocks::<L, PAIR>(RUN) {
                    let mut state = Sums::<L> {
                        modulus: m,
                        splat: &splat,
                        inverse: L::splat(m.inverse),
                        sums: [[L::wide_zero(); 2]; PAIR],
                        room: m.max_montgomery_products(),
                    };
                    let mut rest = &*terms;
                    for image in images {
                        let own_terms;
                        (own_terms, rest) = rest.split_at_unchecked(image.terms.len());
                        let mut sources = [0; PAIR];
                        let mut lanes = [L::splat(0); PAIR];
                        for k in 0..PAIR {
                            let word = at + run + within + k * L::LANES;
                            let (source, indices) = image.permutation.at(word);
                            sources[k] = source & !(L::LANES - 1);
                            lanes[k] = L::load(indices);
                        }
                        if let Some((d, w)) = image.own {
                            state.reserve_headroom();
                            let w = L::splat(w);
                            for k in 0..PAIR {
                                let d = L::load(d.as_ptr().add(sources[k]));
                                let [first, _] = &mut state.sums[k];
                                let d = L::shuffle(d, lanes[k]);
                                *first = L::wide_mul_add(*first, d, L::reread(&w));
                            }
                        }
                        for term in own_terms {
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
                            let place = out.add(run + within + k * L::LANES);
                            let mut v = montgomery(&splat, state.inverse, sum);
                            if add {
                                v = splat.canonical(L::add(L::load(place), v));
                            }
                            L::store(place, v);
                        }
                    }
                }
                terms.iter_mut().for_each(Term::advance);
            }
        }
    }
}
