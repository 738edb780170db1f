//! A search for the secret key in bytes: in all that was sent, for example.
//!
//! The answer must not disclose anything of the key. It is yes only for bytes that repeat
//! [`TERNARY_RUN`] coefficients in a row, of 3^64 possibilities, or [`NTT_RUN`] residues of 26 bits
//! and more in a row that begin at a multiple of `NTT_RUN`; any run of twice that length contains
//! such a run. Bytes that were made without the key contain one by accident with a probability
//! below 2^-60 for 32 MB. So the answer is known beforehand, and a yes discloses only that the key
//! has leaked.
//!
//! The search is no proof: it looks for the encodings of [`SecretKey::encodings`], in which the
//! vault holds the key or would write it. `tests/e2e/custody.test.mjs` searches for more, from
//! outside.

use inkognito_ckks::{
    Parameters,
    wire::{push_residues, residue_bits},
};
use zeroize::{Zeroize, Zeroizing};

use super::SecretKey;

/// Coefficients in a row that count as found: as many as fit 128 bits, two bits each.
const TERNARY_RUN: usize = 64;

/// Residues in a row of the NTT domain that count as found: packed, eight fill whole bytes.
const NTT_RUN: usize = 8;

/// log2 of the number of bits in the filter that residues pass before they are looked up.
const FILTER_BITS: u32 = 18;

/// The parts of the key that are searched for.
struct Patterns {
    /// Runs of coefficients, two bits each, sorted.
    ternary_runs: Zeroizing<Vec<u128>>,
    /// Residues in the NTT domain, modulus after modulus.
    residues: Zeroizing<Vec<u32>>,
    /// The first residue of each run and its index in `residues`, sorted.
    ntt_runs: Zeroizing<Vec<(u32, u32)>>,
    /// A bit set for the lowest bits of each first residue.
    filter: Zeroizing<Vec<u64>>,
    degree: usize,
    /// Bits of a packed residue, for each modulus.
    bits: Vec<u32>,
    /// The residue of -1 modulo each modulus, and -1 as a signed word.
    minus_ones: Vec<u32>,
}

impl SecretKey {
    /// Searches `bytes` for the key, or a part of 127 coefficients or fifteen residues in a row, in
    /// any of [`SecretKey::encodings`].
    pub(crate) fn is_in(&self, bytes: &[u8]) -> bool {
        bytes.len() >= NTT_RUN * 3 && Patterns::of(self).are_in(bytes)
    }

    /// Checks the search: plants each encoding of the key in noise, at an odd offset, and searches
    /// for it; then searches noise alone. The planted bytes do not leave the vault.
    pub(crate) fn is_found_where_planted(&self) -> bool {
        let noise =
            |len: usize| (0..len as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8);
        let patterns = Patterns::of(self);
        let found = self.encodings().iter().all(|encoding| {
            let mut bytes = Zeroizing::new(Vec::with_capacity(encoding.len() + 200));
            bytes.extend(noise(101));
            bytes.extend_from_slice(encoding);
            bytes.extend(noise(99));
            patterns.are_in(&bytes)
        });
        found && !patterns.are_in(&noise(1 << 16).collect::<Vec<_>>())
    }

    /// Writes the key as a leak might: one signed byte for each coefficient; 32-bit words modulo
    /// each modulus; 32-bit words in the NTT domain, as the vault holds it; and those packed, as in
    /// messages.
    fn encodings(&self) -> Vec<Zeroizing<Vec<u8>>> {
        // the whole capacity at once: a vector that grows leaves copies behind
        let bytes = |words: &[u32]| {
            let mut bytes = Zeroizing::new(Vec::with_capacity(4 * words.len()));
            bytes.extend(words.iter().flat_map(|w| w.to_le_bytes()));
            bytes
        };
        let mut coefficients = self.s.clone().into_coeff();
        let n = coefficients.basis().degree();
        let signed = coefficients.limb(0).iter().map(|&x| match x {
            0 | 1 => x as u8,
            _ => u8::MAX,
        });
        let mut encodings = vec![Zeroizing::new(signed.collect())];
        for domain in [coefficients.residues(), self.s.residues()] {
            encodings.extend(domain.chunks_exact(n).map(bytes));
        }
        for (i, q) in self.s.basis().moduli().enumerate() {
            let mut packed = Zeroizing::new(Vec::with_capacity(4 * n));
            push_residues(&mut packed, q, self.s.limb(i));
            encodings.push(packed);
        }
        coefficients.zeroize();
        encodings
    }
}

impl Patterns {
    fn of(key: &SecretKey) -> Self {
        let n = key.parameters.degree();
        let mut coefficients = key.at([0]).into_coeff();
        let trit = |x: u32| u128::from(if x > 1 { 2 } else { x });
        let chunks = coefficients.limb(0).chunks_exact(TERNARY_RUN);
        let mut ternary_runs = Zeroizing::new(Vec::with_capacity(n / TERNARY_RUN));
        ternary_runs.extend(chunks.map(|run| run.iter().fold(0, |all, &x| all << 2 | trit(x))));
        coefficients.zeroize();
        ternary_runs.sort_unstable();
        let residues = Zeroizing::new(key.s.residues().to_vec());
        let mut ntt_runs = Zeroizing::new(Vec::with_capacity(residues.len() / NTT_RUN + 1));
        let mut filter = Zeroizing::new(vec![0u64; 1 << (FILTER_BITS - 6)]);
        for (index, &value) in residues.iter().enumerate().step_by(NTT_RUN) {
            ntt_runs.push((value, index as u32));
            let (word, bit) = filter_bit(value);
            filter[word] |= bit;
        }
        ntt_runs.sort_unstable();
        Self {
            ternary_runs,
            residues,
            ntt_runs,
            filter,
            degree: n,
            bits: key.s.basis().moduli().map(residue_bits).collect(),
            minus_ones: minus_ones(&key.parameters),
        }
    }

    /// Searches bytes for any of the patterns.
    fn are_in(&self, bytes: &[u8]) -> bool {
        self.has_ternary_run(bytes.iter().map(|&byte| trit_of_byte(byte)))
            || (0..4).any(|offset| {
                let words = words(bytes.get(offset..).unwrap_or_default());
                self.has_ternary_run(words.map(|word| self.trit_of_word(word)))
            })
            || self.has_ntt_run(bytes)
    }

    /// Searches a sequence for a run of the key's coefficients; `None` is no coefficient and ends a
    /// run.
    fn has_ternary_run(&self, trits: impl Iterator<Item = Option<u8>>) -> bool {
        let (mut run, mut length) = (0u128, 0);
        for trit in trits {
            let Some(trit) = trit else {
                length = 0;
                continue;
            };
            run = run << 2 | u128::from(trit);
            length += 1;
            if length >= TERNARY_RUN && self.ternary_runs.binary_search(&run).is_ok() {
                return true;
            }
        }
        false
    }

    /// Searches bytes, from every offset, for a run of the key's residues, in words or packed.
    fn has_ntt_run(&self, bytes: &[u8]) -> bool {
        let mut widths = [&self.bits[..], &[u32::BITS]].concat();
        widths.sort_unstable();
        widths.dedup();
        let starts = bytes.windows(4).enumerate();
        // the filter looks at the lowest bits, which are the same for every width
        let mut likely = starts.filter(|(_, word)| {
            let (at, bit) = filter_bit(u32::from_le_bytes([word[0], word[1], word[2], word[3]]));
            self.filter[at] & bit != 0
        });
        likely.any(|(at, _)| {
            let rest = &bytes[at..];
            widths.iter().any(|&width| self.run_begins(rest, width))
        })
    }

    /// Checks whether the bytes begin with a run of the key's residues of `width` bits each.
    fn run_begins(&self, bytes: &[u8], width: u32) -> bool {
        let number = |k: usize| number(bytes, width as usize * k, width);
        let Some(value) = number(0) else { return false };
        let first = self.ntt_runs.partition_point(|&(found, _)| found < value);
        let same = self.ntt_runs[first..].iter();
        same.take_while(|&&(found, _)| found == value)
            .map(|&(_, index)| index as usize)
            // a run does not go on from one modulus to the next
            .filter(|index| index % self.degree + NTT_RUN <= self.degree)
            .filter(|index| [u32::BITS, self.bits[index / self.degree]].contains(&width))
            .any(|index| (1..NTT_RUN).all(|k| number(k) == Some(self.residues[index + k])))
    }

    fn trit_of_word(&self, word: u32) -> Option<u8> {
        match word {
            0 | 1 => Some(word as u8),
            _ => self.minus_ones.contains(&word).then_some(2),
        }
    }
}

/// Reads the number of `width` bits, at most 32, that begins at a bit; `None` beyond the end.
fn number(bytes: &[u8], bit: usize, width: u32) -> Option<u32> {
    let bytes = bytes.get(bit / 8..)?;
    if 8 * bytes.len() < bit % 8 + width as usize {
        return None;
    }
    let mut word = [0; 8];
    let len = bytes.len().min(8);
    word[..len].copy_from_slice(&bytes[..len]);
    let number = u64::from_le_bytes(word) >> (bit % 8);
    Some((number & ((1 << width) - 1)) as u32)
}

fn trit_of_byte(byte: u8) -> Option<u8> {
    match byte {
        0 | 1 => Some(byte),
        u8::MAX => Some(2),
        _ => None,
    }
}

fn minus_ones(parameters: &Parameters) -> Vec<u32> {
    let moduli = parameters.qp_basis(parameters.max_level()).moduli();
    moduli.map(|q| q.value() - 1).chain([u32::MAX]).collect()
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes
        .as_chunks()
        .0
        .iter()
        .map(|word| u32::from_le_bytes(*word))
}

/// Returns the word and the bit of the filter that stand for a residue.
fn filter_bit(value: u32) -> (usize, u64) {
    let low = value & ((1 << FILTER_BITS) - 1);
    ((low >> 6) as usize, 1 << (low & 63))
}

#[cfg(test)]
mod tests {
    use inkognito_ckks::{KeyRequest, ParametersLiteral};
    use inkognito_ring::{Coeff, Ntt, Poly};

    use super::*;
    use crate::random::Randomness;

    fn key(seed: u8, random: &mut Randomness) -> SecretKey {
        let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
        *random = Randomness::from_seed(&[seed; 32]);
        SecretKey::generate(&parameters, random)
    }

    #[test]
    fn a_part_of_the_key_is_found_in_every_encoding_and_no_other_key() {
        let mut random = Randomness::from_seed(&[0; 32]);
        let (other, key) = (key(1, &mut random), key(2, &mut random));
        assert!(key.is_found_where_planted());
        let encodings = key.encodings();
        assert_eq!(encodings.len(), 1 + 3 * 8);
        for (number, encoding) in encodings.iter().enumerate() {
            let run = if number > 8 { NTT_RUN } else { TERNARY_RUN };
            // packed, a part begins where a byte does
            let (whole, step) = match number {
                17.. => (2 * run, 8),
                _ => (2 * run - 1, 1),
            };
            // from several offsets, after any number of bytes
            for (from, before) in [(0, 0), (1001, 1), (3000, 2), (8192 - whole, 3)] {
                let from = from / step * step;
                let part = |count: usize| {
                    let offset = |i: usize| i * encoding.len() / 8192;
                    &encoding[offset(from)..offset(from + count)]
                };
                let bytes = |count: usize| [&[0x5a; 3][..before], part(count), &[0x5a; 9]].concat();
                assert!(key.is_in(&bytes(whole)), "encoding {number} from {from}");
                assert!(!key.is_in(&bytes(run - 1)), "encoding {number}: too short");
                assert!(!other.is_in(&bytes(whole)), "encoding {number}");
            }
        }
    }

    #[test]
    fn keys_and_ciphertexts_do_not_contain_it() {
        let mut random = Randomness::from_seed(&[0; 32]);
        let key = key(3, &mut random);
        let p = key.parameters.clone();
        let encoded = |poly: &Poly<Ntt>| {
            let words = poly.residues().iter().flat_map(|w| w.to_le_bytes());
            let mut bytes = words.collect::<Vec<_>>();
            for (i, q) in poly.basis().moduli().enumerate() {
                push_residues(&mut bytes, q, poly.limb(i));
            }
            bytes
        };
        for request in [
            KeyRequest::relinearization(4),
            KeyRequest::rotation(&p, 64, 5),
        ] {
            for b in &key.switching_key(request, &mut random).b {
                assert!(!key.is_in(&encoded(b)));
            }
        }
        let message = Poly::<Coeff>::zero(p.q_basis(5));
        let sent = key.encrypt(message, p.scale(), &mut random);
        assert!(!key.is_in(&encoded(&sent.c0)));
        for bytes in [&[][..], &[0], &[0; 1000], &[1; 1000], &[255; 1000]] {
            assert!(!key.is_in(bytes));
        }
    }
}
