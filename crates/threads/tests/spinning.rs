//! Threads that spin help with the work, stop when it ends, and never block it.
#![cfg(feature = "parallel")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use inkognito_threads::{for_each, map, with_spinning_workers};

/// A loop has two pieces. The first one asks for spinning workers and waits for the second one,
/// so the thread of the second one must not spin when it takes over the request.
#[test]
fn a_thread_at_work_does_not_spin() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build();
    let (asked, is_asked) = mpsc::channel();
    let (done, is_done) = mpsc::channel();
    let soon = Duration::from_secs(20);
    let ends = [
        (Mutex::new(Some((asked, is_done))), Mutex::new(None)),
        (Mutex::new(None), Mutex::new(Some((is_asked, done)))),
    ];
    pool.unwrap().install(|| {
        for_each(ends.iter(), |_, (first, second)| {
            if let Some((asked, is_done)) = first.lock().unwrap().take() {
                with_spinning_workers(
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
                // a thread that waits for its own loop takes over work in the same way
                while rayon::yield_now() == Some(rayon::Yield::Executed) {}
                done.send(()).unwrap();
            }
        });
    });
}

#[test]
fn spinning_threads_work_and_stop() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build();
    let pool = pool.unwrap();
    let squares = || map(100, |i| i * i);
    for wanted in [true, false] {
        let found = pool.install(|| with_spinning_workers(|| wanted, squares));
        assert!(found.into_iter().eq((0..100).map(|i| i * i)));
    }
    let panics = || with_spinning_workers(|| true, || panic!("on purpose"));
    assert!(catch_unwind(AssertUnwindSafe(|| pool.install(panics))).is_err());
    // every thread is free again
    assert_eq!(pool.broadcast(|context| context.index()), [0, 1, 2]);
}
