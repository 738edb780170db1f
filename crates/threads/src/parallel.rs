//! Loops over indices and items.
//!
//! The loop calls its body through a pointer. A body takes microseconds at least, so the call costs
//! nothing. The part of rayon then exists once in a module. Once for each closure would be a tenth
//! of the module's code.
//!
//! No body waits for another one. A waiting thread would take over any work that rayon offers, even
//! a loop that spins until this very body has ended.
//!
//! Relies on rayon with the feature `parallel`. Not for bodies of less than about a microsecond.

use std::sync::{Mutex, OnceLock, PoisonError};

#[cfg(feature = "parallel")]
use crate::spinning::at_work;
use crate::thread_meter::metered;

/// Returns `f(0), f(1), .. f(n - 1)`.
///
/// With the feature `parallel` the calls run on the threads of the current rayon pool, in any
/// order; without it one after the other.
///
/// # Panics
/// If `f` panics.
///
/// ```
/// let lengths = inkognito_threads::map(3, |i| "x".repeat(i).len());
/// assert_eq!(lengths, [0, 1, 2]);
/// assert!(inkognito_threads::map(0, |i| i).is_empty());
/// ```
pub fn map<T: Send + Sync>(n: usize, f: impl Fn(usize) -> T + Sync) -> Vec<T> {
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

/// Calls `f(i, item)` for item number `i` of `items`, for each item once.
///
/// With the feature `parallel` the calls run on the threads of the current rayon pool, in any
/// order; without it one after the other. The calling thread draws all items first.
///
/// # Panics
/// If `f` panics.
///
/// ```
/// let mut words = [7, 7, 7];
/// inkognito_threads::for_each(words.iter_mut(), |i, word| *word += i);
/// assert_eq!(words, [7, 8, 9]);
/// ```
pub fn for_each<T: Send>(items: impl Iterator<Item = T>, f: impl Fn(usize, T) + Sync) {
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

/// Calls `f` for each index below `n`. Threads take the next index in turn, in ascending order.
#[cfg(feature = "parallel")]
fn run(n: usize, f: &(dyn Fn(usize) + Sync)) {
    use std::sync::atomic::{AtomicUsize, Ordering};

    let next = AtomicUsize::new(0);
    let work = || loop {
        let i = next.fetch_add(1, Ordering::Relaxed);
        if i >= n {
            break;
        }
        metered(|| f(i));
    };
    rayon::scope(|scope| {
        for _ in 1..rayon::current_num_threads().min(n) {
            scope.spawn(|_| at_work(work));
        }
        at_work(work);
    });
}

/// Calls `f` for each index below `n`, in ascending order.
#[cfg(not(feature = "parallel"))]
fn run(n: usize, f: &(dyn Fn(usize) + Sync)) {
    (0..n).for_each(|i| metered(|| f(i)));
}
