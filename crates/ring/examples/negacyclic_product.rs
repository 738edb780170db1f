//! Multiplies two polynomials modulo `X^N + 1` by the number-theoretic transform, and checks the
//! result against the schoolbook product.
//!
//! `cargo run --example negacyclic_product`

use inkognito_ring::{Backend, Basis, Modulus, Poly, RingError, ntt_primes_below, uniform};

const LOG_N: u32 = 10;

fn main() -> Result<(), RingError> {
    let primes = ntt_primes_below(28, LOG_N, 2)?;
    let basis = Basis::new(LOG_N, &primes)?;
    println!(
        "Z_Q[X]/(X^{} + 1), Q = {} * {}, backend {}",
        basis.degree(),
        primes[0],
        primes[1],
        Backend::fastest()
    );

    let [a, b] = [0, 1].map(|index| uniform(&basis, &[42; 32], index).into_coeff());
    let mut product = a.clone().into_ntt();
    product.mul_assign(&b.clone().into_ntt());
    let product: Poly<_> = product.into_coeff();

    for (i, modulus) in basis.moduli().enumerate() {
        let expected = schoolbook(modulus, a.limb(i), b.limb(i));
        assert_eq!(product.limb(i), expected, "modulo {}", modulus.value());
        println!("modulo {}: as by the schoolbook", modulus.value());
    }
    Ok(())
}

/// Multiplies with N^2 products; `X^N` is -1.
fn schoolbook(modulus: &Modulus, a: &[u32], b: &[u32]) -> Vec<u32> {
    let n = a.len();
    let mut out = vec![0; n];
    for (i, &x) in a.iter().enumerate() {
        for (j, &y) in b.iter().enumerate() {
            let (k, product) = ((i + j) % n, modulus.mul(x, y));
            out[k] = if i + j < n {
                modulus.add(out[k], product)
            } else {
                modulus.sub(out[k], product)
            };
        }
    }
    out
}
