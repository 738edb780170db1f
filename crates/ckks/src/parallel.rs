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

/// Does the work on one of rayon's threads and, as long as they are `wanted`, keeps the others awake until it
/// is done. They are given pieces of a tenth of a millisecond, and a thread that sleeps takes almost as
/// long to wake.
#[cfg(feature = "parallel")]
pub fn awake<T: Send>(wanted: impl Fn() -> bool + Sync, work: impl FnOnce() -> T + Send) -> T {
    use std::{
        hint::spin_loop,
        sync::atomic::{AtomicBool, Ordering},
    };

    /// Ends the wait of the others, also if the work panics.
    struct Done<'a>(&'a AtomicBool);

    impl Drop for Done<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Release);
        }
    }

    let done = AtomicBool::new(false);
    rayon::scope(|scope| {
        let own = rayon::current_thread_index();
        let (done, wanted) = (&done, &wanted);
        scope.spawn_broadcast(move |_, context| {
            // This thread would wait for the work that waits for it.
            while Some(context.index()) != own && !done.load(Ordering::Acquire) && wanted() {
                if rayon::yield_now() != Some(rayon::Yield::Executed) {
                    spin_loop();
                }
            }
        });
        let _done = Done(done);
        work()
    })
}

/// Does the work.
#[cfg(not(feature = "parallel"))]
pub fn awake<T: Send>(_wanted: impl Fn() -> bool + Sync, work: impl FnOnce() -> T + Send) -> T {
    work()
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

#[cfg(all(test, feature = "parallel"))]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    #[test]
    fn threads_that_are_kept_awake_work_and_are_let_go() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build();
        let pool = pool.unwrap();
        let squares = || map(100, |i| i * i);
        for wanted in [true, false] {
            let found = pool.install(|| awake(|| wanted, squares));
            assert!(found.into_iter().eq((0..100).map(|i| i * i)));
        }
        let panics = || awake(|| true, || panic!("on purpose"));
        assert!(catch_unwind(AssertUnwindSafe(|| pool.install(panics))).is_err());
        // every thread is free again
        assert_eq!(pool.broadcast(|context| context.index()), [0, 1, 2]);
    }
}
