//! A meter of the time that each thread works, with a clock that the program provides.
//!
//! The meter counts the bodies of [`map`](crate::map) and [`for_each`](crate::for_each): the
//! outermost body on each thread, from its start to its end. Work of other threads that the thread
//! takes over in that time is included.
//!
//! Not for: programs that run several computations at once. The meter adds up their times.

use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Threads with a counter of their own. All further threads share the last counter.
const MAX_THREADS: usize = 64;

/// The meter of this program. Loops look it up here, on every thread of a pool.
static INSTALLED: OnceLock<ThreadMeter> = OnceLock::new();

thread_local! {
    /// Whether this thread is inside a body that the meter counts.
    static COUNTING: Cell<bool> = const { Cell::new(false) };
}

/// The time that each thread of a rayon pool has worked.
///
/// A program installs at most one meter, before the work that it wants to measure.
///
/// ```
/// use std::{sync::LazyLock, time::Instant};
/// use inkognito_threads::{ThreadMeter, map};
///
/// fn clock_ms() -> f64 {
///     static START: LazyLock<Instant> = LazyLock::new(Instant::now);
///     START.elapsed().as_secs_f64() * 1e3
/// }
///
/// // nothing is measured until the program provides a clock
/// assert!(ThreadMeter::installed().is_none());
///
/// let meter = ThreadMeter::install(clock_ms);
/// let before = meter.busy_ms(1);
/// map(3, |i| i);
/// assert!(meter.busy_ms(1)[0] >= before[0]);
///
/// // a second call changes nothing: the first clock stays
/// assert!(std::ptr::eq(ThreadMeter::install(|| 0.0), meter));
/// ```
pub struct ThreadMeter {
    clock: fn() -> f64,
    nanoseconds: [AtomicU64; MAX_THREADS],
}

impl ThreadMeter {
    /// Installs a meter for the whole program and returns it; work is counted from now on.
    ///
    /// `clock` returns milliseconds since some moment, which may be another one on each thread. If
    /// a meter is installed already, that one stays and `clock` is not used.
    pub fn install(clock: fn() -> f64) -> &'static Self {
        INSTALLED.get_or_init(|| Self::new(clock))
    }

    /// Returns the installed meter, if there is one.
    pub fn installed() -> Option<&'static Self> {
        INSTALLED.get()
    }

    /// Returns the milliseconds that each of the first `threads` threads has worked since the meter
    /// was installed.
    ///
    /// The list has at most 64 entries. The last entry includes all threads beyond the 64th.
    pub fn busy_ms(&self, threads: usize) -> Vec<f64> {
        let counters = self.nanoseconds.iter().take(threads);
        counters
            .map(|sum| sum.load(Ordering::Relaxed) as f64 / 1e6)
            .collect()
    }

    fn new(clock: fn() -> f64) -> Self {
        Self {
            clock,
            nanoseconds: [const { AtomicU64::new(0) }; MAX_THREADS],
        }
    }

    /// Runs `work` and adds its time to the counter of `thread`.
    fn count<T>(&self, thread: usize, work: impl FnOnce() -> T) -> T {
        if COUNTING.replace(true) {
            return work();
        }
        let start = (self.clock)();
        let result = work();
        let elapsed = ((self.clock)() - start).max(0.0);
        COUNTING.set(false);
        self.nanoseconds[thread.min(MAX_THREADS - 1)]
            .fetch_add((elapsed * 1e6) as u64, Ordering::Relaxed);
        result
    }
}

/// Runs `work`; the installed meter counts its time, if there is one.
pub(crate) fn metered<T>(work: impl FnOnce() -> T) -> T {
    match ThreadMeter::installed() {
        Some(meter) => meter.count(thread_index(), work),
        None => work(),
    }
}

#[cfg(feature = "parallel")]
fn thread_index() -> usize {
    rayon::current_thread_index().unwrap_or(0)
}

#[cfg(not(feature = "parallel"))]
fn thread_index() -> usize {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    thread_local! {
        static TIME: Cell<f64> = const { Cell::new(0.0) };
    }

    fn now() -> f64 {
        TIME.get()
    }

    fn pass(ms: f64) {
        TIME.set(now() + ms);
    }

    #[test]
    fn each_threads_work_is_added_up() {
        let meter = ThreadMeter::new(now);
        assert_eq!(meter.count(1, || (pass(2.0), 7).1), 7);
        meter.count(0, || pass(0.5));
        pass(100.0);
        meter.count(1, || pass(3.0));
        assert_eq!(meter.busy_ms(3), [0.5, 5.0, 0.0]);
    }

    #[test]
    fn work_within_work_is_counted_once() {
        let meter = ThreadMeter::new(now);
        meter.count(0, || {
            pass(1.0);
            meter.count(0, || pass(2.0));
        });
        assert_eq!(meter.busy_ms(1), [3.0]);
    }

    #[test]
    fn threads_beyond_the_last_and_clocks_that_go_back_do_no_harm() {
        let meter = ThreadMeter::new(now);
        meter.count(usize::MAX, || pass(1.0));
        meter.count(0, || pass(-1.0));
        let all = meter.busy_ms(usize::MAX);
        assert_eq!(
            (all.len(), all[0], all[MAX_THREADS - 1]),
            (MAX_THREADS, 0.0, 1.0)
        );
    }
}
