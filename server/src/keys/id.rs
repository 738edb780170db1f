//! The id of a visitor's evaluation keys.
//!
//! Relies on SHA-256. Not for distinguishing visitors: equal uploads have one id.

use std::fmt;
use std::str::FromStr;

use base16ct::HexDisplay;
use sha2::{Digest, Sha256};

use crate::problem::Problem;

/// The id of evaluation keys: the SHA-256 of their upload.
///
/// The id is a capability. Seeds and errors in the keys are random, so that nobody can guess it.
/// A client that knows it may use the keys and delete them. It is written as 64 lower-case
/// hexadecimal digits, and decoded in constant time.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 32]);

impl KeyId {
    /// Returns the id of these bytes.
    pub fn of(keys: &[u8]) -> Self {
        Self::from_hash(Sha256::new_with_prefix(keys))
    }

    /// Returns the id of the bytes that went into `hash`.
    pub(super) fn from_hash(hash: Sha256) -> Self {
        Self(hash.finalize().into())
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::LowerHex::fmt(&HexDisplay(&self.0), f)
    }
}

/// Writes two bytes of the id: a reader of a log must not be able to use it.
impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({:x}..)", HexDisplay(&self.0[..2]))
    }
}

impl FromStr for KeyId {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let mut id = [0; 32];
        let decoded = base16ct::lower::decode(text, &mut id);
        match decoded.map(<[u8]>::len) {
            Ok(32) => Ok(Self(id)),
            _ => Err(Problem::KeyIdMalformed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_and_read() {
        let id = KeyId::of(b"abc");
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(id.to_string(), text);
        assert_eq!(text.parse::<KeyId>().unwrap(), id);
        assert!(!format!("{id:?}").contains(&text[..8]));
    }

    #[test]
    fn a_malformed_id_is_refused() {
        let id = KeyId::of(b"").to_string();
        for bad in [
            "",
            "ba78",
            &id.to_uppercase(),
            &id[1..],
            &format!("{id}0"),
            &format!("{id}00"),
            &id.replace('e', "é"),
        ] {
            assert!(bad.parse::<KeyId>().is_err(), "{bad}");
        }
    }
}
