//! Bounds-checked reading.

use inkognito_ring::{Basis, Ntt, Poly};
use inkognito_threads as threads;

use super::{
    HEADER_LEN, Kind, MAGIC, VERSION, WireError,
    packing::{packed_len, push_residues, unpack_residues},
};
use crate::Parameters;

/// What is left of a message's body.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Checks the envelope and gives a reader of its body.
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

    /// Checks that there is an envelope of this version, and gives a reader from its kind on.
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

    pub(super) fn array<const K: usize>(&mut self) -> Result<[u8; K], WireError> {
        let (head, rest) = self.rest.split_first_chunk().ok_or(WireError::Length {
            expected: K as u64,
            actual: self.rest.len() as u64,
        })?;
        self.rest = rest;
        Ok(*head)
    }

    pub(super) fn level(&mut self, parameters: &Parameters) -> Result<usize, WireError> {
        let [actual] = self.array()?;
        let max = parameters.max_level();
        if usize::from(actual) > max {
            return Err(WireError::Level { max, actual });
        }
        Ok(usize::from(actual))
    }

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

/// Length in bytes, header included, that a message's header claims: where messages follow one
/// another, the next one starts there. Nothing else of the header is checked but that it is one.
///
/// # Errors
/// [`WireError::Magic`] or [`WireError::Version`] for bytes that start no message.
pub fn message_len(header: &[u8; HEADER_LEN]) -> Result<u64, WireError> {
    let mut header = Reader::open_any(header)?;
    let _kind_and_parameters: [u8; 10] = header.array()?;
    let body = u64::from_le_bytes(header.array()?);
    Ok(body.saturating_add(HEADER_LEN as u64))
}

/// Bytes of one polynomial.
pub(super) fn poly_len(basis: &Basis) -> usize {
    basis.moduli().map(|q| packed_len(q, basis.degree())).sum()
}

/// A message with its header and room for its body.
pub(super) fn begin(parameters: &Parameters, kind: Kind, body_len: usize) -> Vec<u8> {
    let mut message = Vec::with_capacity(HEADER_LEN + body_len);
    message.extend(MAGIC);
    message.extend(VERSION.to_le_bytes());
    message.extend((kind as u16).to_le_bytes());
    message.extend(parameters.fingerprint());
    message.extend((body_len as u64).to_le_bytes());
    message
}

/// Appends the residues of a polynomial.
pub(super) fn push_poly(message: &mut Vec<u8>, poly: &Poly<Ntt>) {
    for (i, q) in poly.basis().moduli().enumerate() {
        push_residues(message, q, poly.limb(i));
    }
}
