//! Base conversion, division by P, and the transforms that follow.

use inkognito_ring::{Backend, BaseConverter, Basis, ModDown, Poly, ntt_primes_below};

use crate::fixtures::{LOG_N, N, bases, primes, random};

/// Returns the centred representative, below P/2 in absolute value, of two residues.
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
        // and in the coefficient domain
        let mut digits = whole.residues()[last * N..].to_vec();
        division.mixed_radix().digits_assign_contiguous(&mut digits);
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

/// With the largest digits, and with residues from the whole lazy range of a transform.
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
