//! Queries of a vault: their names, their messages, and the outputs of their stages, decrypted.
//!
//! Not for the check that a query is open, which the vault makes.

use std::fmt;

/// The name of one query of one vault.
///
/// ```
/// use inkognito::QueryId;
///
/// let id = QueryId::from_number(3);
/// assert_eq!(id.number(), 3);
/// assert_eq!(id.to_string(), "3");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueryId(pub(crate) u32);

impl QueryId {
    /// Returns the name of the query with this number. The vault refuses it if there is no such
    /// query.
    pub const fn from_number(number: u32) -> Self {
        Self(number)
    }

    /// Returns the query's number, counted from zero.
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for QueryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An encrypted image, and the name under which its answer is decrypted, once.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// The name for [`Vault::decrypt`](crate::Vault::decrypt) and
    /// [`Vault::release`](crate::Vault::release).
    pub id: QueryId,
    /// The input message of the wire format.
    pub message: Vec<u8>,
    /// Whether [`Vault::next_mask`](crate::Vault::next_mask) gave out this query's mask before.
    pub mask_sent: bool,
}

/// The output of one stage of an evaluation, decrypted.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenedStage {
    /// The values of the layer, in the order of [`Model::trace`](inkognito_network::Model::trace).
    pub values: Vec<f64>,
    /// The ciphertext's level.
    pub level: usize,
    /// log2 of the ciphertext's scale.
    pub log_scale: f64,
    /// log2 of the ciphertext's modulus `q_0 .. q_level`.
    pub log_modulus: f64,
    /// Bits of the modulus that are left above scale times largest slot, and its sign.
    pub bits_left: f64,
}
