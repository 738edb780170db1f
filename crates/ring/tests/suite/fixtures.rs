//! Bases on every backend, polynomials to compute with, and oracles.

use std::panic::{AssertUnwindSafe, catch_unwind};

use inkognito_ring::{Backend, Basis, Coeff, Ntt, Poly, SubRing, ntt_primes_below, uniform};

pub(crate) const LOG_N: u32 = 8;
pub(crate) const N: usize = 1 << LOG_N;

/// Returns primes of each size in use, among them the largest below 2^30, where lazy ranges are
/// tightest.
pub(crate) fn primes() -> Vec<u32> {
    [26, 28, 30]
        .iter()
        .flat_map(|&bits| ntt_primes_below(bits, LOG_N, 2).unwrap())
        .collect()
}

/// Returns the basis of these primes on every backend.
pub(crate) fn bases() -> Vec<Basis> {
    let primes = primes();
    Backend::available()
        .into_iter()
        .map(|b| Basis::with_backend(LOG_N, &primes, b).unwrap())
        .collect()
}

pub(crate) fn random(basis: &Basis, seed: u8) -> Poly<Ntt> {
    uniform(basis, &[seed; 32], 0)
}

/// Returns the polynomial whose residues are `q - 1` or 0: the extremes of every lazy range.
pub(crate) fn extreme(basis: &Basis, pattern: u64) -> Poly<Coeff> {
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

/// Returns a polynomial in `X^step`.
pub(crate) fn in_powers(basis: &Basis, seed: u8, step: usize) -> Poly<Ntt> {
    let mut poly = random(basis, seed).into_coeff();
    for limb in poly.limbs_mut() {
        let outside = limb.iter_mut().enumerate().filter(|(i, _)| i % step != 0);
        outside.for_each(|(_, word)| *word = 0);
    }
    poly.into_ntt()
}

/// Returns `sum x_k y_k`, one product after the other.
pub(crate) fn sum_of_products(basis: &Basis, x: &[Poly<Ntt>], y: &[Poly<Ntt>]) -> Poly<Ntt> {
    let mut sum = Poly::<Ntt>::zero(basis);
    for (x, y) in x.iter().zip(y) {
        let mut product = x.clone();
        product.mul_assign(y);
        sum.add_assign(&product);
    }
    sum
}

/// The operands of two inner products, `sum a_k b_k` and `sum a_k c_k`, and the sums.
pub(crate) struct TwoSums {
    pub(crate) a: Vec<Poly<Ntt>>,
    pub(crate) b: Vec<Poly<Ntt>>,
    pub(crate) c: Vec<Poly<Ntt>>,
    pub(crate) ab: Poly<Ntt>,
    pub(crate) ac: Poly<Ntt>,
}

impl TwoSums {
    pub(crate) fn new(basis: &Basis, count: usize) -> Self {
        let (a, b): (Vec<_>, Vec<_>) = (0..count as u8)
            .map(|i| (random(basis, 20 + i), random(basis, 40 + i)))
            .unzip();
        let c: Vec<_> = (0..count as u8)
            .map(|i| extreme(basis, u64::MAX << i).into_ntt())
            .collect();
        let (ab, ac) = (
            sum_of_products(basis, &a, &b),
            sum_of_products(basis, &a, &c),
        );
        Self { a, b, c, ab, ac }
    }
}

/// Numbers of terms: a few; and more than a 64-bit sum holds for primes of 30 bits.
pub(crate) const TERM_COUNTS: [usize; 2] = [3, 19];

/// Checks that a call panics.
#[track_caller]
pub(crate) fn refused<T>(what: &str, call: impl FnOnce() -> T) {
    let result = catch_unwind(AssertUnwindSafe(call));
    assert!(result.is_err(), "{what}: accepted");
}

/// Runs a check on one ring of every backend.
pub(crate) fn on_each_backend(check: impl Fn(&SubRing)) {
    bases().iter().for_each(|basis| check(basis.sub_ring(0)));
}
