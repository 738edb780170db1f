//! Polynomials over several primes.

use inkognito_ring::{ModDown, Ntt, Poly};
use proptest::prelude::*;

use crate::fixtures::{N, bases, extreme, random};

/// Returns the schoolbook product modulo X^N + 1 and one modulus.
fn naive_product(a: &[u32], b: &[u32], q: u32) -> Vec<u32> {
    let q = u128::from(q);
    let mut out = vec![0u128; N];
    for (i, &x) in a.iter().enumerate() {
        for (j, &y) in b.iter().enumerate() {
            let product = u128::from(x) * u128::from(y);
            if i + j < N {
                out[i + j] += product;
            } else {
                out[i + j - N] += q * q - product;
            }
        }
    }
    out.into_iter().map(|x| (x % q) as u32).collect()
}

#[test]
fn product_is_the_schoolbook_product() {
    for basis in bases() {
        for (a, b) in [
            (
                random(&basis, 2).into_coeff(),
                random(&basis, 3).into_coeff(),
            ),
            (extreme(&basis, u64::MAX), extreme(&basis, u64::MAX)),
            (
                extreme(&basis, 0x5555_5555_5555_5555),
                extreme(&basis, 0xF0F0_1234_8000_0001),
            ),
        ] {
            let mut product = a.clone().into_ntt();
            product.mul_assign(&b.clone().into_ntt());
            let product = product.into_coeff();
            for i in 0..basis.len() {
                let q = basis.modulus(i).value();
                assert_eq!(
                    product.limb(i),
                    naive_product(a.limb(i), b.limb(i), q),
                    "{basis:?}"
                );
            }
        }
    }
}

proptest! {
    #[test]
    fn signed_integers_have_their_residues(
        some in proptest::collection::vec(any::<i64>(), 8),
        small in -(1i64 << 31)..1 << 31,
    ) {
        let edges = [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX, small];
        let all: Vec<i64> = some.into_iter().chain(edges).cycle().take(N).collect();
        for basis in bases() {
            let poly = Poly::from_signed(&basis, &all);
            for i in 0..basis.len() {
                let expected = all.iter().map(|&v| basis.modulus(i).reduce_i64(v));
                prop_assert!(expected.eq(poly.limb(i).iter().copied()));
            }
        }
    }

    #[test]
    fn ring_laws_hold_and_backends_agree(sa in 0u8..255, sb in 0u8..255, sc in 0u8..255) {
        let mut results = vec![];
        for basis in bases() {
            let (a, b, c) = (random(&basis, sa), random(&basis, sb), random(&basis, sc));
            // a (b + c) = a b + a c
            let mut left = b.clone();
            left.add_assign(&c);
            left.mul_assign(&a);
            let (mut ab, mut ac) = (a.clone(), a.clone());
            ab.mul_assign(&b);
            ac.mul_assign(&c);
            ab.add_assign(&ac);
            prop_assert_eq!(&left, &ab);
            // (a - b) + b = a, -(-a) = a
            let mut d = a.clone();
            d.sub_assign(&b);
            d.add_assign(&b);
            d.neg_assign();
            d.neg_assign();
            prop_assert_eq!(&d, &a);
            // there and back
            let coefficients = left.into_coeff();
            prop_assert_eq!(&coefficients.clone().into_ntt(), &ab);
            let divided = ModDown::new(&basis, 2..4).apply(ab);
            results.push((coefficients.residues().to_vec(), divided.residues().to_vec()));
        }
        prop_assert!(results.windows(2).all(|w| w[0] == w[1]));
    }

    #[test]
    fn residues_are_checked(extra in 0usize..3, at in 0usize..N) {
        let basis = &bases()[0];
        let good = random(basis, 1).residues().to_vec();
        prop_assert!(Poly::<Ntt>::from_residues(basis, good.clone()).is_some());
        let mut long = good.clone();
        long.resize(good.len() + extra, 0);
        prop_assert_eq!(Poly::<Ntt>::from_residues(basis, long).is_some(), extra == 0);
        let mut large = good;
        large[N + at] = basis.modulus(1).value();
        prop_assert!(Poly::<Ntt>::from_residues(basis, large).is_none());
    }
}
