//! Steps that sum up partial results, which lie in different slots.
//!
//! A step replaces a vector `x` by `x + f(x)`, where f rotates or conjugates (Juvekar,
//! Vaikuntanathan and Chandrakasan, *GAZELLE*, USENIX Security 2018, section 4). Several steps in
//! turn add `2^k - 1` automorphisms of `x` to `x`. Those automorphisms can share one decomposition.
//!
//! Relies on [`Automorphism`] for the evaluation. Not for the choice of groups, which
//! `plan/costs.rs` makes.

use inkognito_ckks::{Automorphism, GaloisElement};

/// One step of a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::encrypted) enum SumStep {
    /// Adds the vector rotated left by this number of slots.
    Rotate(usize),
    /// Adds the vector rotated left by this number of slots and multiplied by i.
    RotateMulByI(usize),
    /// Adds the complex conjugate: the sum is twice the real part.
    Conjugate,
}

/// Returns the rotations by `step`, `2 step`, `4 step`, … that sum up `count` partial results,
/// which lie `step` slots apart. `count` is a power of two.
pub(super) fn rotations(step: usize, count: usize) -> impl Iterator<Item = SumStep> {
    (0..count.max(1).trailing_zeros()).map(move |bit| SumStep::Rotate(step << bit))
}

/// Expands steps, which are applied in turn, into the automorphisms that they add to a vector. The
/// identity, which is the vector itself, is not among them.
pub(in crate::encrypted) fn automorphisms(steps: &[SumStep], log_n: u32) -> Vec<Automorphism> {
    let mut all = vec![Automorphism {
        galois_element: GaloisElement::rotation(0, log_n),
        mul_by_i: false,
    }];
    for step in steps {
        let (galois_element, mul_by_i) = match *step {
            SumStep::Rotate(steps) => (GaloisElement::rotation(steps as i64, log_n), false),
            SumStep::RotateMulByI(steps) => (GaloisElement::rotation(steps as i64, log_n), true),
            SumStep::Conjugate => (GaloisElement::conjugation(log_n), false),
        };
        for k in 0..all.len() {
            all.push(Automorphism {
                galois_element: all[k].galois_element.then(galois_element),
                mul_by_i: all[k].mul_by_i | mul_by_i,
            });
        }
    }
    all.remove(0);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_in_turn_are_expanded_to_automorphisms() {
        let element = |steps| GaloisElement::rotation(steps, 8);
        let conjugation = GaloisElement::conjugation(8);
        let both = automorphisms(&[SumStep::RotateMulByI(4), SumStep::Conjugate], 8);
        let expected = [
            (element(4), true),
            (conjugation, false),
            (element(4).then(conjugation), true),
        ];
        let found: Vec<_> = both
            .iter()
            .map(|automorphism| (automorphism.galois_element, automorphism.mul_by_i))
            .collect();
        assert_eq!(found, expected);
        let rotations = [1, 2, 4].map(SumStep::Rotate);
        assert_eq!(automorphisms(&rotations, 8).len(), 7);
    }
}
