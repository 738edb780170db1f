//! The bound on the modulus for 128 bits of security.
//!
//! Relies on the table of the guidelines. Not for degrees outside it, which are refused.

use super::literal::ParametersLiteral;
use crate::error::ParameterError;

/// Rows of log2 N and the largest log2 QP for 128-bit classical security with a uniform ternary
/// secret: Bossuat et al., *Security Guidelines for Implementing Homomorphic Encryption* (2024),
/// table 5.2.
pub(super) const SECURITY_TABLE: [(u32, u32); 4] = [(12, 106), (13, 214), (14, 430), (15, 868)];

/// Returns the largest log2 QP that gives 128 bits of security at degree `2^log_n`.
pub(super) fn limit(log_n: u32) -> Result<u32, ParameterError> {
    SECURITY_TABLE
        .iter()
        .find(|row| row.0 == log_n)
        .map(|row| row.1)
        .ok_or(ParameterError::DegreeNotTabulated { log_n })
}

/// Checks the sizes that a literal asks for, and the primes chosen for it, against `limit`.
pub(super) fn check(
    literal: &ParametersLiteral,
    moduli: &[u32],
    limit: u32,
) -> Result<(), ParameterError> {
    let actual: f64 = moduli.iter().map(|&q| f64::from(q).log2()).sum();
    // the literal's bits count, too: primes just below a power of two do not make a set secure
    let asked: u32 = literal
        .moduli_q_bits
        .iter()
        .chain(&literal.special_moduli_bits)
        .sum();
    if asked > limit || actual > f64::from(limit) {
        return Err(ParameterError::NotSecure {
            log_n: literal.log_n,
            actual: actual.max(f64::from(asked)),
            limit,
        });
    }
    Ok(())
}
