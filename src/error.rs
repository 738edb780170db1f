//! What the vault refuses. No error carries a pixel, a score or a key.

use inkognito_ckks::{CkksError, wire::WireError};
use inkognito_network::{CircuitError, ModelError};

use crate::{MAX_RELEASES, QueryId};

/// Input that the vault cannot use, or randomness that it cannot get.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The model file is not one.
    #[error("the model cannot be read: {0}")]
    Model(#[from] ModelError),
    /// The network has no encrypted circuit, or the image does not fit it.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
    /// The evaluator's answer is not a result message.
    #[error("the evaluator's answer cannot be read: {0}")]
    Wire(#[from] WireError),
    /// Values that cannot be encoded.
    #[error(transparent)]
    Ckks(#[from] CkksError),
    /// A query that was never asked, or whose answer has been decrypted: one decryption a query.
    #[error("query {query} is not open: each is decrypted once")]
    QueryClosed {
        /// The query.
        query: QueryId,
    },
    /// A stage of a query that was not asked for inspection, that has been decrypted, or that its
    /// network has not: each stage is decrypted once.
    #[error("stage {stage} of query {query} is not open: each is decrypted once")]
    StageClosed {
        /// The query.
        query: QueryId,
        /// The stage, counted from zero.
        stage: usize,
    },
    /// A ciphertext that came out of another stage than it was asked for.
    #[error("a ciphertext of stage {actual} where one of stage {expected} is needed")]
    Stage {
        /// The stage asked for.
        expected: usize,
        /// The stage that the message says.
        actual: usize,
    },
    /// An answer that holds more or fewer scores than the network gives, or holds them otherwise.
    #[error("the evaluator's answer does not hold the network's {expected} scores")]
    Scores {
        /// The number of scores.
        expected: usize,
    },
    /// Scores that are not there to be released: only the last answer's are.
    #[error("the scores of query {query} are not at hand: only the last answer's are")]
    NotAtHand {
        /// The query.
        query: QueryId,
    },
    /// More results than one key lets out.
    #[error("{MAX_RELEASES} results have left under this key, and no more may")]
    TooManyReleases,
    /// The system gives no randomness.
    #[error("no randomness from the system: {0}")]
    Randomness(getrandom::Error),
}
