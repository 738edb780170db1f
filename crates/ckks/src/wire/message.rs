//! The kinds of message, written and read.

use inkognito_ring::GaloisElement;

use super::{
    HEADER_LEN, Kind, WireError,
    reader::{Reader, begin, poly_len, push_poly},
};
use crate::{
    Ciphertext, KeyPurpose, KeyRequest, Mask, Parameters, SeededCiphertext, SeededSwitchingKey,
    TruncatedCiphertext,
};

const RELINEARIZATION: u8 = 1;
const GALOIS: u8 = 2;
const SEED_LEN: usize = 32;
const WORD_LEN: usize = size_of::<u32>();

/// Length in bytes of the message with a mask.
pub const MASK_LEN: usize = HEADER_LEN + 1 + SEED_LEN;

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

/// Length in bytes of the message with extracts of so many coefficients.
pub fn result_len(parameters: &Parameters, counts: &[usize]) -> usize {
    let extracts = counts.iter().map(|&count| extract_len(parameters, count));
    HEADER_LEN + 8 + 1 + extracts.sum::<usize>()
}

/// Bytes of an extract of `count` coefficients.
fn extract_len(parameters: &Parameters, count: usize) -> usize {
    2 + count * WORD_LEN + poly_len(parameters.q_basis(0))
}

/// Length in bytes of the message with a ciphertext at `level` from between the layers.
///
/// # Panics
/// If `level` exceeds the set's highest.
pub fn intermediate_len(parameters: &Parameters, level: usize) -> usize {
    HEADER_LEN + 1 + 1 + 8 + 2 * poly_len(parameters.q_basis(level))
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

/// The mask of a fresh encryption as a message.
pub fn write_mask(parameters: &Parameters, mask: &Mask) -> Vec<u8> {
    let mut message = begin(parameters, Kind::Mask, MASK_LEN - HEADER_LEN);
    message.push(mask.level as u8);
    message.extend(mask.seed);
    message
}

/// Reads a mask.
///
/// # Errors
/// [`WireError`] on anything that [`write_mask`] cannot have written.
pub fn read_mask(parameters: &Parameters, message: &[u8]) -> Result<Mask, WireError> {
    let mut reader = Reader::open(parameters, Kind::Mask, message)?;
    let level = reader.level(parameters)?;
    let seed = reader.array()?;
    reader.expect_length(0)?;
    Ok(Mask { level, seed })
}

/// Extracts at one scale as a message.
///
/// # Panics
/// If there is none or more than [`MAX_EXTRACTS`](super::MAX_EXTRACTS), or one of more than 65,535 coefficients.
pub fn write_result(parameters: &Parameters, extracts: &[TruncatedCiphertext]) -> Vec<u8> {
    let counts: Vec<_> = extracts.iter().map(|extract| extract.c0.len()).collect();
    let len = result_len(parameters, &counts);
    let mut message = begin(parameters, Kind::Result, len - HEADER_LEN);
    message.extend(extracts[0].scale.to_le_bytes());
    message.push(u8::try_from(extracts.len()).expect("no more than 255 extracts"));
    for TruncatedCiphertext { c0, c1, .. } in extracts {
        let count = u16::try_from(c0.len()).expect("no more than 65,535 coefficients");
        message.extend(count.to_le_bytes());
        message.extend(c0.iter().flat_map(|word| word.to_le_bytes()));
        push_poly(&mut message, c1);
    }
    message
}

/// Reads extracts, of which there is at least one.
///
/// # Errors
/// [`WireError`] on anything that [`write_result`] cannot have written.
pub fn read_result(
    parameters: &Parameters,
    message: &[u8],
) -> Result<Vec<TruncatedCiphertext>, WireError> {
    let mut reader = Reader::open(parameters, Kind::Result, message)?;
    let scale = reader.scale()?;
    let [extracts] = reader.array()?;
    if extracts == 0 {
        return Err(WireError::Empty);
    }
    let (basis, q) = (parameters.q_basis(0), parameters.modulus(0));
    let mut read = || {
        let count = usize::from(u16::from_le_bytes(reader.array()?));
        let words = (0..count).map(|_| {
            let word = u32::from_le_bytes(reader.array()?);
            if word < q {
                Ok(word)
            } else {
                Err(WireError::Residue)
            }
        });
        let c0 = words.collect::<Result<_, _>>()?;
        let c1 = reader.poly(basis)?;
        Ok(TruncatedCiphertext { c0, c1, scale })
    };
    let extracts = (0..extracts).map(|_| read()).collect::<Result<_, _>>()?;
    reader.expect_length(0)?;
    Ok(extracts)
}

/// A ciphertext from between the layers as a message; `stage` counts them from zero.
pub fn write_intermediate(parameters: &Parameters, stage: u8, ciphertext: &Ciphertext) -> Vec<u8> {
    let len = intermediate_len(parameters, ciphertext.level());
    let mut message = begin(parameters, Kind::Intermediate, len - HEADER_LEN);
    message.push(stage);
    push_ciphertext(&mut message, ciphertext);
    message
}

/// Reads a ciphertext from between the layers, and the number of its stage, which may be any.
///
/// # Errors
/// [`WireError`] on anything that [`write_intermediate`] cannot have written.
pub fn read_intermediate(
    parameters: &Parameters,
    message: &[u8],
) -> Result<(u8, Ciphertext), WireError> {
    let mut reader = Reader::open(parameters, Kind::Intermediate, message)?;
    let [stage] = reader.array()?;
    Ok((stage, read_ciphertext(&mut reader, parameters)?))
}

/// Appends level, scale and both polynomials.
fn push_ciphertext(message: &mut Vec<u8>, ciphertext: &Ciphertext) {
    message.push(ciphertext.level() as u8);
    message.extend(ciphertext.scale().to_le_bytes());
    for c in ciphertext.polys() {
        push_poly(message, c);
    }
}

/// Reads level, scale and both polynomials, which must be all that is left.
fn read_ciphertext(
    reader: &mut Reader<'_>,
    parameters: &Parameters,
) -> Result<Ciphertext, WireError> {
    let level = reader.level(parameters)?;
    let scale = reader.scale()?;
    let basis = parameters.q_basis(level);
    reader.expect_polys(basis, 2)?;
    Ok(Ciphertext::new(
        [reader.poly(basis)?, reader.poly(basis)?],
        scale,
    ))
}
