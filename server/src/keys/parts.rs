//! The parts of an upload: key messages of the wire format, one after another.
//!
//! Relies on the wire format and on [`Plan`]. Not for storing keys, which is in `store.rs`.

use std::collections::BTreeSet;

use inkognito_ckks::{KeyRequest, wire};
use inkognito_network::Plan;

use crate::problem::Problem;

/// Splits a streamed body into its key messages, and checks that they are those that a plan needs.
///
/// The checker holds one message at a time.
#[derive(Debug)]
pub struct PartChecker<'a> {
    plan: &'a Plan,
    missing: BTreeSet<KeyRequest>,
    buffer: Vec<u8>,
    /// The number of messages that were complete and valid.
    parts: usize,
}

impl<'a> PartChecker<'a> {
    /// Returns a checker for the keys that `plan` needs.
    pub fn new(plan: &'a Plan) -> Self {
        Self {
            plan,
            missing: plan.key_requests().into_iter().collect(),
            buffer: Vec::new(),
            parts: 0,
        }
    }

    /// Reads the next bytes, and checks each message that they complete.
    ///
    /// # Errors
    /// - [`Problem::KeysMalformed`] if a message is not an evaluation key.
    /// - [`Problem::KeysUnfit`] if the plan does not need a key, or the key came before.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<(), Problem> {
        while !bytes.is_empty() {
            let missing = self.target_len()? - self.buffer.len();
            let (taken, rest) = bytes.split_at(missing.min(bytes.len()));
            self.buffer.extend_from_slice(taken);
            bytes = rest;
            if self.buffer.len() > wire::HEADER_LEN && self.buffer.len() == self.target_len()? {
                self.check()?;
                self.buffer.clear();
            }
        }
        Ok(())
    }

    /// Checks that the body held all keys, and ended with a complete message.
    ///
    /// # Errors
    /// - [`Problem::KeysMalformed`] if the body ends within a message.
    /// - [`Problem::KeysUnfit`] if keys are missing.
    pub fn finish(self) -> Result<(), Problem> {
        if !self.buffer.is_empty() {
            let reason = "the body ends within this part".into();
            let part = self.parts;
            return Err(Problem::KeysMalformed { part, reason });
        }
        if !self.missing.is_empty() {
            let reason = format!("{} keys are missing", self.missing.len());
            return Err(Problem::KeysUnfit { reason });
        }
        Ok(())
    }

    /// Returns the length that the buffer needs: that of a header, then that of the message.
    ///
    /// # Errors
    /// [`Problem::KeysMalformed`] if the header is invalid, or announces a length that no key has.
    fn target_len(&self) -> Result<usize, Problem> {
        let Some(header) = self.buffer.first_chunk() else {
            return Ok(wire::HEADER_LEN);
        };
        let malformed = |reason: String| Problem::KeysMalformed {
            part: self.parts,
            reason,
        };
        let len = wire::message_len(header).map_err(|error| malformed(error.to_string()))?;
        let parameters = self.plan.parameters();
        let max_len = wire::evaluation_key_len(parameters, parameters.max_level());
        match usize::try_from(len) {
            Ok(len) if len <= max_len && len > wire::HEADER_LEN => Ok(len),
            _ => Err(malformed(format!("no key has a length of {len} bytes"))),
        }
    }

    /// Checks the message in the buffer, and takes its key from the list of missing keys.
    fn check(&mut self) -> Result<(), Problem> {
        let key = wire::read_evaluation_key(self.plan.parameters(), &self.buffer).map_err(|e| {
            Problem::KeysMalformed {
                part: self.parts,
                reason: e.to_string(),
            }
        })?;
        if !self.missing.remove(&key.request) {
            let KeyRequest { purpose, level } = key.request;
            let reason =
                format!("a key for {purpose} at level {level} is not needed, or came twice");
            return Err(Problem::KeysUnfit { reason });
        }
        self.parts += 1;
        Ok(())
    }
}

/// Returns the messages of a complete body that a [`PartChecker`] has accepted. In other bodies the
/// last item is the rest that is not a message.
pub(crate) fn split(mut body: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        if body.is_empty() {
            return None;
        }
        let len = body
            .first_chunk()
            .and_then(|header| wire::message_len(header).ok())
            .and_then(|len| usize::try_from(len).ok())
            .map_or(body.len(), |len| len.min(body.len()));
        let (message, rest) = body.split_at(len);
        body = rest;
        Some(message)
    })
}

/// The network of the fuzz target.
#[cfg(test)]
#[path = "../../../fuzz/fuzz_targets/smallest_network.rs"]
mod smallest_network;

#[cfg(test)]
mod tests {
    use super::*;

    /// A seed of the fuzz target is a byte that selects the chunk length, then a body.
    #[test]
    fn the_fuzzing_corpus_is_read() {
        let plan = smallest_network::plan();
        let verdict = |seed: &str| {
            let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/corpus/keys_body");
            let body = std::fs::read(format!("{corpus}/{seed}")).expect("a seed");
            let mut checker = PartChecker::new(&plan);
            checker.push(&body[1..]).and_then(|()| checker.finish())
        };
        verdict("whole").expect("the only key");
        assert!(matches!(
            verdict("early"),
            Err(Problem::KeysMalformed { part: 0, .. })
        ));
        assert!(verdict("two_headers").is_err());
    }
}
