//! What the page does with its key, for one network: image in, bytes out; bytes in, scores out.

use std::{collections::BTreeSet, fmt};

use inkognito_ckks::{Complex64, KeyRequest, wire};
use inkognito_network::{Description, Plan};
use ndarray::ArrayView2;
use zeroize::Zeroize;

use crate::{Flooding, Keyring, MAX_RELEASES, VaultError};

/// One visit: a fresh secret key and the plan of the network it is for.
pub struct Vault {
    plan: Plan,
    keyring: Keyring,
    requests: Vec<KeyRequest>,
    made: usize,
    /// Queries that have been asked.
    asked: u32,
    /// Those of them that have not been answered.
    open: BTreeSet<QueryId>,
    last: Option<Answer>,
    releases: u32,
}

/// Names one query of one vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueryId(u32);

impl QueryId {
    /// The query with this number, which need not exist.
    pub const fn from_number(number: u32) -> Self {
        Self(number)
    }

    /// Its number, counted from zero.
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
    /// For [`Vault::decrypt`].
    pub id: QueryId,
    /// One message of the wire format.
    pub message: Vec<u8>,
}

/// The last scores in the clear.
struct Answer {
    query: QueryId,
    scores: Vec<f64>,
    /// What was released of them: asking again gives the same, or the noise could be averaged out.
    released: Option<Vec<f64>>,
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.scores.zeroize();
    }
}

impl Vault {
    /// Draws a fresh key for the network that a model file describes. Its weights are not read.
    ///
    /// # Errors
    /// Bytes that are no model file, a network without an encrypted circuit, no randomness.
    pub fn new(model: &[u8]) -> Result<Self, VaultError> {
        let plan = Plan::new(&Description::from_bytes(model)?)?;
        let keyring = Keyring::generate(plan.parameters())?;
        Ok(Self::with_keyring(plan, keyring))
    }

    /// A vault with a keyring of the caller's, made for the plan's parameters.
    pub fn with_keyring(plan: Plan, keyring: Keyring) -> Self {
        Self {
            requests: plan.key_requests(),
            plan,
            keyring,
            made: 0,
            asked: 0,
            open: BTreeSet::new(),
            last: None,
            releases: 0,
        }
    }

    /// The plan of the network.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The keyring, for experiments that look between the layers.
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// How many parts the evaluation keys have.
    pub fn key_part_count(&self) -> usize {
        self.requests.len()
    }

    /// Makes the next part of the evaluation keys, one message of the wire format; `None` when all
    /// have been made. One part at a time, so that a page can draw in between.
    pub fn next_key_part(&mut self) -> Option<Vec<u8>> {
        let request = *self.requests.get(self.made)?;
        self.made += 1;
        let key = self.keyring.switching_key(request);
        Some(wire::write_evaluation_key(self.plan.parameters(), &key))
    }

    /// Encrypts an image of the network's size, pixels from 0 (paper) to 1 (ink).
    ///
    /// # Errors
    /// An image of another size, or pixels outside 0 ..= 1.
    pub fn encrypt(&mut self, image: ArrayView2<'_, f32>) -> Result<Query, VaultError> {
        let mut slots = self.plan.pack(image)?;
        let (level, scale) = (self.plan.input_level(), self.plan.input_scale());
        let input = self.keyring.encrypt(&slots, level, scale);
        slots.fill(Complex64::default());
        let message = wire::write_input(self.plan.parameters(), &input?);
        let id = QueryId(self.asked);
        self.asked += 1;
        self.open.insert(id);
        Ok(Query { id, message })
    }

    /// Decrypts the evaluator's answer to a query: one score a class. The query is closed by that;
    /// an answer that cannot be read leaves it open.
    ///
    /// # Errors
    /// A query that is not open, or bytes that are no result message of this parameter set.
    pub fn decrypt(&mut self, query: QueryId, result: &[u8]) -> Result<Vec<f64>, VaultError> {
        if !self.open.contains(&query) {
            return Err(VaultError::QueryClosed { query });
        }
        let result = wire::read_result(self.plan.parameters(), result)?;
        self.open.remove(&query);
        let scores = self.plan.scores(&self.keyring.decrypt(&result));
        self.last = Some(Answer {
            query,
            scores: scores.clone(),
            released: None,
        });
        Ok(scores)
    }

    /// How scores are flooded before they may leave.
    pub fn flooding(&self) -> Flooding {
        Flooding::of(&self.plan)
    }

    /// The scores of the last answer as they may leave the page: flooded and rounded, see
    /// [`Flooding`]. The same query always gives the same.
    ///
    /// # Errors
    /// A query that is not the last to have been answered, or [`MAX_RELEASES`] others before it.
    pub fn release(&mut self, query: QueryId) -> Result<Vec<f64>, VaultError> {
        let flooding = self.flooding();
        let last = self.last.as_mut().filter(|last| last.query == query);
        let answer = last.ok_or(VaultError::NotAtHand { query })?;
        if let Some(released) = &answer.released {
            return Ok(released.clone());
        }
        if self.releases == MAX_RELEASES {
            return Err(VaultError::TooManyReleases);
        }
        self.releases += 1;
        let released = self.keyring.flood(&flooding, &answer.scores);
        answer.released = Some(released.clone());
        Ok(released)
    }
}
