//! The messages with a fresh encryption and with its mask.
//!
//! Relies on `reader.rs`, `writer.rs` and `packing.rs`. Not for ciphertexts without a seed.

use crate::{
    scheme::{
        ciphertext::{Mask, SeededCiphertext},
        parameters::Parameters,
    },
    wire::{
        envelope::{HEADER_LEN, Kind},
        error::WireError,
        packing::poly_len,
        reader::{Reader, SEED_LEN},
        writer::{begin, push_poly},
    },
};

/// Length in bytes of the message with a mask.
pub const MASK_LEN: usize = HEADER_LEN + 1 + SEED_LEN;

/// Returns the length in bytes of the message with a fresh encryption at `level`.
///
/// # Panics
/// If `level` exceeds the set's highest.
pub fn input_len(parameters: &Parameters, level: usize) -> usize {
    HEADER_LEN + 1 + 8 + SEED_LEN + poly_len(parameters.q_basis(level))
}

/// Writes a fresh encryption.
///
/// # Panics
/// If its level exceeds the set's highest.
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
/// [`WireError`] for all bytes that [`write_input`] does not write for a scale between 1 and 2^100.
///
/// ```
/// use inkognito_ckks::{Parameters, ParametersLiteral, SeededCiphertext};
/// use inkognito_ckks::wire::{self, WireError};
/// use inkognito_ring::Poly;
///
/// let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
/// let input = SeededCiphertext {
///     c0: Poly::zero(parameters.q_basis(2)),
///     seed: [7; 32],
///     scale: parameters.scale(),
/// };
/// let message = wire::write_input(&parameters, &input);
/// assert_eq!(message.len(), wire::input_len(&parameters, 2));
/// assert_eq!(wire::read_input(&parameters, &message), Ok(input));
///
/// // a message that ends early, and one from another parameter set
/// let refused = wire::read_input(&parameters, &message[..message.len() - 1]);
/// assert!(matches!(refused, Err(WireError::Length { .. })));
/// let deeper = Parameters::new(ParametersLiteral::n16384_levels11()).unwrap();
/// assert_eq!(wire::read_input(&deeper, &message), Err(WireError::Parameters));
/// ```
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

/// Writes the mask of a fresh encryption.
pub fn write_mask(parameters: &Parameters, mask: &Mask) -> Vec<u8> {
    let mut message = begin(parameters, Kind::Mask, MASK_LEN - HEADER_LEN);
    message.push(mask.level as u8);
    message.extend(mask.seed);
    message
}

/// Reads a mask.
///
/// # Errors
/// [`WireError`] for all bytes that [`write_mask`] does not write for a level of the set.
pub fn read_mask(parameters: &Parameters, message: &[u8]) -> Result<Mask, WireError> {
    let mut reader = Reader::open(parameters, Kind::Mask, message)?;
    let level = reader.level(parameters)?;
    let seed = reader.array()?;
    reader.expect_length(0)?;
    Ok(Mask { level, seed })
}
