//! Inspection of a query, for teaching: the output of every stage is decrypted, once.
//!
//! It relies on `answer.rs` to read the messages of the stages. It is not for scores that leave the
//! page: an inspected query releases none.

use std::collections::BTreeSet;

use ndarray::ArrayView2;

use super::Vault;
use crate::{
    answer::{read_scores, read_stage},
    error::VaultError,
    query::{OpenedStage, Query, QueryId},
};

/// A query whose stages may be decrypted, each once.
pub(super) struct Inspection {
    query: QueryId,
    /// Stages that have not been decrypted.
    open_stages: BTreeSet<usize>,
}

impl Vault {
    /// Encrypts an image so that [`Vault::open_stage`] may decrypt every stage of its evaluation,
    /// for teaching. Its scores are not released.
    ///
    /// One such query is open at a time. It never has a mask that was sent before: the whole
    /// evaluation is shown.
    ///
    /// # Errors
    /// - [`VaultError::Circuit`] for an image of another size, or a pixel outside 0 ..= 1.
    /// - [`VaultError::Ckks`] if the pixels cannot be encoded at the plan's scale.
    pub fn encrypt_to_inspect(&mut self, image: ArrayView2<'_, f32>) -> Result<Query, VaultError> {
        let slots = self.plan.pack(image)?;
        let query = self.encrypt_slots(slots, None)?;
        self.inspection = Some(Inspection {
            query: query.id,
            open_stages: (0..self.plan.stage_count()).collect(),
        });
        Ok(query)
    }

    /// Decrypts the output of one stage of the last query that was encrypted for inspection, and
    /// closes the stage. The message is an intermediate message; for the last stage, the result.
    /// A message that does not belong to the stage leaves it open.
    ///
    /// ```
    /// # use inkognito::ckks::wire;
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
    /// let query = vault.encrypt_to_inspect(image.view())?;
    /// let (messages, _) = session.inspect(&query.message, 1, || 0.0)?;
    /// // The first message ends where its header says.
    /// let header = messages.first_chunk().ok_or("a header")?;
    /// let first = &messages[..wire::message_len(header)? as usize];
    ///
    /// let refused = vault.open_stage(query.id, 1, first);
    /// assert!(matches!(refused, Err(VaultError::Stage { expected: 1, actual: 0 })));
    /// let opened = vault.open_stage(query.id, 0, first)?;
    /// let plain = &model.trace(image.view())[0];
    /// assert_eq!(opened.values.len(), plain.len());
    /// assert!((opened.values[0] - plain[0]).abs() < 0.01);
    /// let again = vault.open_stage(query.id, 0, first);
    /// assert!(matches!(again, Err(VaultError::StageClosed { .. })));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// - [`VaultError::StageClosed`] if the stage is not open.
    /// - [`VaultError::Wire`] if the bytes are no message of this kind and parameter set.
    /// - [`VaultError::Stage`] if the message belongs to another stage.
    /// - [`VaultError::Scores`] if the result does not have the network's number of scores.
    /// - [`VaultError::Ckks`] if the ciphertext has another level or scale than the plan's.
    pub fn open_stage(
        &mut self,
        query: QueryId,
        stage: usize,
        message: &[u8],
    ) -> Result<OpenedStage, VaultError> {
        let inspection = self.inspection.as_mut();
        let inspection =
            inspection.filter(|it| it.query == query && it.open_stages.contains(&stage));
        let inspection = inspection.ok_or(VaultError::StageClosed { query, stage })?;
        let (plan, keyring) = (&self.plan, &self.keyring);
        let (values, largest) = if stage + 1 == plan.stage_count() {
            let scores = read_scores(plan, message)?;
            inspection.open_stages.remove(&stage);
            let scores = keyring.decrypt_truncated(&scores);
            let largest = largest_magnitude(scores.iter().copied());
            (scores, largest)
        } else {
            let ciphertext = read_stage(plan, stage, message)?;
            inspection.open_stages.remove(&stage);
            let slots = keyring.decrypt(&ciphertext);
            (
                plan.values(stage, &slots),
                largest_magnitude(slots.iter().map(|slot| slot.re)),
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
}

fn largest_magnitude(values: impl Iterator<Item = f64>) -> f64 {
    values.map(f64::abs).fold(0.0, f64::max)
}
