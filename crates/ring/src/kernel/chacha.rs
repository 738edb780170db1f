//! ChaCha20 (RFC 8439), as many blocks side by side as there are lanes.

use zeroize::Zeroize;

use crate::{Seed, backend::dispatch};

/// Vectors of blocks that are computed in turns. The rounds of one are a chain of instructions that wait for each
/// other; those of another fill the gaps, although no machine has registers for both.
const TURNS: usize = 2;

/// Words of a block, and blocks that are computed at a time: as many as the widest vectors have lanes.
pub(crate) const BLOCK: usize = 16;
pub(crate) const BLOCKS: usize = TURNS * crate::backend::MAX_LANES;

/// Words that are drawn at a time.
pub(crate) const WORDS: usize = BLOCK * BLOCKS;

/// What is drawn at a time.
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
    /// The blocks from `counter` on of the stream with this seed for a key and this number: counter and number, of 64
    /// bits each, stand in the place of RFC 8439's counter and nonce. All words are masked. What is left in
    /// registers and on the stack is not wiped: whoever draws secrets does that.
    fn blocks(seed: &Seed, number: u64, counter: u64, mask: u32, out: &mut Draw);
}

mod generic {
    use super::{BLOCK, BLOCKS, Draw, TURNS};
    use crate::Seed;
    use crate::backend::{Lanes, MAX_LANES};

    /// "expand 32-byte k"
    const CONSTANTS: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];

    // SAFETY (all functions of this module): the CPU has the instruction set of `L`; vectors are loaded
    // from arrays of `MAX_LANES` words, and stored within the arrays of `out`.

    #[inline(always)]
    pub(super) unsafe fn blocks<L: Lanes>(
        seed: &Seed,
        number: u64,
        counter: u64,
        mask: u32,
        out: &mut Draw,
    ) {
        // SAFETY: as stated for the module.
        unsafe {
            let mask = L::splat(mask);
            for first in (0..BLOCKS).step_by(TURNS * L::LANES) {
                let mut initial = [[L::splat(0); BLOCK]; TURNS];
                for (turn, initial) in initial.iter_mut().enumerate() {
                    let first = (first + turn * L::LANES) as u64;
                    *initial = start::<L>(seed, number, counter.wrapping_add(first));
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
                for (turn, (state, initial)) in states.iter().zip(&initial).enumerate() {
                    let first = first + turn * L::LANES;
                    let mut most = L::splat(0);
                    // from a row for each word to a row for each block
                    for from in (0..BLOCK).step_by(L::LANES) {
                        let mut rows = [L::splat(0); MAX_LANES];
                        for k in 0..L::LANES {
                            rows[k] = L::and(L::add(state[from + k], initial[from + k]), mask);
                            most = L::max(most, rows[k]);
                        }
                        L::transpose(&mut rows);
                        for (k, row) in rows.iter().take(L::LANES).enumerate() {
                            let at = BLOCK * (first + k) + from;
                            L::store(out.words.as_mut_ptr().add(at), *row);
                        }
                    }
                    L::store(out.largest.as_mut_ptr().add(first), most);
                }
            }
        }
    }

    /// What the rounds begin with, a row for each word of as many blocks as there are lanes.
    #[inline(always)]
    unsafe fn start<L: Lanes>(seed: &Seed, number: u64, counter: u64) -> [L::V; BLOCK] {
        // SAFETY: as stated for the module.
        unsafe {
            let mut initial = [L::splat(number as u32); BLOCK];
            initial[15] = L::splat((number >> 32) as u32);
            for (row, word) in initial.iter_mut().zip(CONSTANTS) {
                *row = L::splat(word);
            }
            for (row, word) in initial[4..].iter_mut().zip(seed.as_chunks().0) {
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

    /// RFC 8439, section 2.1.
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
    use crate::Backend;

    #[test]
    fn the_stream_is_that_of_the_crate_on_every_backend() {
        let seed: Seed = std::array::from_fn(|i| 7 * i as u8 + 3);
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
