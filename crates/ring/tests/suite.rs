//! One suite, run on every backend that this machine has: laws, a naive oracle, and bit-for-bit
//! equality with the scalar backend.

use inkognito_ring::{
    Backend, BaseConverter, Basis, Coeff, DualInnerProduct, ERROR_VARIANCE, GaloisElement, ModDown,
    Ntt, Permutation, Poly, Stream, centred_binomial, ntt_primes_below, ternary, uniform,
};
use proptest::prelude::*;

const LOG_N: u32 = 8;
const N: usize = 1 << LOG_N;

/// Primes of each size in use, the largest below 2^30 (where lazy ranges are tightest) among them.
fn primes() -> Vec<u32> {
    [26, 28, 30]
        .iter()
        .flat_map(|&bits| ntt_primes_below(bits, LOG_N, 2).unwrap())
        .collect()
}

fn bases() -> Vec<Basis> {
    let primes = primes();
    Backend::available()
        .into_iter()
        .map(|b| Basis::with_backend(LOG_N, &primes, b).unwrap())
        .collect()
}

fn random(basis: &Basis, seed: u8) -> Poly<Ntt> {
    uniform(basis, &[seed; 32], 0)
}

/// The polynomial with every residue `q - 1` or 0: the extremes of every lazy range.
fn extreme(basis: &Basis, pattern: u64) -> Poly<Coeff> {
    let data = basis
        .moduli()
        .flat_map(|m| {
            (0..N).map(move |i| {
                if pattern >> (i % 64) & 1 == 1 {
                    m.value() - 1
                } else {
                    0
                }
            })
        })
        .collect();
    Poly::from_residues(basis, data).unwrap()
}

/// Schoolbook product modulo X^N + 1, one modulus.
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

/// Evaluation of a polynomial at `x` modulo `q` by Horner's rule.
fn evaluate(coefficients: &[u32], x: u64, q: u64) -> u64 {
    coefficients
        .iter()
        .rev()
        .fold(0, |acc, &c| (acc * x + u64::from(c)) % q)
}

#[test]
fn transform_is_evaluation_at_odd_powers_of_one_root() {
    for basis in bases() {
        let f = random(&basis, 1).into_coeff();
        let x = {
            // the transform of X gives the roots themselves
            let mut x = vec![0; N * basis.len()];
            (0..basis.len()).for_each(|i| x[i * N + 1] = 1);
            Poly::<Coeff>::from_residues(&basis, x).unwrap().into_ntt()
        };
        let values = f.clone().into_ntt();
        for i in 0..basis.len() {
            let q = u64::from(basis.modulus(i).value());
            let m = basis.modulus(i);
            let psi = x.limb(i)[0];
            assert_eq!(m.pow(psi, N as u32), m.value() - 1, "primitive 2N-th root");
            for k in 0..N {
                let exponent = 2 * (k.reverse_bits() >> (usize::BITS - LOG_N)) as u32 + 1;
                assert_eq!(x.limb(i)[k], m.pow(psi, exponent), "order of the values");
                let expected = evaluate(f.limb(i), u64::from(x.limb(i)[k]), q);
                assert_eq!(u64::from(values.limb(i)[k]), expected);
            }
            // from one place to another
            let (table, mut out) = (basis.sub_ring(i), vec![u32::MAX; N]);
            table.forward_from(f.limb(i), &mut out);
            assert_eq!(out, values.limb(i));
            table.inverse_from(values.limb(i), &mut out);
            assert_eq!(out, f.limb(i));
        }
    }
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

#[test]
fn automorphism_permutes_the_exponents() {
    for basis in bases() {
        let f = random(&basis, 4).into_coeff();
        let rotations = [1, 2, 17, -5].map(|steps| GaloisElement::rotation(steps, LOG_N));
        for g in rotations
            .into_iter()
            .chain([GaloisElement::conjugation(LOG_N)])
        {
            let image = f
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
                assert_eq!(image.limb(i), expected);
            }
        }
    }
}

/// The signed integer below P/2 in absolute value that two residues stand for.
fn centred_pair(x0: u32, x1: u32, p0: i128, p1: i128) -> i128 {
    let product = p0 * p1;
    let x = (0..p1)
        .map(|k| i128::from(x0) + k * p0)
        .find(|x| x % p1 == i128::from(x1))
        .expect("coprime moduli");
    if x > product / 2 { x - product } else { x }
}

#[test]
fn conversion_and_division_are_exact() {
    // small primes, so that the oracle may search
    let moduli: Vec<u32> = [12289, 7681].into_iter().chain(primes()).collect();
    for backend in Backend::available() {
        let all = Basis::with_backend(LOG_N, &moduli, backend).unwrap();
        let (from, to) = (all.prefix(2), all.select(2..moduli.len()));
        let (p0, p1) = (i128::from(moduli[0]), i128::from(moduli[1]));
        let x = random(&from, 5).into_coeff();
        let y = BaseConverter::new(&from, &to).convert(&x);
        // the dropped moduli come last
        let order = all.select((2..moduli.len()).chain(0..2));
        let whole = random(&order, 6);
        let last = order.len() - 2;
        let division = ModDown::new(&order, last..order.len());
        let divided = division.apply(whole.clone()).into_coeff();
        let whole = whole.into_coeff();
        // the same among coefficients
        let mut digits = whole.residues()[last * N..].to_vec();
        division.radix().digits_of(&mut digits);
        for t in 0..to.len() {
            let mut out = vec![0; N];
            division.divide_coefficients(t, &digits, whole.limb(t), &mut out);
            assert_eq!(out, divided.limb(t));
        }
        for k in 0..N {
            let value = centred_pair(x.limb(0)[k], x.limb(1)[k], p0, p1);
            let remainder = centred_pair(whole.limb(last)[k], whole.limb(last + 1)[k], p0, p1);
            for t in 0..to.len() {
                let q = i128::from(to.modulus(t).value());
                assert_eq!(i128::from(y.limb(t)[k]), value.rem_euclid(q));
                // divided * P = whole - centred remainder
                let left = i128::from(divided.limb(t)[k]) * p0 * p1 % q;
                let right = (i128::from(whole.limb(t)[k]) - remainder).rem_euclid(q);
                assert_eq!(left, right);
            }
        }
    }
}

#[test]
fn three_moduli_convert_as_well() {
    for basis in bases() {
        let (from, to) = (basis.select([0, 2, 4]), basis.select([1, 3, 5]));
        let coefficients: Vec<i64> = (0..N as i64)
            .map(|i| (i - 100) * 0x1234_5678_9ABC * (1 - 2 * (i & 1)))
            .collect();
        let x = Poly::from_signed(&from, &coefficients);
        let y = BaseConverter::new(&from, &to).convert(&x);
        assert_eq!(y, Poly::from_signed(&to, &coefficients));
    }
}

/// Digits as large as can be, and residues as they may be inside of the lazy transforms.
#[test]
fn conversion_and_transform_are_one_after_the_other() {
    for log_n in [LOG_N, 13, 14] {
        let sizes = [(26, 5), (28, 2), (30, 2)].into_iter();
        let primes: Vec<u32> = sizes
            .flat_map(|(bits, count)| ntt_primes_below(bits, log_n, count).unwrap())
            .collect();
        for backend in Backend::available() {
            let all = Basis::with_backend(log_n, &primes, backend).unwrap();
            for from in [vec![0, 1], vec![5, 6], vec![5, 6, 0], vec![7, 8], vec![5]] {
                let to = all.select((0..primes.len()).filter(|i| !from.contains(i)));
                let from = all.select(from);
                let converter = BaseConverter::new(&from, &to);
                let n = from.degree();
                for pattern in [u64::MAX, 0, 0x5555_5555_5555_5555, 0xF0F0_1234_8000_0001] {
                    let largest = from.moduli().map(|m| m.value() - 1);
                    let digits: Vec<u32> = largest
                        .flat_map(|d| (0..n).map(move |i| d * (pattern >> (i % 64) & 1) as u32))
                        .collect();
                    let (mut one, mut other) = (vec![0; n], vec![0; n]);
                    for t in 0..to.len() {
                        converter.evaluate(&digits, t, &mut one);
                        converter.evaluate_ntt(&digits, t, &mut other);
                        let q = to.modulus(t).value();
                        assert!(other.iter().all(|v| *v < q), "{backend:?}: in [0, {q})");
                        to.sub_ring(t).inverse(&mut other);
                        assert_eq!(one, other, "{backend:?}, modulo {q}");
                        // the whole range of residues, through a transform and back
                        one.iter_mut()
                            .for_each(|v| *v = if *v % 2 == 0 { q - 1 } else { 0 });
                        other.copy_from_slice(&one);
                        to.sub_ring(t).forward(&mut other);
                        to.sub_ring(t).inverse(&mut other);
                        assert_eq!(one, other, "{backend:?}, modulo {q}");
                    }
                }
            }
        }
    }
}

#[test]
fn inner_products_are_sums_of_products() {
    // a few; and more than a 64-bit sum holds for primes of 30 bits
    for count in [3, 19] {
        sums_of_products(count);
    }
}

fn sums_of_products(count: usize) {
    for basis in bases() {
        let (a, b): (Vec<_>, Vec<_>) = (0..count as u8)
            .map(|i| (random(&basis, 20 + i), random(&basis, 40 + i)))
            .unzip();
        let c: Vec<_> = (0..count as u8)
            .map(|i| extreme(&basis, u64::MAX << i).into_ntt())
            .collect();
        let sum = |x: &[Poly<Ntt>], y: &[Poly<Ntt>]| {
            let mut sum = Poly::<Ntt>::zero(&basis);
            for (x, y) in x.iter().zip(y) {
                let mut product = x.clone();
                product.mul_assign(y);
                sum.add_assign(&product);
            }
            sum
        };
        let (ab, ac) = (sum(&a, &b), sum(&a, &c));
        let extra = random(&basis, 60);
        for i in 0..basis.len() {
            let table = basis.sub_ring(i);
            let (mut u, mut v) = (vec![0; N], vec![0; N]);
            let pairs: Vec<_> = a
                .iter()
                .zip(&b)
                .map(|(a, b)| [a.limb(i), b.limb(i)])
                .collect();
            table.inner_product(&mut u, &pairs);
            assert_eq!(u, ab.limb(i));
            // two of each term's operands side by side with those of the others
            let together: Vec<_> = (0..count)
                .flat_map(|k| [b[k].limb(i), c[k].limb(i)])
                .collect();
            let together = table.interleave(&together);
            let terms: Vec<_> = (0..count)
                .map(|k| {
                    let side = |j| together.operand(2 * k + j);
                    [a[k].limb(i).into(), side(0), side(1)]
                })
                .collect();
            let plain = DualInnerProduct {
                terms: &terms,
                extra: [None; 2],
            };
            table.dual_inner_product([&mut u, &mut v], plain);
            assert_eq!((&u[..], &v[..]), (ab.limb(i), ac.limb(i)));
            // a part of it
            let part: Vec<_> = terms
                .iter()
                .map(|term| term.map(|runs| runs.part(64, 96)))
                .collect();
            let part = DualInnerProduct {
                terms: &part,
                extra: [None; 2],
            };
            let (mut x, mut y) = ([0; 96], [0; 96]);
            table.dual_inner_product([&mut x, &mut y], part);
            assert_eq!((&x[..], &y[..]), (&u[64..160], &v[64..160]));
        }
        // images of them, with something added, in two stretches, and added once more
        let automorphisms = [
            GaloisElement::rotation(3, LOG_N),
            GaloisElement::conjugation(LOG_N),
        ];
        let permutations = automorphisms.map(Permutation::new);
        let mut first = ab.clone();
        first.sub_assign(&extra);
        let image = |x: &Poly<Ntt>| {
            let mut sum = x.permuted(&permutations[0]);
            sum.add_assign(&x.permuted(&permutations[1]));
            sum
        };
        let (mut x, mut y) = (image(&first), image(&ac));
        let (mut u, mut v) = (x.clone(), y.clone());
        let moved = permutations
            .each_ref()
            .map(|permutation| [&b, &c].map(|all| all.iter().map(|p| p.permuted(permutation))))
            .map(|sides| sides.map(Iterator::collect::<Vec<_>>));
        for add in [false, true] {
            for i in 0..basis.len() {
                let (table, w) = (basis.sub_ring(i), basis.modulus(i).value() - 1);
                let together = moved.each_ref().map(|[b, c]| {
                    let terms = (0..count).flat_map(|k| [b[k].limb(i), c[k].limb(i)]);
                    table.interleave(&terms.collect::<Vec<_>>())
                });
                let images = [0, 1].map(|g| {
                    let side = |j| together[g].operand(j);
                    let term = |k: usize| (a[k].limb(i), [side(2 * k), side(2 * k + 1)]);
                    let own = Some((extra.limb(i), w));
                    table.automorphism_inner_product(
                        (0..count).map(term).collect(),
                        own,
                        &permutations[g],
                    )
                });
                for at in [0..96, 96..N] {
                    let out = [u.limb_mut(i), v.limb_mut(i)].map(|limb| &mut limb[at.clone()]);
                    table.automorphism_inner_products(out, at.start, &images, add);
                }
            }
            assert_eq!((&u, &v), (&x, &y));
            x.add_assign(&x.clone());
            y.add_assign(&y.clone());
        }
    }
}

/// A polynomial in `X^step`.
fn in_powers(basis: &Basis, seed: u8, step: usize) -> Poly<Ntt> {
    let mut poly = random(basis, seed).into_coeff();
    for limb in poly.limbs_mut() {
        let outside = limb.iter_mut().enumerate().filter(|(i, _)| i % step != 0);
        outside.for_each(|(_, word)| *word = 0);
    }
    poly.into_ntt()
}

#[test]
fn weights_are_multiplied_be_they_doubled_or_not() {
    for basis in bases() {
        for (count, step) in [(1, 2), (5, 2), (40, 2), (5, 1)] {
            let random = |seed: usize| random(&basis, seed as u8);
            // polynomials in X^step
            let weights: Vec<_> = (0..count)
                .map(|k| in_powers(&basis, k as u8, step))
                .collect();
            let sides =
                [50, 150].map(|seed| (0..count).map(|k| random(seed + k)).collect::<Vec<_>>());
            let sums = sides.each_ref().map(|side| {
                let mut sum = Poly::<Ntt>::zero(&basis);
                for (weight, x) in weights.iter().zip(side) {
                    let mut product = x.clone();
                    product.mul_assign(weight);
                    sum.add_assign(&product);
                }
                sum
            });
            for i in 0..basis.len() {
                let table = basis.sub_ring(i);
                let limbs: Vec<_> = weights.iter().map(|weight| weight.limb(i)).collect();
                let prepared = table.interleave_weights(&limbs);
                for part in [0..N, 32..160] {
                    let term = |k: usize| {
                        let [b, c] = sides
                            .each_ref()
                            .map(|side| side[k].limb(i)[part.clone()].into());
                        [prepared.operand(k).part(part.start, part.len()), b, c]
                    };
                    let terms: Vec<_> = (0..count).map(term).collect();
                    let (mut u, mut v) = (vec![0; part.len()], vec![0; part.len()]);
                    let sum = DualInnerProduct {
                        terms: &terms,
                        extra: [None; 2],
                    };
                    table.dual_inner_product([&mut u, &mut v], sum);
                    let expected = sums.each_ref().map(|sum| &sum.limb(i)[part.clone()]);
                    assert_eq!([&u[..], &v[..]], expected);
                }
            }
        }
    }
}

#[test]
fn images_are_multiplied_by_weights_be_they_doubled_or_not() {
    let permutations = [
        GaloisElement::rotation(0, LOG_N),
        GaloisElement::rotation(5, LOG_N),
        GaloisElement::conjugation(LOG_N),
    ]
    .map(Permutation::new);
    for basis in bases() {
        for step in [1, 2] {
            let x = random(&basis, 7);
            // of each image, a weight in both sums: polynomials in X^step
            let weight = |seed: u8| in_powers(&basis, seed, step);
            let sides = [[10, 11, 12], [20, 21, 22]].map(|side| side.map(weight));
            let sums = sides.each_ref().map(|side| {
                let mut sum = Poly::<Ntt>::zero(&basis);
                for (weight, permutation) in side.iter().zip(&permutations) {
                    let mut image = x.permuted(permutation);
                    image.mul_assign(weight);
                    sum.add_assign(&image);
                }
                sum
            });
            for i in 0..basis.len() {
                let table = basis.sub_ring(i);
                let sides = sides.each_ref().map(|side| {
                    let limbs = side.each_ref().map(|weight| weight.limb(i));
                    table.interleave_weights(&limbs)
                });
                let image = |k: usize| {
                    let weights = sides.each_ref().map(|side| side.operand(k));
                    table.automorphism_inner_product(
                        vec![(x.limb(i), weights)],
                        None,
                        &permutations[k],
                    )
                };
                let (mut u, mut v) = (vec![0; N], vec![0; N]);
                table.automorphism_inner_products(
                    [&mut u, &mut v],
                    0,
                    &[0, 1, 2].map(image),
                    false,
                );
                assert_eq!([&u[..], &v[..]], sums.each_ref().map(|sum| sum.limb(i)));
            }
        }
    }
}

#[test]
fn errors_are_those_of_the_stream() {
    use chacha20::{ChaCha20Rng, rand_core::Rng, rand_core::SeedableRng};
    let seed = [3; 32];
    let mut rng = ChaCha20Rng::from_seed(seed);
    rng.set_stream(7);
    let mut stream = Stream::new(&seed, 7);
    // one polynomial after another, each from a block of its own
    for _ in 0..2 {
        let expected: Vec<i8> = (0..N)
            .map(|_| {
                let [plus, minus] = [(); 2].map(|()| (rng.next_u32() << 11).count_ones() as i8);
                plus - minus
            })
            .collect();
        assert_eq!(centred_binomial(N, &mut stream).coefficients(), expected);
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
    fn multiples_are_added_and_products_taken_off(seed: u8, w: u32) {
        for basis in bases() {
            let [a, b, c] = [0, 1, 2].map(|k| random(&basis, seed.wrapping_add(k)));
            for i in 0..basis.len() {
                let (table, m) = (basis.sub_ring(i), basis.modulus(i));
                let [a, b, c] = [&a, &b, &c].map(|poly| poly.limb(i));
                let mut sum = a.to_vec();
                table.add_multiple_assign(&mut sum, b, w);
                let expected = |k: usize| m.add(a[k], m.mul(b[k], w));
                prop_assert!(sum.iter().copied().eq((0..N).map(expected)));
                let (mut lifted, mut difference) = (b.to_vec(), a.to_vec());
                table.to_montgomery_assign(&mut lifted);
                table.sub_product_assign(&mut difference, &lifted, c);
                let expected = |k: usize| m.sub(a[k], m.mul(b[k], c[k]));
                prop_assert!(difference.iter().copied().eq((0..N).map(expected)));
            }
        }
    }
}

#[test]
fn distributions_have_their_moments() {
    use chacha20::{ChaCha20Rng, rand_core::SeedableRng};
    let n = 1 << 16;
    let mut rng = ChaCha20Rng::from_seed([9; 32]);
    let moments = |c: &[i8]| {
        let mean = c.iter().map(|&x| f64::from(x)).sum::<f64>() / n as f64;
        let var = c
            .iter()
            .map(|&x| (f64::from(x) - mean).powi(2))
            .sum::<f64>()
            / n as f64;
        (mean, var)
    };
    // five standard errors
    let t = ternary(n, &mut rng);
    let (mean, var) = moments(t.coefficients());
    assert!(mean.abs() < 5.0 * (2.0 / 3.0 / n as f64).sqrt(), "{mean}");
    assert!(
        (var - 2.0 / 3.0).abs() < 5.0 * 0.48 / (n as f64).sqrt(),
        "{var}"
    );
    let e = centred_binomial(n, &mut Stream::new(&[9; 32], 1));
    let (mean, var) = moments(e.coefficients());
    assert!(
        mean.abs() < 5.0 * (ERROR_VARIANCE / n as f64).sqrt(),
        "{mean}"
    );
    assert!(
        (var / ERROR_VARIANCE - 1.0).abs() < 5.0 * (2.0 / n as f64).sqrt(),
        "{var}"
    );
    for basis in bases() {
        let u = random(&basis, 7);
        for i in 0..basis.len() {
            let q = f64::from(basis.modulus(i).value());
            let mean = u.limb(i).iter().map(|&x| f64::from(x) / q).sum::<f64>() / N as f64;
            assert!(
                (mean - 0.5).abs() < 5.0 / (12.0 * N as f64).sqrt(),
                "{mean}"
            );
        }
        // what one modulus gets does not depend on the others
        assert_eq!(random(&basis.select([3]), 7).limb(0), u.limb(3));
        assert_ne!(random(&basis, 8), u);
        assert_ne!(uniform(&basis, &[7; 32], 1), u);
    }
}

proptest! {
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
