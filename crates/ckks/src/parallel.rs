//! Many threads or one, behind the same functions.
//!
//! What is done for an index is called by pointer: it takes microseconds at least, and rayon's part is
//! there once, where it would be for each closure otherwise, a tenth of a module's code.
//!
//! No thread waits for another within what it has taken over: while it waits, rayon gives it whatever there is to
//! do, be it to stay awake until this very work is done.

#[cfg(feature = "parallel")]
use std::cell::Cell;
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
/// long to wake. One that finds nothing to do for longer takes naps: who has the work has lost its core to somebody else, and
/// gets another only where that is free.
#[cfg(feature = "parallel")]
pub fn awake<T: Send>(wanted: impl Fn() -> bool + Sync, work: impl FnOnce() -> T + Send) -> T {
    use std::{
        hint::spin_loop,
        sync::atomic::{AtomicBool, Ordering},
        thread::sleep,
        time::Duration,
    };

    /// Looks in vain before the first nap.
    const LOOKS: u32 = 1000;
    const NAP: Duration = Duration::from_micros(50);

    /// Ends the wait of the others, also if the work panics.
    struct Done<'a>(&'a AtomicBool);

    impl Drop for Done<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Release);
        }
    }

    let done = AtomicBool::new(false);
    rayon::scope(|scope| {
        let (done, wanted) = (&done, &wanted);
        scope.spawn_broadcast(move |_, _| {
            // Who is at work already would wait for what waits for it.
            let mut looks = 0;
            while !WITHIN.get() && !done.load(Ordering::Acquire) && wanted() {
                if rayon::yield_now() == Some(rayon::Yield::Executed) {
                    looks = 0;
                } else if looks < LOOKS {
                    looks += 1;
                    spin_loop();
                } else {
                    sleep(NAP);
                }
            }
        });
        let _done = Done(done);
        within(work)
    })
}

/// Does the work.
#[cfg(not(feature = "parallel"))]
pub fn awake<T: Send>(_wanted: impl Fn() -> bool + Sync, work: impl FnOnce() -> T + Send) -> T {
    work()
}

#[cfg(feature = "parallel")]
fn run(n: usize, f: &(dyn Fn(usize) + Sync)) {
    use std::sync::atomic::{AtomicUsize, Ordering};

    let next = AtomicUsize::new(0);
    let work = || loop {
        let i = next.fetch_add(1, Ordering::Relaxed);
        if i >= n {
            break;
        }
        counted(|| f(i));
    };
    rayon::scope(|scope| {
        for _ in 1..rayon::current_num_threads().min(n) {
            scope.spawn(|_| within(work));
        }
        within(work);
    });
}

#[cfg(feature = "parallel")]
thread_local! {
    /// Whether this thread is at work, or waits for its own work to be done.
    static WITHIN: Cell<bool> = const { Cell::new(false) };
}

#[cfg(feature = "parallel")]
fn within<T>(work: impl FnOnce() -> T) -> T {
    /// Puts back what was there, also if the work panics.
    struct Before(bool);

    impl Drop for Before {
        fn drop(&mut self) {
            WITHIN.set(self.0);
        }
    }

    let _before = Before(WITHIN.replace(true));
    work()
}

#[cfg(not(feature = "parallel"))]
fn run(n: usize, f: &(dyn Fn(usize) + Sync)) {
    (0..n).for_each(|i| counted(|| f(i)));
}

#[cfg(all(test, feature = "parallel"))]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    /// A thread learns that it is to stay awake when it has taken over a piece of what is waited for: of two pieces,
    /// the first asks for it, and waits for the second.
    #[test]
    fn who_is_at_work_is_not_kept_awake() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build();
        let (asked, is_asked) = mpsc::channel();
        let (done, is_done) = mpsc::channel();
        let soon = Duration::from_secs(20);
        let ends = [
            (Mutex::new(Some((asked, is_done))), Mutex::new(None)),
            (Mutex::new(None), Mutex::new(Some((is_asked, done)))),
        ];
        pool.unwrap().install(|| {
            each(ends.iter(), |_, (first, second)| {
                if let Some((asked, is_done)) = first.lock().unwrap().take() {
                    awake(
                        || true,
                        move || {
                            asked.send(()).unwrap();
                            is_done.recv_timeout(soon).expect("the other piece is done");
                        },
                    );
                } else if let Some((is_asked, done)) = second.lock().unwrap().take() {
                    is_asked
                        .recv_timeout(soon)
                        .expect("the other piece has begun");
                    // as it does where it waits
                    while rayon::yield_now() == Some(rayon::Yield::Executed) {}
                    done.send(()).unwrap();
                }
            });
        });
    }

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
