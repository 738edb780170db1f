//! Sums of products, limb by limb.

use inkognito_ring::fused::{DualInnerProduct, FusedKernels, Interleaved};
use proptest::prelude::*;

use crate::fixtures::{N, TERM_COUNTS, TwoSums, bases, in_powers, random, sum_of_products};

#[test]
fn inner_products_are_sums_of_products() {
    for count in TERM_COUNTS {
        for basis in bases() {
            let TwoSums { a, b, ab, .. } = TwoSums::new(&basis, count);
            for i in 0..basis.len() {
                let mut out = vec![0; N];
                let pairs: Vec<_> = a
                    .iter()
                    .zip(&b)
                    .map(|(a, b)| [a.limb(i), b.limb(i)])
                    .collect();
                basis.sub_ring(i).inner_product(&mut out, &pairs);
                assert_eq!(out, ab.limb(i));
            }
        }
    }
}

#[test]
fn dual_inner_products_are_sums_of_products() {
    for count in TERM_COUNTS {
        for basis in bases() {
            let TwoSums { a, b, c, ab, ac } = TwoSums::new(&basis, count);
            for i in 0..basis.len() {
                let sub_ring = basis.sub_ring(i);
                let (mut u, mut v) = (vec![0; N], vec![0; N]);
                // two operands of each term side by side with those of the others
                let limbs: Vec<_> = (0..count)
                    .flat_map(|k| [b[k].limb(i), c[k].limb(i)])
                    .collect();
                let operands = sub_ring.interleave(&limbs);
                let terms: Vec<_> = (0..count)
                    .map(|k| {
                        let side = |j| operands.operand(2 * k + j);
                        [Interleaved::contiguous(a[k].limb(i)), side(0), side(1)]
                    })
                    .collect();
                let sum = DualInnerProduct {
                    terms: &terms,
                    extra: [None; 2],
                };
                sub_ring.dual_inner_product([&mut u, &mut v], sum);
                assert_eq!((&u[..], &v[..]), (ab.limb(i), ac.limb(i)));
                // three blocks of it
                let part: Vec<_> = terms
                    .iter()
                    .map(|term| term.map(|operand| operand.part(64, 96)))
                    .collect();
                let part = DualInnerProduct {
                    terms: &part,
                    extra: [None; 2],
                };
                let (mut x, mut y) = ([0; 96], [0; 96]);
                sub_ring.dual_inner_product([&mut x, &mut y], part);
                assert_eq!((&x[..], &y[..]), (&u[64..160], &v[64..160]));
            }
        }
    }
}

#[test]
fn extra_terms_are_multiples_of_a_limb() {
    for basis in bases() {
        let TwoSums { a, b, c, ab, ac } = TwoSums::new(&basis, 3);
        let extra = random(&basis, 60);
        for i in 0..basis.len() {
            let (sub_ring, m) = (basis.sub_ring(i), basis.modulus(i));
            let limbs: Vec<_> = (0..3).flat_map(|k| [b[k].limb(i), c[k].limb(i)]).collect();
            let operands = sub_ring.interleave(&limbs);
            let terms = [0, 1, 2].map(|k| {
                let [b, c] = [2 * k, 2 * k + 1].map(|j| operands.operand(j));
                [Interleaved::contiguous(a[k].limb(i)), b, c]
            });
            let (w, d) = ([m.value() - 1, 12_345], extra.limb(i));
            let sum = DualInnerProduct {
                terms: &terms,
                extra: w.map(|w| Some((d, w))),
            };
            let (mut u, mut v) = (vec![0; N], vec![0; N]);
            sub_ring.dual_inner_product([&mut u, &mut v], sum);
            let expected = |sum: &[u32], w: u32| -> Vec<u32> {
                let pairs = sum.iter().zip(d);
                pairs.map(|(&s, &d)| m.add(s, m.mul(d, w))).collect()
            };
            assert_eq!(u, expected(ab.limb(i), w[0]));
            assert_eq!(v, expected(ac.limb(i), w[1]));
        }
    }
}

#[test]
fn weights_are_multiplied_duplicated_or_not() {
    for basis in bases() {
        for (count, step) in [(1, 2), (5, 2), (40, 2), (5, 1)] {
            let random = |seed: usize| random(&basis, seed as u8);
            // polynomials in X^step
            let weights: Vec<_> = (0..count)
                .map(|k| in_powers(&basis, k as u8, step))
                .collect();
            let sides =
                [50, 150].map(|seed| (0..count).map(|k| random(seed + k)).collect::<Vec<_>>());
            let sums = sides
                .each_ref()
                .map(|side| sum_of_products(&basis, side, &weights));
            for i in 0..basis.len() {
                let sub_ring = basis.sub_ring(i);
                let limbs: Vec<_> = weights.iter().map(|weight| weight.limb(i)).collect();
                let operands = sub_ring.interleave_weights(&limbs);
                for part in [0..N, 32..160] {
                    let term = |k: usize| {
                        let [b, c] = sides
                            .each_ref()
                            .map(|side| Interleaved::contiguous(&side[k].limb(i)[part.clone()]));
                        [operands.operand(k).part(part.start, part.len()), b, c]
                    };
                    let terms: Vec<_> = (0..count).map(term).collect();
                    let (mut u, mut v) = (vec![0; part.len()], vec![0; part.len()]);
                    let sum = DualInnerProduct {
                        terms: &terms,
                        extra: [None; 2],
                    };
                    sub_ring.dual_inner_product([&mut u, &mut v], sum);
                    let expected = sums.each_ref().map(|sum| &sum.limb(i)[part.clone()]);
                    assert_eq!([&u[..], &v[..]], expected);
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn multiples_are_added_and_products_subtracted(seed: u8, w: u32) {
        for basis in bases() {
            let [a, b, c] = [0, 1, 2].map(|k| random(&basis, seed.wrapping_add(k)));
            for i in 0..basis.len() {
                let (sub_ring, m) = (basis.sub_ring(i), basis.modulus(i));
                let [a, b, c] = [&a, &b, &c].map(|poly| poly.limb(i));
                let mut sum = a.to_vec();
                sub_ring.add_multiple_assign(&mut sum, b, w);
                let expected = |k: usize| m.add(a[k], m.mul(b[k], w));
                prop_assert!(sum.iter().copied().eq((0..N).map(expected)));
                let (mut montgomery, mut difference) = (b.to_vec(), a.to_vec());
                sub_ring.to_montgomery_assign(&mut montgomery);
                sub_ring.sub_product_assign(&mut difference, &montgomery, c);
                let expected = |k: usize| m.sub(a[k], m.mul(b[k], c[k]));
                prop_assert!(difference.iter().copied().eq((0..N).map(expected)));
            }
        }
    }
}
