//! Automorphisms, and sums of products under them.

use inkognito_ring::fused::FusedKernels;
use inkognito_ring::{GaloisElement, Ntt, Permutation, Poly};

use crate::fixtures::{LOG_N, N, TERM_COUNTS, TwoSums, bases, in_powers, random};

#[test]
fn automorphism_permutes_the_exponents() {
    for basis in bases() {
        let f = random(&basis, 4).into_coeff();
        let rotations = [1, 2, 17, -5].map(|steps| GaloisElement::rotation(steps, LOG_N));
        for g in rotations
            .into_iter()
            .chain([GaloisElement::conjugation(LOG_N)])
        {
            let permuted = f
                .clone()
                .into_ntt()
                .permuted(&Permutation::new(g))
                .into_coeff();
            for i in 0..basis.len() {
                let m = basis.modulus(i);
                let mut expected = vec![0; N];
                for (k, &c) in f.limb(i).iter().enumerate() {
                    let e = k * g.value() as usize % (2 * N);
                    expected[e % N] = if e < N { c } else { m.sub(0, c) };
                }
                assert_eq!(permuted.limb(i), expected);
            }
        }
    }
}

/// With something added, in two chunks, and added once more.
#[test]
fn automorphisms_of_inner_products_are_added() {
    let permutations = [
        GaloisElement::rotation(3, LOG_N),
        GaloisElement::conjugation(LOG_N),
    ]
    .map(Permutation::new);
    for count in TERM_COUNTS {
        for basis in bases() {
            let TwoSums { a, b, c, ab, ac } = TwoSums::new(&basis, count);
            let extra = random(&basis, 60);
            let mut first = ab;
            first.sub_assign(&extra);
            let sum_over_automorphisms = |x: &Poly<Ntt>| {
                let mut sum = x.permuted(&permutations[0]);
                sum.add_assign(&x.permuted(&permutations[1]));
                sum
            };
            let (mut x, mut y) = (sum_over_automorphisms(&first), sum_over_automorphisms(&ac));
            let (mut u, mut v) = (x.clone(), y.clone());
            let permuted = permutations
                .each_ref()
                .map(|permutation| [&b, &c].map(|all| all.iter().map(|p| p.permuted(permutation))))
                .map(|sides| sides.map(Iterator::collect::<Vec<_>>));
            for add in [false, true] {
                for i in 0..basis.len() {
                    let (sub_ring, w) = (basis.sub_ring(i), basis.modulus(i).value() - 1);
                    let operands = permuted.each_ref().map(|[b, c]| {
                        let limbs = (0..count).flat_map(|k| [b[k].limb(i), c[k].limb(i)]);
                        sub_ring.interleave(&limbs.collect::<Vec<_>>())
                    });
                    let sums = [0, 1].map(|g| {
                        let side = |j| operands[g].operand(j);
                        let term = |k: usize| (a[k].limb(i), [side(2 * k), side(2 * k + 1)]);
                        let source = Some((extra.limb(i), w));
                        sub_ring.automorphism_inner_product(
                            (0..count).map(term).collect(),
                            source,
                            &permutations[g],
                        )
                    });
                    for chunk in [0..96, 96..N] {
                        let out =
                            [u.limb_mut(i), v.limb_mut(i)].map(|limb| &mut limb[chunk.clone()]);
                        sub_ring.automorphism_inner_products(out, chunk.start, &sums, add);
                    }
                }
                assert_eq!((&u, &v), (&x, &y));
                x.add_assign(&x.clone());
                y.add_assign(&y.clone());
            }
        }
    }
}

#[test]
fn automorphisms_are_multiplied_by_weights_duplicated_or_not() {
    let permutations = [
        GaloisElement::rotation(0, LOG_N),
        GaloisElement::rotation(5, LOG_N),
        GaloisElement::conjugation(LOG_N),
    ]
    .map(Permutation::new);
    for basis in bases() {
        for step in [1, 2] {
            let x = random(&basis, 7);
            // a weight for each automorphism in both sums: polynomials in X^step
            let weight = |seed: u8| in_powers(&basis, seed, step);
            let sides = [[10, 11, 12], [20, 21, 22]].map(|side| side.map(weight));
            let sums = sides.each_ref().map(|side| {
                let mut sum = Poly::<Ntt>::zero(&basis);
                for (weight, permutation) in side.iter().zip(&permutations) {
                    let mut product = x.permuted(permutation);
                    product.mul_assign(weight);
                    sum.add_assign(&product);
                }
                sum
            });
            for i in 0..basis.len() {
                let sub_ring = basis.sub_ring(i);
                let sides = sides.each_ref().map(|side| {
                    let limbs = side.each_ref().map(|weight| weight.limb(i));
                    sub_ring.interleave_weights(&limbs)
                });
                let weighted = |k: usize| {
                    let weights = sides.each_ref().map(|side| side.operand(k));
                    sub_ring.automorphism_inner_product(
                        vec![(x.limb(i), weights)],
                        None,
                        &permutations[k],
                    )
                };
                let (mut u, mut v) = (vec![0; N], vec![0; N]);
                sub_ring.automorphism_inner_products(
                    [&mut u, &mut v],
                    0,
                    &[0, 1, 2].map(weighted),
                    false,
                );
                assert_eq!([&u[..], &v[..]], sums.each_ref().map(|sum| sum.limb(i)));
            }
        }
    }
}
