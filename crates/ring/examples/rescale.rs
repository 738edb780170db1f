//! Divides a polynomial by the last modulus of its basis, rounded to the nearest integer: the
//! rescaling of CKKS.
//!
//! `cargo run --example rescale`

use inkognito_ring::{Basis, ModDown, Poly, RingError, ntt_primes_below};

fn main() -> Result<(), RingError> {
    let basis = Basis::new(12, &ntt_primes_below(28, 12, 3)?)?;
    let last = basis.len() - 1;
    let p = i64::from(basis.modulus(last).value());

    // k p + r with |r| < p/2: the quotient is k
    let quotients: Vec<i64> = (0..basis.degree() as i64)
        .map(|i| i * i - 1000 * i)
        .collect();
    let numbers: Vec<i64> = quotients
        .iter()
        .enumerate()
        .map(|(i, k)| k * p + (i as i64 * 65_537) % p - p / 2)
        .collect();
    let x = Poly::from_signed(&basis, &numbers).into_ntt();

    let mod_down = ModDown::new(&basis, last..basis.len());
    let quotient = mod_down.apply(x).into_coeff();
    assert_eq!(quotient, Poly::from_signed(mod_down.kept(), &quotients));
    println!(
        "divided {} coefficients by {p}: {} moduli are left",
        basis.degree(),
        mod_down.kept().len()
    );
    Ok(())
}
