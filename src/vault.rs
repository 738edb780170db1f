//! What the page does with its key, for one network: image in, bytes out; bytes in, scores out.

use std::{collections::BTreeSet, fmt};

use inkognito_ckks::{Ciphertext, CkksError, Complex64, KeyRequest, TruncatedCiphertext, wire};
use inkognito_network::{Description, Plan};
use ndarray::ArrayView2;
use zeroize::Zeroize;

use crate::{Flooding, Keyring, MAX_RELEASES, PendingEncryption, VaultError};

/// How far two scales may be apart that are the same but for rounding, relatively.
const SAME_SCALE: f64 = 1e-9;

/// One visit: a fresh secret key and the plan of the network it is for.
pub struct Vault {
    plan: Plan,
    keyring: Keyring,
    requests: Vec<KeyRequest>,
    made: usize,
    /// The mask of the next query, if it was sent.
    pending: Option<PendingEncryption>,
    /// Queries that have been asked.
    asked: u32,
    /// Those of them that have not been answered.
    open: BTreeSet<QueryId>,
    /// The last query that was asked for inspection.
    inspected: Option<Inspection>,
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
    /// Whether its mask was sent beforehand, by [`Vault::next_mask`].
    pub mask_sent: bool,
}

/// A query whose stages may be decrypted, each of them once.
struct Inspection {
    query: QueryId,
    /// Stages that have not been decrypted.
    open: BTreeSet<usize>,
}

/// What came out of one stage of the evaluation, decrypted.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenedStage {
    /// The values of the layer, in the order of [`Model::trace`](inkognito_network::Model::trace).
    pub values: Vec<f64>,
    /// Rescalings that the ciphertext could still take.
    pub level: usize,
    /// log2 of the factor that the encrypted values carry.
    pub log_scale: f64,
    /// log2 of the ciphertext's modulus.
    pub log_modulus: f64,
    /// Bits of the modulus that are left above scale times largest slot, and its sign.
    pub bits_left: f64,
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
            pending: None,
            asked: 0,
            open: BTreeSet::new(),
            inspected: None,
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

    /// Draws the mask of the next image to be encrypted, and gives it as one message of the wire format: an evaluator that
    /// knows it can begin, and learns nothing of the image by it. Told again before an image comes, it is another.
    ///
    /// # Errors
    /// None in practice: the plan's level is one of its parameter set's.
    pub fn next_mask(&mut self) -> Result<Vec<u8>, VaultError> {
        let pending = self.keyring.mask(self.plan.input_level())?;
        let message = wire::write_mask(self.plan.parameters(), &pending.mask());
        self.pending = Some(pending);
        Ok(message)
    }

    /// Encrypts an image of the network's size, pixels from 0 (paper) to 1 (ink), under the mask that was sent last
    /// if that has not been used.
    ///
    /// # Errors
    /// An image of another size, or pixels outside 0 ..= 1.
    pub fn encrypt(&mut self, image: ArrayView2<'_, f32>) -> Result<Query, VaultError> {
        let slots = self.plan.pack(image)?;
        // taken, so that there is none for a second image
        let pending = self.pending.take();
        let query = self.ask(slots, pending)?;
        self.open.insert(query.id);
        Ok(query)
    }

    /// As [`Vault::encrypt`], for teaching: every stage of this query's evaluation may be decrypted,
    /// by [`Vault::open_stage`], and none of it released. One such query is open at a time. Its mask is its own: all of
    /// its evaluation is to be seen.
    ///
    /// # Errors
    /// As [`Vault::encrypt`].
    pub fn encrypt_to_inspect(&mut self, image: ArrayView2<'_, f32>) -> Result<Query, VaultError> {
        let slots = self.plan.pack(image)?;
        let query = self.ask(slots, None)?;
        self.inspected = Some(Inspection {
            query: query.id,
            open: (0..self.plan.stage_count()).collect(),
        });
        Ok(query)
    }

    /// A fresh encryption under a name that is not open to anything yet.
    fn ask(
        &mut self,
        mut slots: Vec<Complex64>,
        pending: Option<PendingEncryption>,
    ) -> Result<Query, VaultError> {
        let (level, scale) = (self.plan.input_level(), self.plan.input_scale());
        let mask_sent = pending.is_some();
        let input = match pending {
            Some(pending) => self.keyring.encrypt_under(pending, &slots, scale),
            None => self.keyring.encrypt(&slots, level, scale),
        };
        slots.fill(Complex64::default());
        let message = wire::write_input(self.plan.parameters(), &input?);
        let id = QueryId(self.asked);
        self.asked += 1;
        Ok(Query {
            id,
            message,
            mask_sent,
        })
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
        let result = read_scores(&self.plan, result)?;
        self.open.remove(&query);
        let scores = self.keyring.read(&result);
        self.last = Some(Answer {
            query,
            scores: scores.clone(),
            released: None,
        });
        Ok(scores)
    }

    /// Decrypts what came out of one stage of the last query that was asked for inspection: an
    /// intermediate message, and for the last stage the result. The stage is closed by that; a message
    /// that is not of this stage leaves it open.
    ///
    /// # Errors
    /// A stage that is not open, bytes that are no message of this kind and parameter set, or a
    /// ciphertext that is not what the plan has there.
    pub fn open_stage(
        &mut self,
        query: QueryId,
        stage: usize,
        message: &[u8],
    ) -> Result<OpenedStage, VaultError> {
        let inspected = self.inspected.as_mut();
        let inspected = inspected.filter(|it| it.query == query && it.open.contains(&stage));
        let inspected = inspected.ok_or(VaultError::StageClosed { query, stage })?;
        let (plan, keyring) = (&self.plan, &self.keyring);
        let (values, largest) = if stage + 1 == plan.stage_count() {
            let scores = read_scores(plan, message)?;
            inspected.open.remove(&stage);
            let scores = keyring.read(&scores);
            let largest = magnitude(scores.iter().copied());
            (scores, largest)
        } else {
            let ciphertext = read_stage(plan, stage, message)?;
            inspected.open.remove(&stage);
            let slots = keyring.decrypt(&ciphertext);
            (
                plan.values(stage, &slots),
                magnitude(slots.iter().map(|slot| slot.re)),
            )
        };
        let (level, scale) = plan.stage_level_scale(stage);
        let log_modulus = plan.parameters().log_q(level);
        Ok(OpenedStage {
            values,
            level,
            log_scale: scale.log2(),
            log_modulus,
            bits_left: log_modulus - 1.0 - (scale * largest).log2(),
        })
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

/// The largest.
fn magnitude(values: impl Iterator<Item = f64>) -> f64 {
    values.map(f64::abs).fold(0.0, f64::max)
}

/// The extracts that a message holds, which must be of the plan's scores.
fn read_scores(plan: &Plan, message: &[u8]) -> Result<Vec<TruncatedCiphertext>, VaultError> {
    let extracts = wire::read_result(plan.parameters(), message)?;
    let counts = extracts.iter().map(|extract| extract.c0().len());
    if !counts.eq(plan.score_counts()) {
        let expected = plan.score_counts().into_iter().sum();
        return Err(VaultError::Scores { expected });
    }
    for extract in &extracts {
        expect_scale(plan.output_scale(), extract.scale())?;
    }
    Ok(extracts)
}

/// The ciphertext that a message holds, which must be what the plan has after this stage, not the last: an
/// evaluator does not choose what is decrypted under which name.
fn read_stage(plan: &Plan, stage: usize, message: &[u8]) -> Result<Ciphertext, VaultError> {
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
    if (actual / expected - 1.0).abs() > SAME_SCALE {
        return Err(CkksError::Scale { expected, actual });
    }
    Ok(())
}
