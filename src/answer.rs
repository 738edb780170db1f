//! Answers of the evaluator: read, and checked against the plan before anything is decrypted.
//!
//! Relies on the wire format and on [`Plan`]. Not for decryption, which is in `keyring.rs`.

use inkognito_ckks::{Ciphertext, CkksError, TruncatedCiphertext, wire};
use inkognito_network::Plan;

use crate::error::VaultError;

/// Largest relative difference between scales that are equal but for rounding.
const SCALE_TOLERANCE: f64 = 1e-9;

/// Reads the truncated ciphertexts of a result message, and checks that they are the plan's scores.
pub(crate) fn read_scores(
    plan: &Plan,
    message: &[u8],
) -> Result<Vec<TruncatedCiphertext>, VaultError> {
    let scores = wire::read_result(plan.parameters(), message)?;
    let counts = scores.iter().map(|ciphertext| ciphertext.c0().len());
    if !counts.eq(plan.score_counts()) {
        let expected = plan.score_counts().into_iter().sum();
        return Err(VaultError::Scores { expected });
    }
    for ciphertext in &scores {
        expect_scale(plan.output_scale(), ciphertext.scale())?;
    }
    Ok(scores)
}

/// Reads the ciphertext of an intermediate message, and checks that it is the plan's output of this
/// stage, which is not the last. The evaluator does not choose under which name a ciphertext is
/// decrypted.
pub(crate) fn read_stage(
    plan: &Plan,
    stage: usize,
    message: &[u8],
) -> Result<Ciphertext, VaultError> {
    let (found, ciphertext) = wire::read_intermediate(plan.parameters(), message)?;
    if usize::from(found) != stage {
        return Err(VaultError::Stage {
            expected: stage,
            actual: found.into(),
        });
    }
    let (expected, scale) = plan.stage_level_scale(stage);
    let actual = ciphertext.level();
    if actual != expected {
        return Err(CkksError::Level { expected, actual }.into());
    }
    expect_scale(scale, ciphertext.scale())?;
    Ok(ciphertext)
}

fn expect_scale(expected: f64, actual: f64) -> Result<(), CkksError> {
    if (actual / expected - 1.0).abs() > SCALE_TOLERANCE {
        return Err(CkksError::Scale { expected, actual });
    }
    Ok(())
}
