//! Buffers that begin where a cache line does.

use std::ops::{Deref, DerefMut};

/// Words of a cache line, which are those of the widest vector. Where vectors are short, as in WebAssembly, they
/// may begin with any word, and nothing here makes a module larger.
const LINE: usize = if cfg!(target_arch = "x86_64") { 16 } else { 1 };

/// AlignedVec, the first of which is the first of a cache line: then no vector lies across two lines, which
/// would take two accesses.
#[derive(Default)]
pub struct AlignedVec {
    room: Vec<u32>,
    start: usize,
    len: usize,
}

impl AlignedVec {
    /// That many words, all zero.
    pub fn zero(len: usize) -> Self {
        let room = vec![0; len + LINE - 1];
        let words_before = room.as_ptr().addr() / size_of::<u32>();
        Self {
            start: words_before.next_multiple_of(LINE) - words_before,
            room,
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
            return &self.room;
        }
        &self.room[self.start..][..self.len]
    }
}

impl DerefMut for AlignedVec {
    fn deref_mut(&mut self) -> &mut [u32] {
        if LINE == 1 {
            return &mut self.room;
        }
        &mut self.room[self.start..][..self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_begin_with_a_line() {
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
