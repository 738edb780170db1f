//! An offence against the house style, as it is printed.

use std::fmt;

/// Something in a file that the house style does not allow.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Offence {
    /// The number of the line, from one; zero stands for the file's name.
    pub(super) line: usize,
    pub(super) what: String,
}

impl fmt::Display for Offence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(formatter, " {}", self.what),
            line => write!(formatter, "{line}: {}", self.what),
        }
    }
}
