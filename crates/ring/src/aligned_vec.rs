//! Buffers of words that start at a cache line.
//!
//! Relies on nothing. Not for lists that grow: the length is fixed.

use std::ops::{Deref, DerefMut};

/// Words of a cache line, which is as long as the widest vector. Elsewhere vectors are short, as in
/// WebAssembly, and may start at any word; this type then costs no code.
const LINE: usize = if cfg!(target_arch = "x86_64") { 16 } else { 1 };

/// A vector of words of fixed length, the first of which starts a cache line. No SIMD vector then
/// crosses a line, which would take two accesses.
///
/// ```
/// use inkognito_ring::fused::AlignedVec;
///
/// let mut words = AlignedVec::zero(256);
/// words[3] = 7;
/// assert_eq!(words.iter().sum::<u32>(), 7);
/// ```
#[derive(Default)]
pub struct AlignedVec {
    /// The words, after up to `LINE - 1` unused ones.
    buffer: Vec<u32>,
    start: usize,
    len: usize,
}

impl AlignedVec {
    /// Allocates `len` words, all zero.
    ///
    /// # Panics
    /// If the words do not fit into the address space.
    pub fn zero(len: usize) -> Self {
        let buffer = vec![0; len.saturating_add(LINE - 1)];
        let words_before = buffer.as_ptr().addr() / size_of::<u32>();
        Self {
            start: words_before.next_multiple_of(LINE) - words_before,
            buffer,
            len,
        }
    }
}

impl From<&[u32]> for AlignedVec {
    fn from(words: &[u32]) -> Self {
        let mut copy = Self::zero(words.len());
        copy.copy_from_slice(words);
        copy
    }
}

impl Deref for AlignedVec {
    type Target = [u32];
    fn deref(&self) -> &[u32] {
        if LINE == 1 {
            return &self.buffer;
        }
        &self.buffer[self.start..][..self.len]
    }
}

impl DerefMut for AlignedVec {
    fn deref_mut(&mut self) -> &mut [u32] {
        if LINE == 1 {
            return &mut self.buffer;
        }
        &mut self.buffer[self.start..][..self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_starts_a_cache_line() {
        for len in [0, 1, 15, 16, 100, 8192] {
            let words = AlignedVec::from(&vec![7; len][..]);
            assert!(
                words
                    .as_ptr()
                    .addr()
                    .is_multiple_of(LINE * size_of::<u32>())
            );
            assert_eq!(*words, vec![7; len]);
        }
        assert!(AlignedVec::default().is_empty());
    }
}
