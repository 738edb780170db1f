//! Lengths, offsets and indices that do not fit are refused, on every backend: no safe call reads
//! or writes past a slice.

use std::panic::{AssertUnwindSafe, catch_unwind};

use inkognito_ring::fused::{
    AutomorphismInnerProduct, DualInnerProduct, FusedKernels, Interleaved,
};
use inkognito_ring::{
    BaseConverter, Basis, Coeff, GaloisElement, MixedRadix, ModDown, Ntt, Permutation, Poly,
    Stream, SubRing, centred_binomial, ntt_primes_below, uniform_limb,
};

use crate::fixtures::{LOG_N, N, bases};

/// Numbers of words that are not whole blocks of 32.
const ODD: [usize; 6] = [1, 16, 31, 33, 225, 255];

/// The largest multiple of 32.
const LAST_BLOCK: usize = usize::MAX - 31;

#[track_caller]
fn refused<T>(what: &str, call: impl FnOnce() -> T) {
    let result = catch_unwind(AssertUnwindSafe(call));
    assert!(result.is_err(), "{what}: accepted");
}

/// Runs a check on one ring of every backend.
fn on_each_backend(check: impl Fn(&SubRing)) {
    bases().iter().for_each(|basis| check(basis.sub_ring(0)));
}

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

#[test]
fn limbs_have_the_degree() {
    let small = centred_binomial(N - 1, &mut Stream::new(&[1; 32], 0));
    let permutation = Permutation::new(GaloisElement::conjugation(LOG_N));
    on_each_backend(|ring| {
        for len in [0, 1, 32, 225, N - 1, N + 1, N + 32, 2 * N] {
            let (words, other, mut out) = (vec![0; len], vec![0; N], vec![0; N]);
            let odd = || vec![0; len];
            refused("forward", || ring.forward(&mut odd()));
            refused("inverse", || ring.inverse(&mut odd()));
            refused("forward_from", || ring.forward_from(&words, &mut out));
            refused("forward_from", || ring.forward_from(&other, &mut odd()));
            refused("forward_from", || ring.forward_from(&words, &mut odd()));
            refused("inverse_from", || ring.inverse_from(&words, &mut out));
            refused("inverse_from", || ring.inverse_from(&other, &mut odd()));
            refused("inverse_from", || ring.inverse_from(&words, &mut odd()));
            refused("mul_by_i", || ring.mul_by_i(&words, &mut out));
            refused("mul_by_i", || ring.mul_by_i(&other, &mut odd()));
            refused("apply", || permutation.apply(&words, &mut out));
            refused("apply", || permutation.apply(&other, &mut odd()));
            refused("add_multiple_assign", || {
                ring.add_multiple_assign(&mut out, &words, 1)
            });
            refused("sub_product_assign", || {
                ring.sub_product_assign(&mut out, &words, &other)
            });
            refused("sub_product_assign", || {
                ring.sub_product_assign(&mut out, &other, &words)
            });
            refused("sub_product_assign", || {
                ring.sub_product_assign(&mut odd(), &other, &other)
            });
            refused("inner_product", || {
                ring.inner_product(&mut out, &[[&words, &other]])
            });
            refused("inner_product", || {
                ring.inner_product(&mut out, &[[&other, &words]])
            });
            refused("inner_product", || {
                ring.inner_product(&mut odd(), &[[&other, &other]])
            });
        }
        refused("small_residues", || {
            ring.small_residues(&small, &mut [0; N])
        });
    });
}

/// A slice that is not made of whole vectors is refused; and what is accepted is computed to its
/// end.
#[test]
fn slices_are_whole_vectors() {
    on_each_backend(|ring| {
        for len in 0..=70 {
            let (a, b) = (vec![3; len], vec![5; len]);
            let check = |whole: bool, name: &str, call: &dyn Fn() -> Vec<u32>, expected: u32| {
                if whole {
                    assert_eq!(call(), vec![expected; len], "{name}, {len}");
                } else {
                    refused(name, call);
                }
            };
            let vectors = len.is_multiple_of(ring.backend().lanes());
            let added = || {
                let mut out = a.clone();
                ring.add_multiple_assign(&mut out, &b, 2);
                out
            };
            check(vectors, "add_multiple_assign", &added, 13);
            let subtracted = || {
                let (mut out, mut montgomery) = (vec![100; len], b.clone());
                ring.to_montgomery_assign(&mut montgomery);
                ring.sub_product_assign(&mut out, &a, &montgomery);
                out
            };
            check(vectors, "sub_product_assign", &subtracted, 85);
            let four_vectors = len.is_multiple_of(4 * ring.backend().lanes());
            let product = || {
                let mut out = vec![0; len];
                ring.inner_product(&mut out, &[[&a, &b], [&b, &b]]);
                out
            };
            check(four_vectors, "inner_product", &product, 40);
            // any number of words is sampled
            let mut out = vec![u32::MAX; len];
            uniform_limb(ring, &[1; 32], 0, &mut out);
            assert!(out.iter().all(|&x| x < ring.modulus().value()));
        }
    });
}

#[test]
fn conversions_have_their_lengths() {
    for basis in bases() {
        let (source, target) = (basis.prefix(2), basis.select(2..4));
        let radix = MixedRadix::new(&source);
        for len in [0, 1, 2 * N - 1, 2 * N + 1] {
            refused("digits", || {
                radix.digits_assign_contiguous(&mut vec![0; len])
            });
        }
        refused("digits", || {
            radix.digits_assign(&mut [&mut [0; N], &mut [0; N - 32]]);
        });
        refused("digits", || radix.digits_assign(&mut [&mut [0; N]]));
        refused("digits", || {
            radix.digits_assign(&mut [&mut [0; N], &mut [0; N], &mut [0; N]])
        });

        let larger = ntt_primes_below(28, LOG_N + 1, 2).unwrap();
        let other_degree = Basis::with_backend(LOG_N + 1, &larger, basis.backend()).unwrap();
        refused("a common prime", || BaseConverter::new(&source, &basis));
        refused("degrees", || BaseConverter::new(&source, &other_degree));
        let converter = BaseConverter::new(&source, &target);
        let digits = [0; 2 * N];
        for len in [0, 1, 225, N - 1, N + 1, N + 32, 2 * N] {
            let out = || vec![0; len];
            refused("evaluate", || converter.evaluate(&digits, 0, &mut out()));
            refused("evaluate_ntt", || {
                converter.evaluate_ntt(&digits, 0, &mut out())
            });
            let short = vec![0; 2 * len];
            refused("evaluate", || converter.evaluate(&short, 0, &mut [0; N]));
            refused("evaluate_ntt", || {
                converter.evaluate_ntt(&short, 0, &mut [0; N])
            });
        }
        refused("evaluate", || converter.evaluate(&digits, 2, &mut [0; N]));
        refused("evaluate_ntt", || {
            converter.evaluate_ntt(&digits, 2, &mut [0; N])
        });
        refused("convert", || converter.convert(&Poly::zero(&target)));

        for dropped in [0..0, 2..2, 0..6, 5..7, 7..8] {
            refused("dropped", || ModDown::new(&basis, dropped));
        }
        let division = ModDown::new(&basis, 4..6);
        for len in [0, 1, 225, N - 1, N + 1, N + 32, 2 * N] {
            let odd = || vec![0; len];
            let (mut out, limb) = ([0; N], [0; N]);
            refused("limb", || {
                division.divide_coefficients(0, &digits, &odd(), &mut out)
            });
            refused("out", || {
                division.divide_coefficients(0, &digits, &limb, &mut odd())
            });
            let short = vec![0; 2 * len];
            refused("digits", || {
                division.divide_coefficients(0, &short, &limb, &mut out)
            });
            refused("limb", || {
                division.divide_values(0, &digits, &mut odd(), &mut [0; N])
            });
            refused("scratch", || {
                division.divide_values(0, &digits, &mut out, &mut odd())
            });
            refused("digits", || {
                division.divide_values(0, &short, &mut out, &mut [0; N])
            });
        }
        refused("modulus", || {
            division.divide_coefficients(4, &digits, &[0; N], &mut [0; N])
        });
        refused("modulus", || {
            division.divide_values(4, &digits, &mut [0; N], &mut [0; N])
        });
        refused("apply", || division.apply(Poly::zero(&source)));
    }
}

#[test]
fn more_than_nine_source_primes_are_refused() {
    let primes = ntt_primes_below(28, LOG_N, 11).unwrap();
    for basis in bases() {
        let all = Basis::with_backend(LOG_N, &primes, basis.backend()).unwrap();
        for count in [9, 10] {
            let (source, target) = (all.prefix(count), all.select([10]));
            let converter = BaseConverter::new(&source, &target);
            let coefficients = [-123_456_789; N];
            let poly = Poly::from_signed(&source, &coefficients);
            if count == 9 {
                let expected = Poly::from_signed(&target, &coefficients);
                assert_eq!(converter.convert(&poly), expected);
            } else {
                refused("convert", || converter.convert(&poly));
            }
        }
    }
}

#[test]
fn polynomials_and_bases_have_their_lengths() {
    let small = centred_binomial(N - 1, &mut Stream::new(&[1; 32], 0));
    let other_degree = Permutation::new(GaloisElement::rotation(1, LOG_N + 1));
    for basis in bases() {
        let one = basis.prefix(1);
        let (x, y) = (Poly::<Ntt>::zero(&basis), Poly::<Ntt>::zero(&one));
        refused("add", || x.clone().add_assign(&y));
        refused("sub", || x.clone().sub_assign(&y));
        refused("mul", || x.clone().mul_assign(&y));
        refused("mul", || x.clone().mul_residues_assign(&[1; 5]));
        refused("permuted", || x.permuted(&other_degree));
        refused("limb", || x.limb(6).len());
        refused("limb_mut", || x.clone().limb_mut(6).len());
        refused("select", || x.select([6]));
        refused("select", || x.select([]));
        refused("truncate", || x.clone().truncate(0));
        refused("select", || basis.select([6]));
        refused("prefix", || basis.prefix(0));
        refused("prefix", || basis.prefix(7));
        refused("sub_ring", || basis.sub_ring(6).degree());
        refused("from_small", || Poly::from_small(&basis, &small));
        refused("from_signed", || Poly::from_signed(&basis, &[0; N + 1]));
        assert!(Poly::<Coeff>::from_residues(&basis, vec![0; N]).is_none());
        let mut same = x.clone();
        same.truncate(7);
        assert_eq!(same, x);
    }
    refused("then", || {
        GaloisElement::rotation(1, LOG_N).then(GaloisElement::rotation(1, LOG_N + 1))
    });
}
