//! ChaCha20 (RFC 8439): one block in each lane.
//!
//! Relies on the caller for wiping: registers and stack are not cleared. Not for encryption: this
//! is the block function alone, as a source of random words.

use zeroize::Zeroize;

use crate::backend::{MAX_LANES, dispatch};

/// Vectors of blocks whose rounds are interleaved. The rounds of one vector are a chain of
/// dependent instructions, and those of another fill the gaps, although no machine has registers
/// for both.
const VECTORS: usize = 2;

/// Words of a block.
pub(crate) const BLOCK: usize = 16;

/// Blocks of a draw: those of `VECTORS` of the widest vectors.
pub(crate) const BLOCKS: usize = VECTORS * MAX_LANES;

/// Words of a draw.
pub(crate) const WORDS: usize = BLOCK * BLOCKS;

/// The words that are drawn at a time.
#[derive(Zeroize)]
pub(crate) struct Draw {
    pub(crate) words: [u32; WORDS],
    /// The largest word of each block.
    pub(crate) largest: [u32; BLOCKS],
}

impl Draw {
    pub(crate) const EMPTY: Self = Self {
        words: [0; WORDS],
        largest: [0; BLOCKS],
    };
}

dispatch! {
    /// Writes the blocks from `counter` on, of the stream `number` under `key`, with all words
    /// masked.
    ///
    /// Counter and number have 64 bits each, and take the 128 bits of RFC 8439's counter and nonce.
    /// Registers and stack are not wiped: a caller that draws secrets must do that.
    pub(crate) fn blocks(key: &[u8; 32], number: u64, counter: u64, mask: u32, out: &mut Draw);
}

mod generic {
    use super::{BLOCK, BLOCKS, Draw, VECTORS};
    use crate::backend::{Lanes, MAX_LANES};

    /// "expand 32-byte k"
    const CONSTANTS: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];

    // SAFETY (all functions of this module): the CPU has the instruction set of `L`; vectors are
    // loaded from arrays of `MAX_LANES` words, and stored within the arrays of `out`.

    #[inline(always)]
    pub(super) unsafe fn blocks<L: Lanes>(
        key: &[u8; 32],
        number: u64,
        counter: u64,
        mask: u32,
        out: &mut Draw,
    ) {
        // SAFETY: as stated for the module.
        unsafe {
            let mask = L::splat(mask);
            for first in (0..BLOCKS).step_by(VECTORS * L::LANES) {
                let mut initial = [[L::splat(0); BLOCK]; VECTORS];
                for (vector, initial) in initial.iter_mut().enumerate() {
                    let first = (first + vector * L::LANES) as u64;
                    *initial = start::<L>(key, number, counter.wrapping_add(first));
                }
                let mut states = initial;
                for _ in 0..10 {
                    for state in &mut states {
                        quarter_round::<L>(state, 0, 4, 8, 12);
                        quarter_round::<L>(state, 1, 5, 9, 13);
                        quarter_round::<L>(state, 2, 6, 10, 14);
                        quarter_round::<L>(state, 3, 7, 11, 15);
                    }
                    for state in &mut states {
                        quarter_round::<L>(state, 0, 5, 10, 15);
                        quarter_round::<L>(state, 1, 6, 11, 12);
                        quarter_round::<L>(state, 2, 7, 8, 13);
                        quarter_round::<L>(state, 3, 4, 9, 14);
                    }
                }
                for (vector, (state, initial)) in states.iter().zip(&initial).enumerate() {
                    let first = first + vector * L::LANES;
                    let mut largest = L::splat(0);
                    // transposes: from a row for each word to a row for each block
                    for word in (0..BLOCK).step_by(L::LANES) {
                        let mut rows = [L::splat(0); MAX_LANES];
                        for k in 0..L::LANES {
                            rows[k] = L::and(L::add(state[word + k], initial[word + k]), mask);
                            largest = L::max(largest, rows[k]);
                        }
                        L::transpose(&mut rows);
                        for (k, row) in rows.iter().take(L::LANES).enumerate() {
                            let at = BLOCK * (first + k) + word;
                            L::store(out.words.as_mut_ptr().add(at), *row);
                        }
                    }
                    L::store(out.largest.as_mut_ptr().add(first), largest);
                }
            }
        }
    }

    /// Returns the initial state of `LANES` blocks, a row for each word.
    #[inline(always)]
    unsafe fn start<L: Lanes>(key: &[u8; 32], number: u64, counter: u64) -> [L::V; BLOCK] {
        // SAFETY: as stated for the module.
        unsafe {
            let mut initial = [L::splat(number as u32); BLOCK];
            initial[15] = L::splat((number >> 32) as u32);
            for (row, word) in initial.iter_mut().zip(CONSTANTS) {
                *row = L::splat(word);
            }
            for (row, word) in initial[4..].iter_mut().zip(key.as_chunks().0) {
                *row = L::splat(u32::from_le_bytes(*word));
            }
            let [mut low, mut high] = [[0; MAX_LANES]; 2];
            for (i, (low, high)) in low.iter_mut().zip(&mut high).enumerate() {
                let counter = counter.wrapping_add(i as u64);
                (*low, *high) = (counter as u32, (counter >> 32) as u32);
            }
            initial[12] = L::load(low.as_ptr());
            initial[13] = L::load(high.as_ptr());
            initial
        }
    }

    /// The quarter round (RFC 8439, section 2.1).
    #[inline(always)]
    unsafe fn quarter_round<L: Lanes>(
        s: &mut [L::V; BLOCK],
        a: usize,
        b: usize,
        c: usize,
        d: usize,
    ) {
        // SAFETY: as stated for the module.
        unsafe {
            s[a] = L::add(s[a], s[b]);
            s[d] = L::rotate_left::<16, 16>(L::xor(s[d], s[a]));
            s[c] = L::add(s[c], s[d]);
            s[b] = L::rotate_left::<12, 20>(L::xor(s[b], s[c]));
            s[a] = L::add(s[a], s[b]);
            s[d] = L::rotate_left::<8, 24>(L::xor(s[d], s[a]));
            s[c] = L::add(s[c], s[d]);
            s[b] = L::rotate_left::<7, 25>(L::xor(s[b], s[c]));
        }
    }
}

#[cfg(test)]
mod tests {
    use chacha20::ChaCha20Rng;
    use rand_core::{Rng, SeedableRng};

    use super::*;
    use crate::backend::Backend;

    #[test]
    fn words_are_those_of_the_chacha20_crate_on_every_backend() {
        let seed: [u8; 32] = std::array::from_fn(|i| 7 * i as u8 + 3);
        for number in [0, 1, 67_084_289, 5 << 32 | 268_369_921, u64::MAX] {
            for backend in Backend::available() {
                let mut rng = ChaCha20Rng::from_seed(seed);
                rng.set_stream(number);
                let first = u64::from(u32::MAX) - 20;
                for counter in [0, BLOCKS as u64, first, first + BLOCKS as u64] {
                    rng.set_word_pos(u128::from(counter) * BLOCK as u128);
                    let mut draw = Draw::EMPTY;
                    let mask = u32::MAX >> (counter % 7);
                    blocks(backend, &seed, number, counter, mask, &mut draw);
                    let Draw { words, largest } = draw;
                    let expected: [u32; WORDS] = std::array::from_fn(|_| rng.next_u32() & mask);
                    for (block, largest) in expected.as_chunks::<BLOCK>().0.iter().zip(largest) {
                        assert_eq!(block.iter().max(), Some(&largest));
                    }
                    assert_eq!(
                        words, expected,
                        "{backend:?}, stream {number}, block {counter}"
                    );
                }
            }
        }
    }
}
