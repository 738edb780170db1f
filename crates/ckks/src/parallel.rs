//! Many threads or one, behind the same functions.
//!
//! What is done for an index is called by pointer: it takes microseconds at least, and rayon's part is
//! there once, where it would be for each closure otherwise, a tenth of a module's code.

use std::sync::{Mutex, OnceLock, PoisonError};

use crate::busy::counted;

/// `f(0), f(1), .. f(n - 1)`, on rayon's threads with the feature `parallel`.
pub(crate) fn map<T: Send + Sync>(n: usize, f: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let results: Vec<_> = (0..n).map(|_| OnceLock::new()).collect();
    run(n, &|i| {
        // each index comes once
        let _ = results[i].set(f(i));
    });
    results
        .into_iter()
        .filter_map(OnceLock::into_inner)
        .collect()
}

/// `f(i, item)` for each item, on rayon's threads with the feature `parallel`.
pub(crate) fn each<T: Send>(items: impl Iterator<Item = T>, f: impl Fn(usize, T) + Sync) {
    let items: Vec<_> = items.map(|item| Mutex::new(Some(item))).collect();
    run(items.len(), &|i| {
        let item = items[i]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(item) = item {
            f(i, item);
        }
    });
}

#[cfg(feature = "parallel")]
fn run(n: usize, f: &(dyn Fn(usize) + Sync)) {
    use rayon::prelude::*;
    (0..n).into_par_iter().for_each(|i| counted(|| f(i)));
}

#[cfg(not(feature = "parallel"))]
fn run(n: usize, f: &(dyn Fn(usize) + Sync)) {
    (0..n).for_each(|i| counted(|| f(i)));
}
