//! Threads that spin while a computation of many short loops runs.
//!
//! Such a computation hands out pieces of a tenth of a millisecond. A sleeping thread needs almost
//! as long to wake up, so it would come too late for most of them.
//!
//! Relies on rayon. Not for computations that wait for input or output.

#[cfg(feature = "parallel")]
use std::cell::Cell;

/// Runs `work` on a thread of the current rayon pool. Meanwhile the other threads of the pool spin
/// and look for pieces of work, as long as `wanted` returns true.
///
/// A thread that finds nothing for a while sleeps for 50 microseconds at a time: the operating
/// system may have descheduled the thread that holds the work, and needs a free core to run it
/// again.
///
/// A thread that already computes a piece of work does not spin, since it may be the thread that
/// `work` waits for. Without the feature `parallel` this function only calls `work`.
///
/// # Panics
/// If `work` panics. The other threads then stop spinning as well.
///
/// ```
/// use inkognito_threads::{map, with_spinning_workers};
///
/// let sum: usize = with_spinning_workers(|| true, || map(10, |i| i).into_iter().sum());
/// assert_eq!(sum, 45);
/// // the work runs, too, where no spinning is wanted
/// assert_eq!(with_spinning_workers(|| false, || 7), 7);
/// ```
pub fn with_spinning_workers<T: Send>(
    wanted: impl Fn() -> bool + Sync,
    work: impl FnOnce() -> T + Send,
) -> T {
    spin_meanwhile(wanted, work)
}

#[cfg(feature = "parallel")]
fn spin_meanwhile<T: Send>(wanted: impl Fn() -> bool + Sync, work: impl FnOnce() -> T + Send) -> T {
    use std::{
        hint::spin_loop,
        sync::atomic::{AtomicBool, Ordering},
        thread::sleep,
        time::Duration,
    };

    /// Searches without success before the first sleep.
    const SPINS: u32 = 1000;
    const SLEEP: Duration = Duration::from_micros(50);

    /// Ends the spinning of the others, also if the work panics.
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
            // a thread at work would wait here for a computation that waits for this thread
            let mut spins = 0;
            while !AT_WORK.get() && !done.load(Ordering::Acquire) && wanted() {
                if rayon::yield_now() == Some(rayon::Yield::Executed) {
                    spins = 0;
                } else if spins < SPINS {
                    spins += 1;
                    spin_loop();
                } else {
                    sleep(SLEEP);
                }
            }
        });
        let _done = Done(done);
        at_work(work)
    })
}

#[cfg(not(feature = "parallel"))]
fn spin_meanwhile<T: Send>(
    _wanted: impl Fn() -> bool + Sync,
    work: impl FnOnce() -> T + Send,
) -> T {
    work()
}

#[cfg(feature = "parallel")]
thread_local! {
    /// Whether this thread computes a piece of work, or waits for the pieces of its own loop.
    static AT_WORK: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work` with this thread marked as being at work.
#[cfg(feature = "parallel")]
pub(crate) fn at_work<T>(work: impl FnOnce() -> T) -> T {
    /// Restores the mark, also if the work panics.
    struct Previous(bool);

    impl Drop for Previous {
        fn drop(&mut self) {
            AT_WORK.set(self.0);
        }
    }

    let _previous = Previous(AT_WORK.replace(true));
    work()
}
