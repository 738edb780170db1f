//! Buffers that operations reuse, so that a warm evaluator does not ask the system for memory:
//! fresh pages cost more than the arithmetic on them.
//!
//! Not for secrets: a buffer keeps its contents when it returns to the pool.

use std::{
    ops::{Deref, DerefMut},
    sync::{Mutex, PoisonError},
};

use inkognito_ring::fused::AlignedVec;

/// A pool of buffers that are not in use.
#[derive(Default)]
pub(crate) struct Scratch {
    free: Mutex<Vec<AlignedVec>>,
}

/// A buffer of words with arbitrary contents. It returns to its pool when dropped.
pub(crate) struct Buffer<'a> {
    words: AlignedVec,
    len: usize,
    pool: &'a Scratch,
}

impl Scratch {
    /// Takes a buffer of `len` words from the pool, or allocates one.
    pub(crate) fn take(&self, len: usize) -> Buffer<'_> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        // the smallest that is large enough, else the largest, which a larger one then replaces
        let best = (0..free.len())
            .filter(|&i| free[i].len() >= len)
            .min_by_key(|&i| free[i].len())
            .or_else(|| (0..free.len()).max_by_key(|&i| free[i].len()));
        let mut words = best.map(|i| free.swap_remove(i)).unwrap_or_default();
        drop(free);
        if words.len() < len {
            words = AlignedVec::zero(len);
        }
        Buffer {
            words,
            len,
            pool: self,
        }
    }
}

impl Deref for Buffer<'_> {
    type Target = [u32];
    fn deref(&self) -> &[u32] {
        &self.words[..self.len]
    }
}

impl DerefMut for Buffer<'_> {
    fn deref_mut(&mut self) -> &mut [u32] {
        &mut self.words[..self.len]
    }
}

impl Drop for Buffer<'_> {
    fn drop(&mut self) {
        let words = std::mem::take(&mut self.words);
        self.pool
            .free
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_are_reused() {
        let scratch = Scratch::default();
        let first = scratch.take(100).as_ptr();
        assert_eq!(
            scratch.take(50).as_ptr(),
            first,
            "the buffer that was returned"
        );
        let (a, b) = (scratch.take(10), scratch.take(200));
        assert_eq!((a.len(), b.len()), (10, 200));
        drop((a, b));
        assert_eq!(scratch.free.lock().unwrap().len(), 2);
        assert_eq!(scratch.take(200).len(), 200);
        assert_eq!(scratch.free.lock().unwrap().len(), 2);
    }
}
