//! Hybrid key switching (Han and Ki, *Better bootstrapping for approximate homomorphic encryption*,
//! 2020): the polynomial is cut into digits of as many moduli as there are special ones, each digit
//! is raised to all moduli, multiplied with the key's digit, and the sum is divided by P.
//!
//! The pieces are apart so that callers may share them: one decomposition serves many rotations
//! (hoisting), and many sums share one division (double hoisting, Bossuat et al. 2021).

use inkognito_ring::{Ntt, Permutation, Poly};

use crate::{Parameters, count::Counters, keys::SwitchingKey, parallel};

/// The digits of a polynomial, each over `qp_basis(level)`.
pub struct Decomposition {
    pub(crate) digits: Vec<Poly<Ntt>>,
}

/// Cuts a polynomial over `q_0 .. q_level` into digits: one inverse transform a modulus, then one
/// forward transform for each modulus of each digit that is not its own.
pub(crate) fn decompose(p: &Parameters, poly: &Poly<Ntt>, counters: &Counters) -> Decomposition {
    let level = poly.basis().len() - 1;
    let (tables, n) = (p.at(level), p.degree());
    let mut coefficients = poly.residues().to_vec();
    parallel::each(coefficients.chunks_exact_mut(n), |i, limb| {
        tables.q.table(i).inverse(limb)
    });
    let mut transforms = level + 1;
    let digits = tables
        .digits
        .iter()
        .map(|digit| {
            let own = &mut coefficients[digit.range.start * n..digit.range.end * n];
            digit.converter.digits(own);
            let own = &*own;
            let mut raised = Poly::zero(&tables.qp);
            parallel::each(raised.limbs_mut(), |i, limb| {
                if digit.range.contains(&i) {
                    limb.copy_from_slice(poly.limb(i));
                } else {
                    let target = if i < digit.range.start {
                        i
                    } else {
                        i - digit.range.len()
                    };
                    digit.converter.evaluate(own, target, limb);
                    tables.qp.table(i).forward(limb);
                }
            });
            transforms += tables.qp.len() - digit.range.len();
            raised
        })
        .collect();
    counters.ntt(transforms);
    Decomposition { digits }
}

/// The inner product of digits and key, over `qp_basis(level)`: P times the switched polynomial.
pub(crate) fn inner_product(
    decomposition: &Decomposition,
    key: &SwitchingKey,
    counters: &Counters,
) -> [Poly<Ntt>; 2] {
    let basis = decomposition.digits[0].basis();
    let mut out = [Poly::zero(basis), Poly::zero(basis)];
    let [first, second] = &mut out;
    parallel::each(
        first.limbs_mut().zip(second.limbs_mut()),
        |i, (first, second)| {
            Poly::inner_product_pair_limb(basis, i, [first, second], &terms(decomposition, key, i));
        },
    );
    counters.key_switch();
    out
}

/// The image under an automorphism of the inner product of digits and key, `lifted` added to its
/// first polynomial before: over `qp_basis(level)`. One limb at a time, so that what is between the
/// steps stays in the cache.
pub(crate) fn automorphism(
    lifted: &Poly<Ntt>,
    decomposition: &Decomposition,
    (key, permutation): (&SwitchingKey, &Permutation),
    counters: &Counters,
) -> [Poly<Ntt>; 2] {
    let basis = lifted.basis();
    let mut out = [Poly::zero(basis), Poly::zero(basis)];
    let [first, second] = &mut out;
    parallel::each(
        first.limbs_mut().zip(second.limbs_mut()),
        |i, (first, second)| {
            let mut sums = [vec![0; basis.degree()], vec![0; basis.degree()]];
            let [sum0, sum1] = &mut sums;
            Poly::inner_product_pair_limb(basis, i, [sum0, sum1], &terms(decomposition, key, i));
            Poly::add_limb_assign(basis, i, sum0, lifted.limb(i));
            permutation.apply(sum0, first);
            permutation.apply(sum1, second);
        },
    );
    counters.key_switch();
    out
}

/// Digit, `b` and `a` of limb `i`.
fn terms<'a>(
    decomposition: &'a Decomposition,
    key: &'a SwitchingKey,
    i: usize,
) -> Vec<[&'a [u32]; 3]> {
    let digits = decomposition.digits.iter().zip(&key.digits);
    digits
        .map(|(digit, [b, a])| [digit.limb(i), b.limb(i), a.limb(i)])
        .collect()
}
