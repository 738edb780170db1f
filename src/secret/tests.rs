//! Evaluation keys and ciphertexts: with the key only a small error is left; without it they look
//! uniform.

use inkognito_ckks::{KeyPurpose, KeyRequest, Parameters, ParametersLiteral};
use inkognito_ring::{Coeff, Ntt, Permutation, Poly, uniform};

use super::SecretKey;
use crate::random::Randomness;

/// The largest value of a centred binomial of 21 bits a side.
const LARGEST_ERROR: i64 = 21;

fn parameters() -> Parameters {
    Parameters::new(ParametersLiteral::n8192_levels5()).unwrap()
}

/// Returns the coefficients modulo the first modulus, centred.
fn centred(poly: Poly<Ntt>) -> Vec<i64> {
    let poly = poly.into_coeff();
    let q = i64::from(poly.basis().modulus(0).value());
    let centred = |&x: &u32| {
        let x = i64::from(x);
        if x > q / 2 { x - q } else { x }
    };
    poly.limb(0).iter().map(centred).collect()
}

/// Makes a switching key of `owner`, and returns its errors `b_j + a_j t - P g_j t'` if `s` is the
/// secret, over every modulus in turn.
fn errors(
    s: &SecretKey,
    request: KeyRequest,
    random: &mut Randomness,
    owner: &SecretKey,
) -> Vec<i64> {
    let p = &s.parameters;
    let key = owner.switching_key(request, random);
    let level = request.level;
    let basis = p.qp_basis(level);
    let secret = s.at(p.qp_indices(level).iter().copied());
    let (from, to) = match request.purpose {
        KeyPurpose::Relinearization => {
            let mut square = secret.clone();
            square.mul_assign(&secret);
            (square, secret)
        }
        KeyPurpose::Galois(g) => {
            let permuted = secret.permuted(&Permutation::new(g.inverse()));
            (secret, permuted)
        }
    };
    let mut all = vec![];
    for (j, b) in key.b.iter().enumerate() {
        let mut error = b.clone();
        let mut mask = uniform(basis, &key.seed, j as u32);
        mask.mul_assign(&to);
        error.add_assign(&mask);
        let mut gadget = from.clone();
        gadget.mul_residues_assign(&p.gadget(level, j));
        error.sub_assign(&gadget);
        for i in 0..basis.len() {
            all.extend(centred(error.select([i])));
        }
    }
    all
}

fn requests(p: &Parameters) -> Vec<KeyRequest> {
    vec![
        KeyRequest::relinearization(4),
        KeyRequest::relinearization(1),
        KeyRequest::rotation(p, 64, 5),
        KeyRequest::rotation(p, -3, 2),
    ]
}

#[test]
fn evaluation_keys_are_small_with_the_key_and_with_no_other() {
    let p = parameters();
    let mut random = Randomness::from_seed(&[1; 32]);
    let key = SecretKey::generate(&p, &mut random);
    let other = SecretKey::generate(&p, &mut Randomness::from_seed(&[2; 32]));
    for request in requests(&p) {
        let right = errors(&key, request, &mut random, &key);
        assert!(
            right.iter().all(|e| e.abs() <= LARGEST_ERROR),
            "{request:?}"
        );
        let variance = right.iter().map(|e| (e * e) as f64).sum::<f64>() / right.len() as f64;
        assert!((variance - 10.5).abs() < 0.5, "{variance}");
        let wrong = errors(&other, request, &mut random, &key);
        let small = wrong.iter().filter(|e| e.abs() <= LARGEST_ERROR).count();
        assert!(small * 10_000 < wrong.len(), "{small} of {}", wrong.len());
    }
}

#[test]
fn ciphertexts_are_small_with_the_key_and_with_no_other() {
    let p = parameters();
    let mut random = Randomness::from_seed(&[3; 32]);
    let key = SecretKey::generate(&p, &mut random);
    let other = SecretKey::generate(&p, &mut Randomness::from_seed(&[4; 32]));
    let zero = Poly::<Coeff>::zero(p.q_basis(5));
    let ciphertext = key.encrypt(zero, p.scale(), &mut random).expand();
    for i in 0..6 {
        let error = |key: &SecretKey| centred(key.decrypt(&ciphertext).into_ntt().select([i]));
        assert!(error(&key).iter().all(|e| e.abs() <= LARGEST_ERROR));
        let small = error(&other)
            .iter()
            .filter(|e| e.abs() <= LARGEST_ERROR)
            .count();
        assert!(small < 10, "{small}");
    }
}

/// The chi-squared statistic of 256 classes has mean 255 and standard deviation 22.6; a value
/// beyond eleven standard deviations is no accident.
#[test]
fn keys_and_ciphertexts_look_uniform() {
    let p = parameters();
    let mut random = Randomness::from_seed(&[5; 32]);
    let key = SecretKey::generate(&p, &mut random);
    let chi_square = |limb: &[u32], q: u32| {
        let mut counts = [0f64; 256];
        for &x in limb {
            counts[(u64::from(x) * 256 / u64::from(q)) as usize] += 1.0;
        }
        let expected = limb.len() as f64 / 256.0;
        counts
            .iter()
            .map(|c| (c - expected).powi(2) / expected)
            .sum::<f64>()
    };
    let check = |poly: &Poly<Ntt>| {
        for i in 0..poly.basis().len() {
            let found = chi_square(poly.limb(i), poly.basis().modulus(i).value());
            assert!(found < 505.0, "{found}");
        }
    };
    for request in requests(&p) {
        key.switching_key(request, &mut random)
            .b
            .iter()
            .for_each(check);
    }
    let ciphertext = key.encrypt(Poly::zero(p.q_basis(5)), p.scale(), &mut random);
    check(&ciphertext.c0);
    // the statistic can fail: the key before its transform is far from uniform
    let plain = key.s.clone().into_coeff();
    let q = plain.basis().modulus(0).value();
    assert!(chi_square(plain.limb(0), q) > 505.0);
}
