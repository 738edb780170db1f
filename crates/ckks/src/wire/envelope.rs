//! The envelope of every message.
//!
//! Not for the bodies, of which each kind has a file of its own.

/// Length of the envelope's header in bytes.
pub const HEADER_LEN: usize = 24;
/// The version of the format that this program writes and reads.
pub const VERSION: u16 = 3;
/// The first bytes of every message.
pub(super) const MAGIC: [u8; 4] = *b"INKO";

/// The kinds of message that exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum Kind {
    /// One switching key, from the page to the evaluator.
    EvaluationKey = 1,
    /// A seeded ciphertext, from the page to the evaluator.
    Input = 2,
    /// Truncated ciphertexts, of which only the scores can be decrypted, from the evaluator to the
    /// page.
    Result = 3,
    /// A ciphertext between two layers, from the evaluator to the page: for teaching, and only
    /// where the page has asked for it.
    Intermediate = 4,
    /// The mask of the next input, from the page to the evaluator, so that the evaluator can do its
    /// offline work.
    Mask = 5,
}

impl Kind {
    /// Returns the kind with this number, if there is one.
    ///
    /// ```
    /// use inkognito_ckks::wire::Kind;
    ///
    /// assert_eq!(Kind::from_number(2), Some(Kind::Input));
    /// assert_eq!(Kind::from_number(6), None);
    /// ```
    pub const fn from_number(number: u16) -> Option<Self> {
        match number {
            1 => Some(Self::EvaluationKey),
            2 => Some(Self::Input),
            3 => Some(Self::Result),
            4 => Some(Self::Intermediate),
            5 => Some(Self::Mask),
            _ => None,
        }
    }
}
