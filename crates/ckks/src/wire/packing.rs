//! Packed residues: each takes as many bits as its modulus has, with no bits between them.
//!
//! Not for the coefficients of a result, which are whole words.

use inkognito_ring::{Basis, Modulus};

const WORD: u32 = u32::BITS;

/// Returns the number of bits that a residue modulo `q` takes in a message: `ceil(log2 q)`.
pub fn residue_bits(q: &Modulus) -> u32 {
    WORD - (q.value() - 1).leading_zeros()
}

/// Returns the number of bytes of `count` residues, a multiple of 32.
pub(super) fn packed_len(q: &Modulus, count: usize) -> usize {
    count / 8 * residue_bits(q) as usize
}

/// Returns the number of bytes of one polynomial.
pub(super) fn poly_len(basis: &Basis) -> usize {
    basis.moduli().map(|q| packed_len(q, basis.degree())).sum()
}

/// Appends residues modulo `q` as messages hold them: numbers of [`residue_bits`] bits one after
/// another, from the lowest bit of the first byte on.
///
/// # Panics
/// If the number of residues is not a multiple of 32, which would leave a word incomplete.
///
/// ```
/// use inkognito_ckks::wire::{push_residues, residue_bits};
/// use inkognito_ring::{Modulus, ntt_primes_below};
///
/// let q = Modulus::new(ntt_primes_below(20, 12, 1).unwrap()[0]).unwrap();
/// let mut message = vec![];
/// push_residues(&mut message, &q, &[0x12345; 32]);
/// assert_eq!(message.len(), 32 * residue_bits(&q) as usize / 8);
/// assert_eq!(message[..5], [0x45, 0x23, 0x51, 0x34, 0x12]);
/// ```
pub fn push_residues(message: &mut Vec<u8>, q: &Modulus, residues: &[u32]) {
    assert!(
        residues.len().is_multiple_of(32),
        "residues in multiples of 32"
    );
    let width = residue_bits(q);
    let start = message.len();
    message.resize(start + packed_len(q, residues.len()), 0);
    let mut words = message[start..].as_chunks_mut().0.iter_mut();
    let (mut pending, mut held) = (0u64, 0);
    for &residue in residues {
        pending |= u64::from(residue) << held;
        held += width;
        if held >= WORD {
            if let Some(word) = words.next() {
                *word = (pending as u32).to_le_bytes();
            }
            pending >>= WORD;
            held -= WORD;
        }
    }
}

/// Reads as many residues modulo `q` as the slice has. Each is below `2^residue_bits(q)`, but may
/// not be below `q`.
pub(super) fn unpack_residues(residues: &mut [u32], q: &Modulus, bytes: &[u8]) {
    let width = residue_bits(q) as usize;
    let mask = (1u64 << width) - 1;
    // each residue by itself: its bits lie within eight bytes from the byte it starts in
    for (k, residue) in residues.iter_mut().enumerate() {
        let rest = &bytes[k * width / 8..];
        let word = rest.first_chunk().copied().unwrap_or_else(|| {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            word
        });
        *residue = (u64::from_le_bytes(word) >> (k * width % 8) & mask) as u32;
    }
}

#[cfg(test)]
mod tests {
    use inkognito_ring::ntt_primes_below;
    use proptest::prelude::*;

    use super::*;

    /// Reads one bit.
    fn bit(bytes: &[u8], at: usize) -> u32 {
        u32::from(bytes[at / 8] >> (at % 8) & 1)
    }

    proptest! {
        #[test]
        fn each_bit_is_where_the_format_says(bits in 15u32..=30, words in 1usize..4, seed: u64) {
            let q = Modulus::new(ntt_primes_below(bits, 8, 1).unwrap()[0]).unwrap();
            let count = 32 * words;
            let residues: Vec<u32> = (0..count as u64)
                .map(|i| (seed.wrapping_mul(2 * i + 1) >> 7) as u32 % q.value())
                .collect();
            let mut bytes = vec![0xa5];
            push_residues(&mut bytes, &q, &residues);
            let bytes = &bytes[1..];
            prop_assert_eq!(bytes.len(), packed_len(&q, count));
            let width = residue_bits(&q) as usize;
            prop_assert_eq!(width, bits as usize);
            for (i, residue) in residues.iter().enumerate() {
                let written = (0..width).map(|k| bit(bytes, width * i + k) << k).sum::<u32>();
                prop_assert_eq!(written, *residue);
            }
            let mut back = vec![7; count];
            unpack_residues(&mut back, &q, bytes);
            prop_assert_eq!(back, residues);
        }
    }
}
