//! The fused kernels refuse lengths and offsets that do not fit, on every backend.

use inkognito_ring::fused::{
    AutomorphismInnerProduct, DualInnerProduct, FusedKernels, Interleaved,
};
use inkognito_ring::{GaloisElement, Permutation, SubRing};

use crate::fixtures::{LOG_N, N, on_each_backend, refused};

/// Numbers of words that are not whole blocks of 32.
const ODD: [usize; 6] = [1, 16, 31, 33, 225, 255];

/// The largest multiple of 32.
const LAST_BLOCK: usize = usize::MAX - 31;

#[test]
fn contiguous_operands_are_whole_blocks() {
    for len in ODD {
        refused("contiguous", || {
            Interleaved::contiguous(&vec![0; len]).len()
        });
    }
    for len in [0, 32, 96, N] {
        assert_eq!(Interleaved::contiguous(&vec![0; len]).len(), len);
    }
}

#[test]
fn interleaved_operands_are_whole_blocks_of_one_length() {
    on_each_backend(|ring| {
        for len in ODD {
            refused("interleave", || ring.interleave(&[&vec![0; len]]));
            refused("weights", || ring.interleave_weights(&[&vec![0; len]]));
        }
        refused("lengths", || ring.interleave(&[&[0; N], &[0; N - 32]]));
        refused("weights", || {
            ring.interleave_weights(&[&[0; N], &[0; N - 32]])
        });
        refused("no operand", || ring.interleave(&[]).operand(0).len());
        let two = ring.interleave(&[&[0; N], &[1; N]]);
        refused("a third of two", || two.operand(2).len());
        assert_eq!(two.operand(1).len(), N);
        // no words at all
        let empty = ring.interleave(&[&[], &[]]);
        assert_eq!((empty.operand(0).len(), empty.operand(1).len()), (0, 0));
    });
}

#[test]
fn parts_are_blocks_of_the_operand() {
    on_each_backend(|ring| {
        let words = [7; N];
        let plain = ring.interleave(&[&words, &words, &words]);
        let weights = ring.interleave_weights(&[&words, &words, &words]);
        assert!(!plain.operand(0).is_duplicated() && weights.operand(0).is_duplicated());
        let contiguous = Interleaved::contiguous(&words);
        for operand in [contiguous, plain.operand(2), weights.operand(1)] {
            for (start, len) in [
                (0, 0),
                (0, 16),
                (16, 32),
                (0, N + 32),
                (32, N),
                (N, 32),
                (LAST_BLOCK, 32),
                (32, LAST_BLOCK),
                (LAST_BLOCK, LAST_BLOCK),
                (1 << (usize::BITS - 2), 32),
                (32, 1 << (usize::BITS - 2)),
            ] {
                refused("part", || operand.part(start, len).len());
            }
            for (start, len) in [(0, N), (32, 96), (N - 32, 32)] {
                let part = operand.part(start, len);
                assert_eq!(part.len(), len);
                refused("part of a part", || part.part(len, 32).len());
                assert_eq!(part.part(len - 32, 32).len(), 32);
            }
        }
    });
}

#[test]
fn dual_inner_products_have_one_length() {
    on_each_backend(|ring| {
        let (words, short) = ([1; N], [1; N - 32]);
        let operands = ring.interleave(&[&words, &words]);
        let duplicated = ring.interleave_weights(&[&words]);
        let [b, c] = [0, 1].map(|k| operands.operand(k));
        let (a, weight) = (Interleaved::contiguous(&words), duplicated.operand(0));
        fn run(
            ring: &SubRing,
            terms: &[[Interleaved<'_>; 3]],
            extra: [Option<(&[u32], u32)>; 2],
            lens: [usize; 2],
        ) -> [Vec<u32>; 2] {
            let [mut first, mut second] = lens.map(|len| vec![0; len]);
            let sum = DualInnerProduct { terms, extra };
            ring.dual_inner_product([&mut first, &mut second], sum);
            [first, second]
        }
        let none = [None; 2];
        assert_eq!(
            run(ring, &[[a, b, c]], none, [N; 2]),
            [vec![1; N], vec![1; N]]
        );
        let block = [a, b, c].map(|operand| operand.part(32, 32));
        assert_eq!(
            run(ring, &[block], none, [32; 2]),
            [vec![1; 32], vec![1; 32]]
        );
        for len in ODD {
            refused("outputs", || run(ring, &[[a, b, c]], none, [len; 2]));
            refused("outputs", || run(ring, &[], none, [len; 2]));
            refused("second output", || run(ring, &[[a, b, c]], none, [N, len]));
            let words = vec![1; len];
            let extra = Some((&words[..], 1));
            refused("extra", || run(ring, &[[a, b, c]], [extra, None], [N; 2]));
            refused("extra", || run(ring, &[[a, b, c]], [None, extra], [N; 2]));
        }
        let short = Interleaved::contiguous(&short);
        for terms in [
            [short, b, c],
            [a, short, c],
            [a, b, short],
            [a, b, c.part(0, 32)],
        ] {
            refused("operands", || run(ring, &[terms], none, [N; 2]));
            refused("operands", || run(ring, &[[a, b, c], terms], none, [N; 2]));
        }
        // one word for two residues is half the length
        assert_eq!(run(ring, &[[weight, a, a]], none, [N; 2])[0], vec![1; N]);
        for terms in [[a, weight, c], [a, b, weight], [weight, weight, c]] {
            refused("duplicated", || run(ring, &[terms], none, [N; 2]));
        }
        refused("some are duplicated", || {
            run(ring, &[[weight, a, a], [a, b, c]], none, [N; 2])
        });
    });
}

#[test]
fn automorphism_inner_products_stay_inside_their_operands() {
    let permutation = Permutation::new(GaloisElement::rotation(3, LOG_N));
    let other_degree = Permutation::new(GaloisElement::rotation(3, LOG_N + 1));
    on_each_backend(|ring| {
        let words = [1; N];
        let operands = ring.interleave(&[&words, &words]);
        let duplicated = ring.interleave_weights(&[&words, &words]);
        let sides = [0, 1].map(|k| operands.operand(k));
        let weights = [0, 1].map(|k| duplicated.operand(k));
        fn term<'a>(
            ring: &SubRing,
            permutation: &'a Permutation,
            a: &'a [u32],
            sides: [Interleaved<'a>; 2],
        ) -> AutomorphismInnerProduct<'a> {
            ring.automorphism_inner_product(vec![(a, sides)], None, permutation)
        }
        fn run(
            ring: &SubRing,
            sums: &[AutomorphismInnerProduct<'_>],
            start: usize,
            lens: [usize; 2],
        ) -> [Vec<u32>; 2] {
            let [mut first, mut second] = lens.map(|len| vec![0; len]);
            ring.automorphism_inner_products([&mut first, &mut second], start, sums, false);
            [first, second]
        }
        let ones = |len| [vec![1; len], vec![1; len]];
        assert_eq!(
            run(ring, &[term(ring, &permutation, &words, sides)], 0, [N; 2]),
            ones(N)
        );
        assert_eq!(
            run(
                ring,
                &[term(ring, &permutation, &words, weights)],
                N - 32,
                [32; 2]
            ),
            ones(32)
        );
        for start in [16, N - 16, N, N + 32, 2 * N, LAST_BLOCK, usize::MAX] {
            refused("start", || {
                run(
                    ring,
                    &[term(ring, &permutation, &words, sides)],
                    start,
                    [32; 2],
                )
            });
            refused("start", || {
                run(
                    ring,
                    &[term(ring, &permutation, &words, weights)],
                    start,
                    [32; 2],
                )
            });
            let source = ring.automorphism_inner_product(vec![], Some((&words, 1)), &permutation);
            refused("start", || run(ring, &[source], start, [32; 2]));
        }
        for len in ODD {
            refused("outputs", || {
                run(
                    ring,
                    &[term(ring, &permutation, &words, sides)],
                    0,
                    [len; 2],
                )
            });
            refused("second output", || {
                run(
                    ring,
                    &[term(ring, &permutation, &words, sides)],
                    0,
                    [N, len],
                )
            });
            let odd = vec![1; len];
            refused("a", || {
                run(ring, &[term(ring, &permutation, &odd, sides)], 0, [N; 2])
            });
            let source = ring.automorphism_inner_product(vec![], Some((&odd, 1)), &permutation);
            refused("source", || run(ring, &[source], 0, [N; 2]));
        }
        refused("longer outputs", || {
            run(ring, &[term(ring, &permutation, &words, sides)], 32, [N; 2])
        });
        let short = sides.map(|side| side.part(0, N - 32));
        refused("sides", || {
            run(ring, &[term(ring, &permutation, &words, short)], 0, [N; 2])
        });
        refused("second side", || {
            run(
                ring,
                &[term(ring, &permutation, &words, [sides[0], short[1]])],
                0,
                [N; 2],
            )
        });
        refused("permutation", || {
            let terms = vec![(&words[..], sides)];
            run(
                ring,
                &[ring.automorphism_inner_product(terms, None, &other_degree)],
                0,
                [N; 2],
            )
        });
        refused("one side is duplicated", || {
            run(
                ring,
                &[term(ring, &permutation, &words, [sides[0], weights[1]])],
                0,
                [N; 2],
            )
        });
        refused("one term is duplicated", || {
            run(
                ring,
                &[
                    term(ring, &permutation, &words, sides),
                    term(ring, &permutation, &words, weights),
                ],
                0,
                [N; 2],
            )
        });
    });
}
