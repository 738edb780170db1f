//! The id of a visitor's evaluation keys.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::Problem;

/// The SHA-256 of the keys as they were uploaded. Seeds and errors in them are random, so nobody
/// can guess it: who knows it may use the keys, and may have them deleted.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 32]);

impl KeyId {
    /// The id of these bytes.
    pub fn of(keys: &[u8]) -> Self {
        Self::from_hash(Sha256::new_with_prefix(keys))
    }

    pub(super) fn from_hash(hash: Sha256) -> Self {
        Self(hash.finalize().into())
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Not the id: whoever reads a log must not be able to use it.
impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({:02x}{:02x}..)", self.0[0], self.0[1])
    }
}

impl FromStr for KeyId {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let digit = |d: u8| match d {
            b'0'..=b'9' => Some(d - b'0'),
            b'a'..=b'f' => Some(d - b'a' + 10),
            _ => None,
        };
        let pairs = text.as_bytes().chunks(2);
        let bytes: Option<Vec<u8>> = pairs
            .map(|pair| match pair {
                &[high, low] => Some(digit(high)? << 4 | digit(low)?),
                _ => None,
            })
            .collect();
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or(Problem::KeyIdMalformed)
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
    fn what_is_no_id_is_refused() {
        let id = KeyId::of(b"").to_string();
        for bad in [
            "",
            "ba78",
            &id.to_uppercase(),
            &id[1..],
            &format!("{id}0"),
            &id.replace('e', "é"),
        ] {
            assert!(bad.parse::<KeyId>().is_err(), "{bad}");
        }
    }
}
