//! Sampled polynomials.

use chacha20::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};
use inkognito_ring::{ERROR_VARIANCE, Stream, centred_binomial, ternary, uniform};

use crate::fixtures::{N, bases, random};

#[test]
fn errors_are_those_of_the_stream() {
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

#[test]
fn distributions_have_their_moments() {
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
        // the residues of one modulus do not depend on the others
        assert_eq!(random(&basis.select([3]), 7).limb(0), u.limb(3));
        assert_ne!(random(&basis, 8), u);
        assert_ne!(uniform(&basis, &[7; 32], 1), u);
    }
}
