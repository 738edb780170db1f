//! The kinds of message, written and read.

use inkognito_ring::GaloisElement;

use super::{
    HEADER_LEN, Kind, WireError,
    reader::{Reader, begin, poly_len, push_poly},
};
use crate::{Ciphertext, KeyPurpose, KeyRequest, Parameters, SeededCiphertext, SeededSwitchingKey};

const RELINEARIZATION: u8 = 1;
const GALOIS: u8 = 2;
const SEED_LEN: usize = 32;

/// Length in bytes of the message with a switching key at `level`.
///
/// # Panics
/// If `level` exceeds the set's highest.
pub fn evaluation_key_len(parameters: &Parameters, level: usize) -> usize {
    let polys = parameters.digits(level) * poly_len(parameters.qp_basis(level));
    HEADER_LEN + 6 + SEED_LEN + polys
}

/// Length in bytes of the message with a fresh encryption at `level`.
///
/// # Panics
/// If `level` exceeds the set's highest.
pub fn input_len(parameters: &Parameters, level: usize) -> usize {
    HEADER_LEN + 1 + 8 + SEED_LEN + poly_len(parameters.q_basis(level))
}

/// Length in bytes of the message with a ciphertext at `level`.
///
/// # Panics
/// If `level` exceeds the set's highest.
pub fn result_len(parameters: &Parameters, level: usize) -> usize {
    HEADER_LEN + 1 + 8 + 2 * poly_len(parameters.q_basis(level))
}

/// One switching key as a message.
pub fn write_evaluation_key(parameters: &Parameters, key: &SeededSwitchingKey) -> Vec<u8> {
    let KeyRequest { purpose, level } = key.request;
    let len = evaluation_key_len(parameters, level);
    let mut message = begin(parameters, Kind::EvaluationKey, len - HEADER_LEN);
    let (purpose, element) = match purpose {
        KeyPurpose::Relinearization => (RELINEARIZATION, 0),
        KeyPurpose::Galois(g) => (GALOIS, g.value()),
    };
    message.extend([purpose, level as u8]);
    message.extend(element.to_le_bytes());
    message.extend(key.seed);
    for b in &key.b {
        push_poly(&mut message, b);
    }
    message
}

/// Reads a switching key.
///
/// # Errors
/// [`WireError`] on anything that [`write_evaluation_key`] cannot have written.
pub fn read_evaluation_key(
    parameters: &Parameters,
    message: &[u8],
) -> Result<SeededSwitchingKey, WireError> {
    let mut reader = Reader::open(parameters, Kind::EvaluationKey, message)?;
    let [purpose] = reader.array()?;
    let level = reader.level(parameters)?;
    let element = u32::from_le_bytes(reader.array()?);
    let unknown = WireError::Purpose { purpose, element };
    let purpose = match purpose {
        RELINEARIZATION if element == 0 => KeyPurpose::Relinearization,
        GALOIS => KeyPurpose::Galois(
            GaloisElement::new(element, parameters.log_n()).map_err(|_| unknown)?,
        ),
        _ => return Err(unknown),
    };
    let seed = reader.array()?;
    let (basis, digits) = (parameters.qp_basis(level), parameters.digits(level));
    reader.expect_polys(basis, digits)?;
    let b = (0..digits)
        .map(|_| reader.poly(basis))
        .collect::<Result<_, _>>()?;
    Ok(SeededSwitchingKey {
        request: KeyRequest { purpose, level },
        seed,
        b,
    })
}

/// A fresh encryption as a message.
pub fn write_input(parameters: &Parameters, input: &SeededCiphertext) -> Vec<u8> {
    let len = input_len(parameters, input.level());
    let mut message = begin(parameters, Kind::Input, len - HEADER_LEN);
    message.push(input.level() as u8);
    message.extend(input.scale.to_le_bytes());
    message.extend(input.seed);
    push_poly(&mut message, &input.c0);
    message
}

/// Reads a fresh encryption.
///
/// # Errors
/// [`WireError`] on anything that [`write_input`] cannot have written.
pub fn read_input(parameters: &Parameters, message: &[u8]) -> Result<SeededCiphertext, WireError> {
    let mut reader = Reader::open(parameters, Kind::Input, message)?;
    let level = reader.level(parameters)?;
    let scale = reader.scale()?;
    let seed = reader.array()?;
    let basis = parameters.q_basis(level);
    reader.expect_polys(basis, 1)?;
    Ok(SeededCiphertext {
        c0: reader.poly(basis)?,
        seed,
        scale,
    })
}

/// A ciphertext as a message.
pub fn write_result(parameters: &Parameters, result: &Ciphertext) -> Vec<u8> {
    let len = result_len(parameters, result.level());
    let mut message = begin(parameters, Kind::Result, len - HEADER_LEN);
    message.push(result.level() as u8);
    message.extend(result.scale().to_le_bytes());
    for c in result.polys() {
        push_poly(&mut message, c);
    }
    message
}

/// Reads a ciphertext.
///
/// # Errors
/// [`WireError`] on anything that [`write_result`] cannot have written.
pub fn read_result(parameters: &Parameters, message: &[u8]) -> Result<Ciphertext, WireError> {
    let mut reader = Reader::open(parameters, Kind::Result, message)?;
    let level = reader.level(parameters)?;
    let scale = reader.scale()?;
    let basis = parameters.q_basis(level);
    reader.expect_polys(basis, 2)?;
    Ok(Ciphertext::new(
        [reader.poly(basis)?, reader.poly(basis)?],
        scale,
    ))
}
