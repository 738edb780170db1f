//! The transform of one prime.

use inkognito_ring::{Backend, Coeff, Poly, SubRing, ntt_primes_below};

use crate::fixtures::{LOG_N, N, bases, random};

/// Evaluates a polynomial at `x` modulo `q` by Horner's rule.
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
            // from one slice to another
            let (sub_ring, mut out) = (basis.sub_ring(i), vec![u32::MAX; N]);
            sub_ring.forward_from(f.limb(i), &mut out);
            assert_eq!(out, values.limb(i));
            sub_ring.inverse_from(values.limb(i), &mut out);
            assert_eq!(out, f.limb(i));
        }
    }
}

#[test]
fn multiplication_by_i_is_that_by_the_middle_monomial() {
    for basis in bases() {
        let f = random(&basis, 9);
        let mut coefficients = vec![0; N];
        coefficients[N / 2] = 1;
        let mut expected = Poly::from_signed(&basis, &coefficients).into_ntt();
        expected.mul_assign(&f);
        for i in 0..basis.len() {
            let mut out = vec![u32::MAX; N];
            basis.sub_ring(i).mul_by_i(f.limb(i), &mut out);
            assert_eq!(out, expected.limb(i));
        }
    }
}

#[test]
fn every_degree_and_size_goes_there_and_back() {
    for log_n in 8..=16 {
        for bits in [26, 28, 30] {
            let q = ntt_primes_below(bits, log_n, 1).unwrap()[0];
            for backend in Backend::available() {
                let sub_ring = SubRing::with_backend(log_n, q, backend).unwrap();
                assert_eq!(
                    (sub_ring.degree(), sub_ring.backend()),
                    (1 << log_n, backend)
                );
                let data: Vec<u32> = (0..1 << log_n)
                    .map(|i: u32| i.wrapping_mul(i) % q)
                    .collect();
                let mut other = data.clone();
                sub_ring.forward(&mut other);
                assert_ne!(other, data);
                sub_ring.inverse(&mut other);
                assert_eq!(other, data, "{backend}, 2^{log_n}, {q}");
            }
        }
    }
}
