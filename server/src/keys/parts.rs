//! Evaluation keys in one body: messages of the wire format, one after another.

use std::collections::BTreeSet;

use inkognito_ckks::{KeyRequest, wire};
use inkognito_network::Plan;

use crate::Problem;

/// Cuts a body that comes in pieces into its messages, and checks each of them. Holds one message
/// at a time.
#[derive(Debug)]
pub struct PartChecker<'a> {
    plan: &'a Plan,
    missing: BTreeSet<KeyRequest>,
    buffer: Vec<u8>,
    /// Messages that were whole and good.
    parts: usize,
}

impl<'a> PartChecker<'a> {
    /// A checker of the keys that a plan needs.
    pub fn new(plan: &'a Plan) -> Self {
        Self {
            plan,
            missing: plan.key_requests().into_iter().collect(),
            buffer: Vec::new(),
            parts: 0,
        }
    }

    /// Takes in the next bytes.
    ///
    /// # Errors
    /// [`Problem::KeysMalformed`] at bytes that are no key, [`Problem::KeysUnfit`] at one that the
    /// plan does not need, or no more.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<(), Problem> {
        while !bytes.is_empty() {
            let wanted = self.wanted()? - self.buffer.len();
            let (taken, rest) = bytes.split_at(wanted.min(bytes.len()));
            self.buffer.extend_from_slice(taken);
            bytes = rest;
            if self.buffer.len() > wire::HEADER_LEN && self.buffer.len() == self.wanted()? {
                self.check()?;
                self.buffer.clear();
            }
        }
        Ok(())
    }

    /// Checks that all keys were there, and nothing was left over.
    ///
    /// # Errors
    /// [`Problem::KeysMalformed`] for a body that ends early, [`Problem::KeysUnfit`] for missing keys.
    pub fn finish(self) -> Result<(), Problem> {
        if !self.buffer.is_empty() {
            let reason = "it ends early".into();
            let part = self.parts;
            return Err(Problem::KeysMalformed { part, reason });
        }
        if !self.missing.is_empty() {
            let reason = format!("{} of them are missing", self.missing.len());
            return Err(Problem::KeysUnfit { reason });
        }
        Ok(())
    }

    /// How long the buffer must become before there is something to check.
    fn wanted(&self) -> Result<usize, Problem> {
        let Some(header) = self.buffer.first_chunk() else {
            return Ok(wire::HEADER_LEN);
        };
        let malformed = |reason: String| Problem::KeysMalformed {
            part: self.parts,
            reason,
        };
        let len = wire::message_len(header).map_err(|error| malformed(error.to_string()))?;
        let parameters = self.plan.parameters();
        let most = wire::evaluation_key_len(parameters, parameters.max_level());
        match usize::try_from(len) {
            Ok(len) if len <= most && len > wire::HEADER_LEN => Ok(len),
            _ => Err(malformed(format!("no key has {len} bytes"))),
        }
    }

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
                format!("there is no need for (another) one for {purpose} at level {level}");
            return Err(Problem::KeysUnfit { reason });
        }
        self.parts += 1;
        Ok(())
    }
}

/// The messages of a whole body, which must have been checked before: bytes that are no message end
/// it with what is left.
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

/// The network whose uploads are fuzzed.
#[cfg(test)]
#[path = "../../../fuzz/fuzz_targets/smallest_network.rs"]
mod smallest_network;

#[cfg(test)]
mod tests {
    use super::*;

    /// Where fuzzing starts from: a byte that says how the body is cut, and the body.
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
