//! How long each thread is at work, where somebody wants to know and lends a clock.
//!
//! What is counted is what runs through [`parallel`](crate::parallel): the outermost piece of work
//! on each thread, from its start to its end, and what a thread takes over from others meanwhile.
//! Not for: programs that serve several evaluations at once, whose times would be added up.

use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Threads that are told apart; those beyond are counted as the last.
const MOST_THREADS: usize = 64;

static METER: OnceLock<Meter> = OnceLock::new();

thread_local! {
    /// Whether this thread is within a piece of work that is being counted.
    static WITHIN: Cell<bool> = const { Cell::new(false) };
}

/// Counts from now on. `clock` gives the milliseconds since some moment, which may be another one
/// on each thread. The first clock stays.
pub fn count_busy_time(clock: fn() -> f64) {
    METER.get_or_init(|| Meter::new(clock));
}

/// How many milliseconds each of the first `threads` threads has been at work since the counting
/// began; nothing if nobody counts.
pub fn busy_time(threads: usize) -> Vec<f64> {
    METER
        .get()
        .map_or_else(Vec::new, |meter| meter.read(threads))
}

/// Runs a piece of work, and counts its time if anybody does.
pub(crate) fn counted<T>(work: impl FnOnce() -> T) -> T {
    match METER.get() {
        Some(meter) => meter.count(thread(), work),
        None => work(),
    }
}

#[cfg(feature = "parallel")]
fn thread() -> usize {
    rayon::current_thread_index().unwrap_or(0)
}

#[cfg(not(feature = "parallel"))]
fn thread() -> usize {
    0
}

struct Meter {
    clock: fn() -> f64,
    nanoseconds: [AtomicU64; MOST_THREADS],
}

impl Meter {
    fn new(clock: fn() -> f64) -> Self {
        Self {
            clock,
            nanoseconds: [const { AtomicU64::new(0) }; MOST_THREADS],
        }
    }

    fn count<T>(&self, thread: usize, work: impl FnOnce() -> T) -> T {
        if WITHIN.replace(true) {
            return work();
        }
        let start = (self.clock)();
        let result = work();
        let elapsed = ((self.clock)() - start).max(0.0);
        WITHIN.set(false);
        self.nanoseconds[thread.min(MOST_THREADS - 1)]
            .fetch_add((elapsed * 1e6) as u64, Ordering::Relaxed);
        result
    }

    fn read(&self, threads: usize) -> Vec<f64> {
        let counted = self.nanoseconds.iter().take(threads);
        counted
            .map(|sum| sum.load(Ordering::Relaxed) as f64 / 1e6)
            .collect()
    }
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
        let meter = Meter::new(now);
        assert_eq!(meter.count(1, || (pass(2.0), 7).1), 7);
        meter.count(0, || pass(0.5));
        pass(100.0);
        meter.count(1, || pass(3.0));
        assert_eq!(meter.read(3), [0.5, 5.0, 0.0]);
    }

    #[test]
    fn work_within_work_is_counted_once() {
        let meter = Meter::new(now);
        meter.count(0, || {
            pass(1.0);
            meter.count(0, || pass(2.0));
        });
        assert_eq!(meter.read(1), [3.0]);
    }

    #[test]
    fn threads_beyond_the_last_and_clocks_that_go_back_do_no_harm() {
        let meter = Meter::new(now);
        meter.count(usize::MAX, || pass(1.0));
        meter.count(0, || pass(-1.0));
        let all = meter.read(usize::MAX);
        assert_eq!(
            (all.len(), all[0], all[MOST_THREADS - 1]),
            (MOST_THREADS, 0.0, 1.0)
        );
    }
}
