//! The errors of the vault. No error contains a pixel, a score or a key.
//!
//! Not for refusals of the evaluator, which has errors of its own.

use inkognito_ckks::{CkksError, wire::WireError};
use inkognito_network::{CircuitError, ModelError};

use crate::{query::QueryId, release::MAX_RELEASES};

/// The reason why the vault refuses an input or an answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The bytes are no model file.
    #[error("the model cannot be read: {0}")]
    Model(#[from] ModelError),
    /// The network has no encrypted circuit, or the image does not fit the network.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
    /// The evaluator's answer is no message of the kind that was expected.
    #[error("the evaluator's answer cannot be read: {0}")]
    Wire(#[from] WireError),
    /// Values cannot be encoded, or a ciphertext has another level or scale than the plan's.
    #[error(transparent)]
    Ckks(#[from] CkksError),
    /// The query does not exist, or its answer was decrypted before.
    #[error("query {query} is not open: each is decrypted once")]
    QueryClosed {
        /// The query.
        query: QueryId,
    },
    /// The query was not encrypted for inspection, its network has no such stage, or the stage was
    /// decrypted before.
    #[error("stage {stage} of query {query} is not open: each is decrypted once")]
    StageClosed {
        /// The query.
        query: QueryId,
        /// The stage, counted from zero.
        stage: usize,
    },
    /// The message belongs to another stage.
    #[error("a ciphertext of stage {actual} where one of stage {expected} is needed")]
    Stage {
        /// The stage asked for.
        expected: usize,
        /// The stage that the message names.
        actual: usize,
    },
    /// The answer has another number of scores than the network, or another split into ciphertexts.
    #[error("the evaluator's answer does not hold the network's {expected} scores")]
    Scores {
        /// The number of scores.
        expected: usize,
    },
    /// The scores of this query are not kept: the vault keeps those of the last answer only.
    #[error("the scores of query {query} are not kept: only the last answer's are")]
    ScoresUnavailable {
        /// The query.
        query: QueryId,
    },
    /// The limit of releases under one key is reached.
    #[error("{MAX_RELEASES} results were released under this key, and no more may be")]
    TooManyReleases,
    /// The system gives no randomness.
    #[error("no randomness from the system: {0}")]
    Randomness(getrandom::Error),
}
