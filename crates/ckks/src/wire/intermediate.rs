//! The message with a ciphertext between two layers.
//!
//! Relies on `reader.rs`, `writer.rs` and `packing.rs`. Not for scores, which a result holds.

use crate::{
    scheme::{ciphertext::Ciphertext, parameters::Parameters},
    wire::{
        envelope::{HEADER_LEN, Kind},
        error::WireError,
        packing::poly_len,
        reader::Reader,
        writer::{begin, push_poly},
    },
};

/// Returns the length in bytes of the message with a ciphertext at `level` between two layers.
///
/// # Panics
/// If `level` exceeds the set's highest.
pub fn intermediate_len(parameters: &Parameters, level: usize) -> usize {
    HEADER_LEN + 1 + 1 + 8 + 2 * poly_len(parameters.q_basis(level))
}

/// Writes a ciphertext between two layers; `stage` is the number of its stage, from zero.
///
/// # Panics
/// If the ciphertext's level exceeds the set's highest.
pub fn write_intermediate(parameters: &Parameters, stage: u8, ciphertext: &Ciphertext) -> Vec<u8> {
    let len = intermediate_len(parameters, ciphertext.level());
    let mut message = begin(parameters, Kind::Intermediate, len - HEADER_LEN);
    message.push(stage);
    message.push(ciphertext.level() as u8);
    message.extend(ciphertext.scale().to_le_bytes());
    for c in ciphertext.polys() {
        push_poly(&mut message, c);
    }
    message
}

/// Reads a ciphertext between two layers and the number of its stage, which may be any.
///
/// # Errors
/// [`WireError`] for all bytes that [`write_intermediate`] does not write for a scale between 1 and
/// 2^100.
///
/// ```
/// # use inkognito_ckks::*;
/// # use inkognito_ckks::wire::WireError;
/// # use inkognito_ring::Poly;
/// # let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
/// # let zero = Poly::zero(parameters.q_basis(2));
/// # let ciphertext = Ciphertext::new([zero.clone(), zero], 1024.0);
/// let message = wire::write_intermediate(&parameters, 3, &ciphertext);
/// assert_eq!(message.len(), wire::intermediate_len(&parameters, 2));
/// assert_eq!(wire::read_intermediate(&parameters, &message), Ok((3, ciphertext)));
/// let refused = wire::read_result(&parameters, &message);
/// assert!(matches!(refused, Err(WireError::Kind { actual: 4, .. })));
/// ```
pub fn read_intermediate(
    parameters: &Parameters,
    message: &[u8],
) -> Result<(u8, Ciphertext), WireError> {
    let mut reader = Reader::open(parameters, Kind::Intermediate, message)?;
    let [stage] = reader.array()?;
    let level = reader.level(parameters)?;
    let scale = reader.scale()?;
    let basis = parameters.q_basis(level);
    reader.expect_polys(basis, 2)?;
    let c = [reader.poly(basis)?, reader.poly(basis)?];
    Ok((stage, Ciphertext::new(c, scale)))
}
