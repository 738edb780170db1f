//! One visit of one network: images in, messages out; messages in, scores out.
//!
//! It relies on `keyring.rs` for all that needs the secret key, and on the plan of
//! `inkognito-network` for packing. The child module decrypts between the layers. It is not for
//! other uses of the scheme, which take a [`Keyring`] alone.

mod inspection;

use std::collections::BTreeSet;

use inkognito_ckks::{Complex64, KeyRequest, wire};
use inkognito_network::{Description, Plan};
use ndarray::ArrayView2;
use zeroize::Zeroize;

use self::inspection::Inspection;
use crate::{
    answer::read_scores,
    error::VaultError,
    keyring::{Keyring, PendingEncryption},
    query::{Query, QueryId},
    release::{Flooding, MAX_RELEASES},
};

/// One visit: a fresh secret key and the plan of the network that it is for.
///
/// Each answer is decrypted once, and so is each stage of an inspected query.
///
/// # Examples
///
/// Both sides in one program; each `Vec<u8>` is a message that would cross a network:
///
/// ```
/// use std::sync::Arc;
///
/// use inkognito::ndarray::Array2;
/// use inkognito::network::{Circuit, Model, Session};
/// use inkognito::{Vault, VaultError};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let model_file: &[u8] =
///     include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/digits.safetensors"));
/// let mut vault = Vault::new(model_file)?;
///
/// // The evaluator reads the same file, and the evaluation keys.
/// let model = Model::from_bytes(model_file)?;
/// let mut session = Session::new(Arc::new(Circuit::new(&model)?));
/// while let Some(part) = vault.next_key_part() {
///     session.load_key(&part)?;
/// }
///
/// let image = Array2::from_elem((28, 28), 0.5);
/// let query = vault.encrypt(image.view())?;
/// let answer = session.infer(&query.message, |_| {})?;
/// let scores = vault.decrypt(query.id, &answer)?;
/// for (encrypted, plain) in scores.iter().zip(model.scores(image.view())) {
///     assert!((encrypted - plain).abs() < 0.05);
/// }
///
/// // Refused: a second decryption, pixels outside 0 ..= 1, bytes that are no model file.
/// let again = vault.decrypt(query.id, &answer);
/// assert!(matches!(again, Err(VaultError::QueryClosed { .. })));
/// let too_dark = Array2::from_elem((28, 28), 1.5);
/// assert!(matches!(vault.encrypt(too_dark.view()), Err(VaultError::Circuit(_))));
/// assert!(matches!(Vault::new(b"no model").err(), Some(VaultError::Model(_))));
/// # Ok(())
/// # }
/// ```
pub struct Vault {
    plan: Plan,
    keyring: Keyring,
    key_requests: Vec<KeyRequest>,
    keys_made: usize,
    /// The encryption of zero whose mask was sent for the next query.
    pending: Option<PendingEncryption>,
    /// The number of queries so far.
    query_count: u32,
    /// Queries whose answers have not been decrypted.
    open_queries: BTreeSet<QueryId>,
    /// The last query that was encrypted for inspection.
    inspection: Option<Inspection>,
    last_answer: Option<Answer>,
    release_count: u32,
}

/// The scores of the last answer.
struct Answer {
    query: QueryId,
    scores: Vec<f64>,
    /// The scores as they were released. A second release repeats them: fresh noise could be
    /// averaged out.
    released: Option<Vec<f64>>,
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.scores.zeroize();
    }
}

impl Vault {
    /// Draws a fresh key for the network that a model file describes. The weights are not read.
    ///
    /// # Errors
    /// - [`VaultError::Model`] if the bytes are no model file.
    /// - [`VaultError::Circuit`] if the network has no encrypted circuit.
    /// - [`VaultError::Randomness`] if the system gives no randomness.
    pub fn new(model: &[u8]) -> Result<Self, VaultError> {
        let plan = Plan::new(&Description::from_bytes(model)?)?;
        let keyring = Keyring::generate(plan.parameters())?;
        Ok(Self::with_keyring(plan, keyring))
    }

    /// Makes a vault with a given keyring, which was made for the plan's parameters.
    ///
    /// # Panics
    /// If the keyring was made for another parameter set.
    pub fn with_keyring(plan: Plan, keyring: Keyring) -> Self {
        assert!(
            plan.parameters().same_as(keyring.parameters()),
            "a keyring for other parameters"
        );
        Self {
            key_requests: plan.key_requests(),
            plan,
            keyring,
            keys_made: 0,
            pending: None,
            query_count: 0,
            open_queries: BTreeSet::new(),
            inspection: None,
            last_answer: None,
            release_count: 0,
        }
    }

    /// Returns the plan of the network.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Returns the keyring, for experiments that decrypt between the layers.
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// Returns the number of parts that the evaluation keys have.
    pub fn key_part_count(&self) -> usize {
        self.key_requests.len()
    }

    /// Makes the next part of the evaluation keys, one message of the wire format; returns `None`
    /// when all have been made. A page can draw a frame between two parts.
    pub fn next_key_part(&mut self) -> Option<Vec<u8>> {
        let request = *self.key_requests.get(self.keys_made)?;
        self.keys_made += 1;
        let key = self.keyring.switching_key(request);
        Some(wire::write_evaluation_key(self.plan.parameters(), &key))
    }

    /// Draws the mask `c_1` of the next image and returns its message of the wire format.
    ///
    /// An evaluator that knows the mask can precompute; the mask says nothing of the image. A
    /// second call before the next image replaces the mask.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use inkognito::ndarray::Array2;
    /// # use inkognito::network::{Circuit, Model, Session};
    /// # use inkognito::{Vault, VaultError};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let model_file: &[u8] =
    /// #     include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/digits.safetensors"));
    /// # let mut vault = Vault::new(model_file)?;
    /// # let model = Model::from_bytes(model_file)?;
    /// # let mut session = Session::new(Arc::new(Circuit::new(&model)?));
    /// # while let Some(part) = vault.next_key_part() {
    /// #     session.load_key(&part)?;
    /// # }
    /// # let image = Array2::from_elem((28, 28), 0.5);
    /// // `vault` and `session` as in the example of `Vault`
    /// let mask = vault.next_mask()?;
    /// session.prepare(&mask, || 0.0)?;
    /// // later, when there is an image:
    /// let query = vault.encrypt(image.view())?;
    /// assert!(query.mask_sent);
    /// let (answer, report) = session.infer_timed(&query.message, 1, || 0.0)?;
    /// assert!(report.prepared.is_some());
    /// assert_eq!(vault.decrypt(query.id, &answer)?.len(), 10);
    ///
    /// // A mask is for one image.
    /// assert!(!vault.encrypt(image.view())?.mask_sent);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`VaultError::Ckks`] for a level that the parameter set does not have. No plan has such a
    /// level.
    pub fn next_mask(&mut self) -> Result<Vec<u8>, VaultError> {
        let level = self.plan.input_level();
        let pending = self.keyring.prepare_encryption(level)?;
        let message = wire::write_mask(self.plan.parameters(), &pending.mask());
        self.pending = Some(pending);
        Ok(message)
    }

    /// Encrypts an image of the network's size, pixels from 0 (paper) to 1 (ink). The encryption
    /// has the mask that [`Vault::next_mask`] returned last, unless that is used already.
    ///
    /// # Errors
    /// - [`VaultError::Circuit`] for an image of another size, or a pixel outside 0 ..= 1.
    /// - [`VaultError::Ckks`] if the pixels cannot be encoded at the plan's scale.
    pub fn encrypt(&mut self, image: ArrayView2<'_, f32>) -> Result<Query, VaultError> {
        let slots = self.plan.pack(image)?;
        // taken: a mask is for one image
        let pending = self.pending.take();
        let query = self.encrypt_slots(slots, pending)?;
        self.open_queries.insert(query.id);
        Ok(query)
    }

    /// Encrypts slots under a new query number. The caller decides what may be decrypted of it.
    fn encrypt_slots(
        &mut self,
        mut slots: Vec<Complex64>,
        pending: Option<PendingEncryption>,
    ) -> Result<Query, VaultError> {
        let (level, scale) = (self.plan.input_level(), self.plan.input_scale());
        let mask_sent = pending.is_some();
        let input = match pending {
            Some(pending) => self.keyring.encrypt_prepared(pending, &slots, scale),
            None => self.keyring.encrypt(&slots, level, scale),
        };
        slots.fill(Complex64::default());
        let message = wire::write_input(self.plan.parameters(), &input?);
        let id = QueryId(self.query_count);
        self.query_count += 1;
        Ok(Query {
            id,
            message,
            mask_sent,
        })
    }

    /// Decrypts the evaluator's answer to a query: returns one score for each class, and closes the
    /// query. An answer that cannot be read leaves the query open.
    ///
    /// # Errors
    /// - [`VaultError::QueryClosed`] if the query is not open.
    /// - [`VaultError::Wire`] if the bytes are no result message of this parameter set.
    /// - [`VaultError::Scores`] if the message does not have the network's number of scores.
    /// - [`VaultError::Ckks`] if the scores have another scale than the plan's.
    pub fn decrypt(&mut self, query: QueryId, result: &[u8]) -> Result<Vec<f64>, VaultError> {
        if !self.open_queries.contains(&query) {
            return Err(VaultError::QueryClosed { query });
        }
        let result = read_scores(&self.plan, result)?;
        self.open_queries.remove(&query);
        let scores = self.keyring.decrypt_truncated(&result);
        self.last_answer = Some(Answer {
            query,
            scores: scores.clone(),
            released: None,
        });
        Ok(scores)
    }

    /// Returns the flooding of scores that are released.
    pub fn flooding(&self) -> Flooding {
        Flooding::of(&self.plan)
    }

    /// Returns the scores of the last answer as they may leave the page: flooded and rounded, see
    /// [`Flooding`]. A second release of one query returns the same numbers.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use inkognito::ndarray::Array2;
    /// # use inkognito::network::{Circuit, Model, Session};
    /// # use inkognito::{QueryId, Vault, VaultError};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let model_file: &[u8] =
    /// #     include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/digits.safetensors"));
    /// # let mut vault = Vault::new(model_file)?;
    /// # let model = Model::from_bytes(model_file)?;
    /// # let mut session = Session::new(Arc::new(Circuit::new(&model)?));
    /// # while let Some(part) = vault.next_key_part() {
    /// #     session.load_key(&part)?;
    /// # }
    /// # let image = Array2::from_elem((28, 28), 0.5);
    /// // `vault` and `session` as in the example of `Vault`
    /// let query = vault.encrypt(image.view())?;
    /// let answer = session.infer(&query.message, |_| {})?;
    /// let early = vault.release(query.id);
    /// assert!(matches!(early, Err(VaultError::ScoresUnavailable { .. })));
    ///
    /// vault.decrypt(query.id, &answer)?;
    /// let grid = vault.flooding().grid;
    /// let released = vault.release(query.id)?;
    /// assert!(released.iter().all(|score| (score / grid).fract() == 0.0));
    /// assert_eq!(vault.release(query.id)?, released);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// - [`VaultError::ScoresUnavailable`] if the query is not the last that was answered.
    /// - [`VaultError::TooManyReleases`] after [`MAX_RELEASES`] other queries.
    pub fn release(&mut self, query: QueryId) -> Result<Vec<f64>, VaultError> {
        let flooding = self.flooding();
        let answer = self.last_answer.as_mut().filter(|it| it.query == query);
        let answer = answer.ok_or(VaultError::ScoresUnavailable { query })?;
        if let Some(released) = &answer.released {
            return Ok(released.clone());
        }
        if self.release_count == MAX_RELEASES {
            return Err(VaultError::TooManyReleases);
        }
        self.release_count += 1;
        let released = self.keyring.flood(&flooding, &answer.scores);
        answer.released = Some(released.clone());
        Ok(released)
    }
}
