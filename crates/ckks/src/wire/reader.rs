//! Bounds-checked reading, for all kinds of message.
//!
//! Relies on `packing.rs`. Not for the level and scale that an operation expects, which it checks
//! itself.

use inkognito_ring::{Basis, Ntt, Poly};
use inkognito_threads as threads;

use crate::{
    scheme::parameters::Parameters,
    wire::{
        envelope::{HEADER_LEN, Kind, MAGIC, VERSION},
        error::WireError,
        packing::{packed_len, poly_len, unpack_residues},
    },
};

/// Length of a seed in bytes.
pub(super) const SEED_LEN: usize = 32;

/// The unread rest of a message.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Checks the envelope and returns a reader of the body.
    pub(super) fn open(
        parameters: &Parameters,
        expected: Kind,
        message: &'a [u8],
    ) -> Result<Self, WireError> {
        let mut header = Self::open_any(message)?;
        let kind = u16::from_le_bytes(header.array()?);
        if Kind::from_number(kind) != Some(expected) {
            return Err(WireError::Kind {
                expected,
                actual: kind,
            });
        }
        if header.array()? != parameters.fingerprint() {
            return Err(WireError::Parameters);
        }
        let length = u64::from_le_bytes(header.array()?);
        let body = header;
        body.expect_length(length)?;
        Ok(body)
    }

    /// Checks magic and version, and returns a reader of the rest.
    fn open_any(message: &'a [u8]) -> Result<Self, WireError> {
        let mut header = Reader { rest: message };
        if header.array()? != MAGIC {
            return Err(WireError::Magic);
        }
        let version = u16::from_le_bytes(header.array()?);
        if version != VERSION {
            return Err(WireError::Version { actual: version });
        }
        Ok(header)
    }

    /// Reads `K` bytes.
    pub(super) fn array<const K: usize>(&mut self) -> Result<[u8; K], WireError> {
        let (head, rest) = self.rest.split_first_chunk().ok_or(WireError::Length {
            expected: K as u64,
            actual: self.rest.len() as u64,
        })?;
        self.rest = rest;
        Ok(*head)
    }

    /// Reads a level.
    pub(super) fn level(&mut self, parameters: &Parameters) -> Result<usize, WireError> {
        let [actual] = self.array()?;
        let max = parameters.max_level();
        if usize::from(actual) > max {
            return Err(WireError::Level { max, actual });
        }
        Ok(usize::from(actual))
    }

    /// Reads a scale.
    pub(super) fn scale(&mut self) -> Result<f64, WireError> {
        let actual = f64::from_le_bytes(self.array()?);
        // false for NaN as well
        if !(1.0..=100f64.exp2()).contains(&actual) {
            return Err(WireError::Scale { actual });
        }
        Ok(actual)
    }

    /// Checks that exactly `expected` bytes are left.
    pub(super) fn expect_length(&self, expected: u64) -> Result<(), WireError> {
        let actual = self.rest.len() as u64;
        if actual == expected {
            Ok(())
        } else {
            Err(WireError::Length { expected, actual })
        }
    }

    /// Checks that exactly `count` polynomials over `basis` are left.
    pub(super) fn expect_polys(&self, basis: &Basis, count: usize) -> Result<(), WireError> {
        self.expect_length((count * poly_len(basis)) as u64)
    }

    /// Reads a polynomial over `basis`.
    pub(super) fn poly(&mut self, basis: &Basis) -> Result<Poly<Ntt>, WireError> {
        let expected = poly_len(basis);
        let (mut bytes, rest) = self
            .rest
            .split_at_checked(expected)
            .ok_or(WireError::Length {
                expected: expected as u64,
                actual: self.rest.len() as u64,
            })?;
        self.rest = rest;
        let n = basis.degree();
        let mut residues = vec![0; n * basis.len()];
        let limbs = residues.chunks_exact_mut(n).zip(basis.moduli());
        let limbs = limbs.map(|(limb, q)| {
            let packed;
            (packed, bytes) = bytes.split_at(packed_len(q, n));
            (limb, q, packed)
        });
        threads::for_each(limbs, |_, (limb, q, packed)| {
            unpack_residues(limb, q, packed)
        });
        Poly::from_residues(basis, residues).ok_or(WireError::Residue)
    }
}

/// Returns the length in bytes, header included, that a message's header claims. Where messages
/// follow one another, the next one starts there.
///
/// The function checks magic and version, and nothing else of the header.
///
/// # Errors
/// - [`WireError::Magic`] if the header does not start with `INKO`;
/// - [`WireError::Version`] if the version is not this program's.
///
/// ```
/// use inkognito_ckks::{Mask, Parameters, ParametersLiteral};
/// use inkognito_ckks::wire::{self, WireError};
///
/// let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
/// let message = wire::write_mask(&parameters, &Mask { level: 0, seed: [7; 32] });
/// let header = message.first_chunk().unwrap();
/// assert_eq!(wire::message_len(header), Ok(message.len() as u64));
/// assert_eq!(wire::message_len(&[0; wire::HEADER_LEN]), Err(WireError::Magic));
/// ```
pub fn message_len(header: &[u8; HEADER_LEN]) -> Result<u64, WireError> {
    let mut header = Reader::open_any(header)?;
    let _kind_and_parameters: [u8; 10] = header.array()?;
    let body = u64::from_le_bytes(header.array()?);
    Ok(body.saturating_add(HEADER_LEN as u64))
}
