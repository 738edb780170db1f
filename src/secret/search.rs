//! Whether bytes hold the key: for whoever wants to look for it in all that was sent.
//!
//! A question about the key must not tell anything of it. This one is answered with yes only for bytes
//! that repeat [`TERNARY_RUN`] coefficients in a row, of 3^64 possibilities, or [`NTT_RUN`] residues of 26
//! bits and more, from a multiple of as many on: twice that length holds one whole. Bytes that were made
//! without the key do so by accident with a probability below 2^-60 for 32 MB, so that the answer is
//! known beforehand, and a yes is news only of a leak that has happened. Not for proofs: what is searched
//! for is what the vault itself holds, and would write, in the forms of [`SecretKey::forms`]; the tests
//! search for more, from outside (`tests/e2e/custody.test.mjs`).

use inkognito_ckks::{
    Parameters,
    wire::{push_residues, residue_bits},
};
use zeroize::{Zeroize, Zeroizing};

use super::SecretKey;

/// How many coefficients in a row are a find: as many as fit 128 bits.
const TERNARY_RUN: usize = 64;

/// How many residues in a row of the NTT domain are a find: packed, as many as fill whole bytes.
const NTT_RUN: usize = 8;

/// Bits of the filter that residues go through before they are looked up.
const FILTER_BITS: u32 = 18;

/// What of the key is looked for.
struct Needles {
    /// Runs of coefficients, two bits each, sorted.
    runs: Zeroizing<Vec<u128>>,
    /// Residues in the NTT domain, modulus after modulus, and where runs of them begin, by the value
    /// there.
    residues: Zeroizing<Vec<u32>>,
    places: Zeroizing<Vec<(u32, u32)>>,
    filter: Zeroizing<Vec<u64>>,
    degree: usize,
    /// Bits that a residue takes where it is packed, for each modulus.
    bits: Vec<u32>,
    /// What -1 is modulo each modulus, and as a signed word.
    minus_ones: Vec<u32>,
}

impl SecretKey {
    /// Whether the key, or a part of it of 127 coefficients or fifteen residues in a row, is in `bytes` in
    /// one of [`SecretKey::forms`].
    pub(crate) fn is_in(&self, bytes: &[u8]) -> bool {
        bytes.len() >= NTT_RUN * 3 && Needles::of(self).are_in(bytes)
    }

    /// Whether the search finds what it should: the key is planted in noise in each form, at an odd
    /// place, and looked for; and in the noise alone. All of that happens within the vault.
    pub(crate) fn is_found_where_planted(&self) -> bool {
        let noise =
            |len: usize| (0..len as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8);
        let needles = Needles::of(self);
        let finds = self.forms().iter().all(|form| {
            let mut hay = Zeroizing::new(Vec::with_capacity(form.len() + 200));
            hay.extend(noise(101));
            hay.extend_from_slice(form);
            hay.extend(noise(99));
            needles.are_in(&hay)
        });
        finds && !needles.are_in(&noise(1 << 16).collect::<Vec<_>>())
    }

    /// The key as bytes, as a leak might write it: one signed byte a coefficient, 32-bit words modulo
    /// each modulus, the same in the NTT domain, which is how the vault holds it, and that packed, which
    /// is how messages have it.
    fn forms(&self) -> Vec<Zeroizing<Vec<u8>>> {
        // room for all of it at once: what is moved on the way would leave copies behind
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
        let mut forms = vec![Zeroizing::new(signed.collect())];
        for domain in [coefficients.residues(), self.s.residues()] {
            forms.extend(domain.chunks_exact(n).map(bytes));
        }
        for (i, q) in self.s.basis().moduli().enumerate() {
            let mut packed = Zeroizing::new(Vec::with_capacity(4 * n));
            push_residues(&mut packed, q, self.s.limb(i));
            forms.push(packed);
        }
        coefficients.zeroize();
        forms
    }
}

impl Needles {
    fn of(key: &SecretKey) -> Self {
        let n = key.parameters.degree();
        let mut coefficients = key.at([0]).into_coeff();
        let trit = |x: u32| u128::from(if x > 1 { 2 } else { x });
        let chunks = coefficients.limb(0).chunks_exact(TERNARY_RUN);
        let mut runs = Zeroizing::new(Vec::with_capacity(n / TERNARY_RUN));
        runs.extend(chunks.map(|run| run.iter().fold(0, |all, &x| all << 2 | trit(x))));
        coefficients.zeroize();
        runs.sort_unstable();
        let residues = Zeroizing::new(key.s.residues().to_vec());
        let mut places = Zeroizing::new(Vec::with_capacity(residues.len() / NTT_RUN + 1));
        let mut filter = Zeroizing::new(vec![0u64; 1 << (FILTER_BITS - 6)]);
        for (place, &value) in residues.iter().enumerate().step_by(NTT_RUN) {
            places.push((value, place as u32));
            let (word, bit) = filter_place(value);
            filter[word] |= bit;
        }
        places.sort_unstable();
        Self {
            runs,
            residues,
            places,
            filter,
            degree: n,
            bits: key.s.basis().moduli().map(residue_bits).collect(),
            minus_ones: minus_ones(&key.parameters),
        }
    }

    fn are_in(&self, bytes: &[u8]) -> bool {
        self.ternary(bytes.iter().map(|&byte| trit_of_byte(byte)))
            || (0..4).any(|offset| {
                let words = words(bytes.get(offset..).unwrap_or_default());
                self.ternary(words.map(|word| self.trit_of_word(word)))
            })
            || self.ntt(bytes)
    }

    /// Whether a run of the key's coefficients is among these numbers of which `None` is none.
    fn ternary(&self, trits: impl Iterator<Item = Option<u8>>) -> bool {
        let (mut run, mut length) = (0u128, 0);
        for trit in trits {
            let Some(trit) = trit else {
                length = 0;
                continue;
            };
            run = run << 2 | u128::from(trit);
            length += 1;
            if length >= TERNARY_RUN && self.runs.binary_search(&run).is_ok() {
                return true;
            }
        }
        false
    }

    /// Whether a run of the key's residues is in the bytes, at whatever place, in words or packed.
    fn ntt(&self, bytes: &[u8]) -> bool {
        let mut widths = [&self.bits[..], &[u32::BITS]].concat();
        widths.sort_unstable();
        widths.dedup();
        let starts = bytes.windows(4).enumerate();
        // the filter looks at the lowest bits, which are the same for every width
        let mut likely = starts.filter(|(_, word)| {
            let (at, bit) = filter_place(u32::from_le_bytes([word[0], word[1], word[2], word[3]]));
            self.filter[at] & bit != 0
        });
        likely.any(|(at, _)| {
            let rest = &bytes[at..];
            widths.iter().any(|&width| self.run_begins(rest, width))
        })
    }

    /// Whether the bytes begin with a run of the key's residues of `width` bits each.
    fn run_begins(&self, bytes: &[u8], width: u32) -> bool {
        let number = |k: usize| number(bytes, width as usize * k, width);
        let Some(value) = number(0) else { return false };
        let first = self.places.partition_point(|&(found, _)| found < value);
        let same = self.places[first..].iter();
        same.take_while(|&&(found, _)| found == value)
            .map(|&(_, place)| place as usize)
            // a run does not go on from one modulus to the next
            .filter(|place| place % self.degree + NTT_RUN <= self.degree)
            .filter(|place| [u32::BITS, self.bits[place / self.degree]].contains(&width))
            .any(|place| (1..NTT_RUN).all(|k| number(k) == Some(self.residues[place + k])))
    }

    fn trit_of_word(&self, word: u32) -> Option<u8> {
        match word {
            0 | 1 => Some(word as u8),
            _ => self.minus_ones.contains(&word).then_some(2),
        }
    }
}

/// The number of `width` bits, at most 32, that begins at this bit.
fn number(bytes: &[u8], bit: usize, width: u32) -> Option<u32> {
    let bytes = bytes.get(bit / 8..)?;
    if 8 * bytes.len() < bit % 8 + width as usize {
        return None;
    }
    let mut word = [0; 8];
    let there = bytes.len().min(8);
    word[..there].copy_from_slice(&bytes[..there]);
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

fn filter_place(value: u32) -> (usize, u64) {
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
    fn a_part_of_the_key_is_found_in_every_form_and_no_other_key() {
        let mut random = Randomness::from_seed(&[0; 32]);
        let (other, key) = (key(1, &mut random), key(2, &mut random));
        assert!(key.is_found_where_planted());
        let forms = key.forms();
        assert_eq!(forms.len(), 1 + 3 * 8);
        for (number, form) in forms.iter().enumerate() {
            let run = if number > 8 { NTT_RUN } else { TERNARY_RUN };
            // packed, a part begins where a byte does
            let (whole, step) = match number {
                17.. => (2 * run, 8),
                _ => (2 * run - 1, 1),
            };
            // from somewhere within, whatever comes before it
            for (from, before) in [(0, 0), (1001, 1), (3000, 2), (8192 - whole, 3)] {
                let from = from / step * step;
                let part = |count: usize| {
                    let place = |i: usize| i * form.len() / 8192;
                    &form[place(from)..place(from + count)]
                };
                let hay = |count: usize| [&[0x5a; 3][..before], part(count), &[0x5a; 9]].concat();
                assert!(key.is_in(&hay(whole)), "form {number} from {from}");
                assert!(!key.is_in(&hay(run - 1)), "form {number}: less is no find");
                assert!(!other.is_in(&hay(whole)), "form {number}");
            }
        }
    }

    #[test]
    fn what_is_sent_does_not_hold_it() {
        let mut random = Randomness::from_seed(&[0; 32]);
        let key = key(3, &mut random);
        let p = key.parameters.clone();
        let sent_as = |poly: &Poly<Ntt>| {
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
                assert!(!key.is_in(&sent_as(b)));
            }
        }
        let message = Poly::<Coeff>::zero(p.q_basis(5));
        let sent = key.encrypt(message, p.scale(), &mut random);
        assert!(!key.is_in(&sent_as(&sent.c0)));
        for bytes in [&[][..], &[0], &[0; 1000], &[1; 1000], &[255; 1000]] {
            assert!(!key.is_in(bytes));
        }
    }
}
