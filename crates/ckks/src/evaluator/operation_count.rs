//! Counters of the operations that an evaluator performs.
//!
//! Not for times, which callers measure with a clock of their own.

use std::sync::atomic::{AtomicU64, Ordering};

/// The numbers of operations that make up an evaluation's cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OperationCount {
    /// Transforms of one residue polynomial, forward or inverse.
    pub ntt: u64,
    /// Inner products with a switching key.
    pub key_switch: u64,
    /// Products of a ciphertext with an encoded vector.
    pub plaintext_product: u64,
}

/// Counters that many threads share.
#[derive(Default)]
pub(crate) struct Counters {
    ntt: AtomicU64,
    key_switch: AtomicU64,
    plaintext_product: AtomicU64,
}

impl Counters {
    pub(crate) fn ntt(&self, n: usize) {
        self.ntt.fetch_add(n as u64, Ordering::Relaxed);
    }

    pub(crate) fn key_switch(&self, n: usize) {
        self.key_switch.fetch_add(n as u64, Ordering::Relaxed);
    }

    pub(crate) fn plaintext_product(&self, n: usize) {
        self.plaintext_product
            .fetch_add(n as u64, Ordering::Relaxed);
    }

    /// Returns the counts and resets them.
    pub(crate) fn take(&self) -> OperationCount {
        OperationCount {
            ntt: self.ntt.swap(0, Ordering::Relaxed),
            key_switch: self.key_switch.swap(0, Ordering::Relaxed),
            plaintext_product: self.plaintext_product.swap(0, Ordering::Relaxed),
        }
    }
}
