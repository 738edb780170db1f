//! The message with a switching key.
//!
//! Relies on `reader.rs`, `writer.rs` and `packing.rs`. Not for several keys in one message.

use inkognito_ring::GaloisElement;

use crate::{
    keys::{purpose::KeyPurpose, request::KeyRequest, switching_key::SeededSwitchingKey},
    scheme::parameters::Parameters,
    wire::{
        envelope::{HEADER_LEN, Kind},
        error::WireError,
        packing::poly_len,
        reader::{Reader, SEED_LEN},
        writer::{begin, push_poly},
    },
};

const RELINEARIZATION: u8 = 1;
const GALOIS: u8 = 2;

/// Returns the length in bytes of the message with a switching key at `level`.
///
/// # Panics
/// If `level` exceeds the set's highest.
pub fn evaluation_key_len(parameters: &Parameters, level: usize) -> usize {
    let polys = parameters.digits(level) * poly_len(parameters.qp_basis(level));
    HEADER_LEN + 6 + SEED_LEN + polys
}

/// Writes a switching key, which has one polynomial for each digit of its level.
///
/// # Panics
/// If the key's level exceeds the set's highest.
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
/// [`WireError`] for all bytes that [`write_evaluation_key`] does not write.
///
/// ```
/// use inkognito_ckks::{KeyRequest, Parameters, ParametersLiteral, SeededSwitchingKey};
/// use inkognito_ckks::wire::{self, WireError};
/// use inkognito_ring::Poly;
///
/// let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
/// let key = SeededSwitchingKey {
///     request: KeyRequest::relinearization(1),
///     seed: [7; 32],
///     b: vec![Poly::zero(parameters.qp_basis(1)); parameters.digits(1)],
/// };
/// let mut message = wire::write_evaluation_key(&parameters, &key);
/// assert_eq!(wire::read_evaluation_key(&parameters, &message), Ok(key));
///
/// // there is no purpose 3
/// message[24] = 3;
/// let refused = wire::read_evaluation_key(&parameters, &message);
/// assert_eq!(refused, Err(WireError::Purpose { purpose: 3, element: 0 }));
/// ```
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
