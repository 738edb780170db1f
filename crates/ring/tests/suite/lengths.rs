//! Limbs, conversions and polynomials refuse lengths and indices that do not fit, on every backend:
//! no safe call reads or writes past a slice.

use inkognito_ring::{
    BaseConverter, Basis, Coeff, GaloisElement, MixedRadix, ModDown, Ntt, Permutation, Poly,
    Stream, centred_binomial, ntt_primes_below, uniform_limb,
};

use crate::fixtures::{LOG_N, N, bases, on_each_backend, refused};

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

/// A slice that is not made of whole vectors is refused. An accepted slice is computed to its end.
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
