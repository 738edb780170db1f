//! The threads that compute, and who may use them when.
//!
//! At most as many inferences run at once as there are threads; rayon spreads what there is over
//! all of them, so a visitor who is alone has them all, wide awake. A bounded number of requests waits; only a
//! few of those hold keys in memory.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use inkognito_threads::with_spinning_workers;
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::Problem;

/// The pool and its queue.
pub(crate) struct Compute {
    pool: ThreadPool,
    threads: usize,
    /// Who is here at all: waiting or served.
    places: Arc<Semaphore>,
    /// Who may hold keys: being served, or next.
    holding: Arc<Semaphore>,
    /// Who computes.
    slots: Arc<Semaphore>,
    /// And how many they are.
    running: Arc<AtomicUsize>,
    capacity: usize,
}

/// A place in the queue.
pub(crate) struct Place {
    _place: OwnedSemaphorePermit,
    holding: Arc<Semaphore>,
}

/// The right to hold keys that are not in use yet.
pub(crate) struct Turn {
    _holding: OwnedSemaphorePermit,
    _place: Place,
}

impl Compute {
    /// A pool of `threads`, with room for `queue` requests that wait.
    pub(crate) fn new(threads: usize, queue: usize) -> Result<Self, ThreadPoolBuildError> {
        let holding = 2 * threads;
        let capacity = holding + queue;
        Ok(Self {
            pool: ThreadPoolBuilder::new()
                .num_threads(threads)
                .thread_name(|index| format!("compute-{index}"))
                .build()?,
            threads,
            places: Arc::new(Semaphore::new(capacity)),
            holding: Arc::new(Semaphore::new(holding)),
            slots: Arc::new(Semaphore::new(threads)),
            running: Arc::default(),
            capacity,
        })
    }

    pub(crate) fn threads(&self) -> usize {
        self.threads
    }

    /// Requests that are here: waiting or served.
    pub(crate) fn present(&self) -> usize {
        self.capacity - self.places.available_permits()
    }

    /// A place in the queue, or the advice to come back.
    pub(crate) fn enter(&self) -> Result<Place, Problem> {
        match self.places.clone().try_acquire_owned() {
            Ok(place) => Ok(Place {
                _place: place,
                holding: self.holding.clone(),
            }),
            Err(_) => Err(Problem::Busy { retry_after: 1 }),
        }
    }

    /// Runs `work` on a thread of the pool as soon as there is one. Once begun, it ends by itself:
    /// nobody needs to wait for it.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let slot = self.slots.clone().acquire_owned().await;
        let slot = slot.map_err(|_| Problem::Internal)?;
        let (tell, told) = oneshot::channel();
        let running = self.running.clone();
        self.pool.spawn(move || {
            // Whoever else comes wants the threads for other work.
            running.fetch_add(1, Ordering::Relaxed);
            let alone = || running.load(Ordering::Relaxed) == 1;
            let work = || with_spinning_workers(alone, work);
            // A panic must not take the pool's thread with it; it has been printed by then.
            let done = catch_unwind(AssertUnwindSafe(work));
            running.fetch_sub(1, Ordering::Relaxed);
            drop(slot);
            // Who asked may have gone.
            let _ = tell.send(done);
        });
        match told.await {
            Ok(Ok(value)) => Ok(value),
            _ => Err(Problem::Internal),
        }
    }
}

impl Place {
    /// Waits until it is this one's turn to get hold of its keys.
    pub(crate) async fn turn(self) -> Result<Turn, Problem> {
        let holding = self.holding.clone().acquire_owned().await;
        Ok(Turn {
            _holding: holding.map_err(|_| Problem::Internal)?,
            _place: self,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_finds_no_place_is_told_to_come_back() {
        let compute = Compute::new(1, 1).unwrap();
        let places: Vec<_> = (0..3).map(|_| compute.enter().unwrap()).collect();
        assert_eq!(compute.present(), 3);
        assert!(matches!(compute.enter(), Err(Problem::Busy { .. })));
        drop(places);
        assert!(compute.enter().is_ok());
        assert_eq!(compute.present(), 0);
    }

    #[tokio::test]
    async fn work_that_panics_harms_nobody_else() {
        let compute = Compute::new(1, 0).unwrap();
        let failed = compute.run(|| panic!("on purpose")).await;
        assert!(matches!(failed, Err::<(), _>(Problem::Internal)));
        assert_eq!(compute.run(|| 6 * 7).await.unwrap(), 42);
    }

    #[tokio::test]
    async fn no_more_runs_at_once_than_there_are_threads() {
        let compute = Arc::new(Compute::new(2, 8).unwrap());
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let tasks: Vec<_> = (0..16)
            .map(|_| {
                let (compute, running, most) = (compute.clone(), running.clone(), most.clone());
                tokio::spawn(async move {
                    let work = move || {
                        let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                        most.fetch_max(now, Ordering::SeqCst);
                        std::thread::yield_now();
                        running.fetch_sub(1, Ordering::SeqCst);
                    };
                    compute.run(work).await.unwrap();
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert!(most.load(Ordering::SeqCst) <= 2);
    }
}
