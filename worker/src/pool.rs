//! The pool of threads while there is work for it.

/// Does the work on one of the pool's threads and keeps the others awake until it is done. They are
/// given pieces of a tenth of a millisecond, and a thread that sleeps takes almost as long to wake.
#[cfg(feature = "threads")]
pub(crate) fn awake<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    use std::hint::spin_loop;
    use std::sync::atomic::{AtomicBool, Ordering};

    let done = AtomicBool::new(false);
    rayon::scope(|scope| {
        let own = rayon::current_thread_index();
        let done = &done;
        scope.spawn_broadcast(move |_, context| {
            // This thread would wait for the work that waits for it.
            while Some(context.index()) != own && !done.load(Ordering::Acquire) {
                if rayon::yield_now() != Some(rayon::Yield::Executed) {
                    spin_loop();
                }
            }
        });
        let result = work();
        done.store(true, Ordering::Release);
        result
    })
}

/// Does the work.
#[cfg(not(feature = "threads"))]
pub(crate) fn awake<T>(work: impl FnOnce() -> T) -> T {
    work()
}
