//! The message with the results of an evaluation.
//!
//! Relies on `reader.rs`, `writer.rs` and `packing.rs`. Not for ciphertexts that are evaluated
//! further: see `intermediate.rs`.

use crate::{
    scheme::parameters::Parameters,
    transforms::coefficients::TruncatedCiphertext,
    wire::{
        envelope::{HEADER_LEN, Kind},
        error::WireError,
        packing::poly_len,
        reader::Reader,
        writer::{begin, push_poly},
    },
};

const WORD_LEN: usize = size_of::<u32>();

/// The largest number of ciphertexts in a result.
pub const MAX_RESULT_CIPHERTEXTS: usize = u8::MAX as usize;

/// Returns the length in bytes of the message with truncated ciphertexts of these numbers of
/// coefficients.
pub fn result_len(parameters: &Parameters, counts: &[usize]) -> usize {
    let lens = counts
        .iter()
        .map(|&count| ciphertext_len(parameters, count));
    HEADER_LEN + 8 + 1 + lens.sum::<usize>()
}

/// Returns the bytes of a ciphertext of `count` coefficients.
fn ciphertext_len(parameters: &Parameters, count: usize) -> usize {
    2 + count * WORD_LEN + poly_len(parameters.q_basis(0))
}

/// Writes truncated ciphertexts, which are all at the scale of the first.
///
/// # Panics
/// If there is none or more than [`MAX_RESULT_CIPHERTEXTS`], or one has more than 65,535
/// coefficients.
pub fn write_result(parameters: &Parameters, ciphertexts: &[TruncatedCiphertext]) -> Vec<u8> {
    let counts: Vec<_> = ciphertexts.iter().map(|ct| ct.c0.len()).collect();
    let len = result_len(parameters, &counts);
    let mut message = begin(parameters, Kind::Result, len - HEADER_LEN);
    message.extend(ciphertexts[0].scale.to_le_bytes());
    message.push(u8::try_from(ciphertexts.len()).expect("no more than 255 ciphertexts"));
    for TruncatedCiphertext { c0, c1, .. } in ciphertexts {
        let count = u16::try_from(c0.len()).expect("no more than 65,535 coefficients");
        message.extend(count.to_le_bytes());
        message.extend(c0.iter().flat_map(|word| word.to_le_bytes()));
        push_poly(&mut message, c1);
    }
    message
}

/// Reads truncated ciphertexts, of which there is at least one.
///
/// # Errors
/// [`WireError`] for all bytes that [`write_result`] does not write for a scale between 1 and
/// 2^100.
///
/// ```
/// # use inkognito_ckks::*;
/// # use inkognito_ckks::wire::WireError;
/// # use inkognito_ring::Poly;
/// # let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
/// # let evaluator = Evaluator::new(parameters.clone(), EvaluationKeys::new());
/// # let zero = Poly::zero(parameters.q_basis(0));
/// # let ciphertext = Ciphertext::new([zero.clone(), zero], 1024.0);
/// let truncated = vec![evaluator.truncate(ciphertext, 10).unwrap()];
/// let mut message = wire::write_result(&parameters, &truncated);
/// assert_eq!(message.len(), wire::result_len(&parameters, &[10]));
/// assert_eq!(wire::read_result(&parameters, &message), Ok(truncated));
///
/// // the number of ciphertexts must not be zero
/// message[32] = 0;
/// assert_eq!(wire::read_result(&parameters, &message), Err(WireError::Empty));
/// ```
pub fn read_result(
    parameters: &Parameters,
    message: &[u8],
) -> Result<Vec<TruncatedCiphertext>, WireError> {
    let mut reader = Reader::open(parameters, Kind::Result, message)?;
    let scale = reader.scale()?;
    let [ciphertexts] = reader.array()?;
    if ciphertexts == 0 {
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
    let ciphertexts = (0..ciphertexts).map(|_| read()).collect::<Result<_, _>>()?;
    reader.expect_length(0)?;
    Ok(ciphertexts)
}
