//! The threads that compute, and the queue of requests in front of them.
//!
//! At most as many evaluations run at once as there are threads. Rayon spreads each evaluation over
//! all threads, so that a single request uses all of them. Each request takes these permits, in
//! this order:
//!
//! 1. a [`QueuePermit`]: the number of requests that wait or run is bounded;
//! 2. a [`KeysPermit`]: of these, only a few may hold keys in memory;
//! 3. a permit to run, in [`Compute::run`].
//!
//! Relies on rayon and on tokio's semaphores. Not for input and output, which tokio's threads do.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use inkognito_threads::with_spinning_workers;
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::problem::Problem;

/// The thread pool and its queue.
pub(crate) struct Compute {
    pool: ThreadPool,
    threads: usize,
    /// The permits of the queue: one for each request that waits or runs.
    queue: Arc<Semaphore>,
    /// The permits to hold keys: one for each request that runs or is next.
    keys: Arc<Semaphore>,
    /// The permits to run.
    slots: Arc<Semaphore>,
    /// The number of jobs that run now.
    running: Arc<AtomicUsize>,
    capacity: usize,
}

/// The permit of a request that waits or runs.
pub(crate) struct QueuePermit {
    _queue: OwnedSemaphorePermit,
    keys: Arc<Semaphore>,
}

/// The permit of a request that may hold keys in memory.
pub(crate) struct KeysPermit {
    _keys: OwnedSemaphorePermit,
    _queue: QueuePermit,
}

impl Compute {
    /// Starts `threads` threads. `queue` further requests may wait.
    pub(crate) fn new(threads: usize, queue: usize) -> Result<Self, ThreadPoolBuildError> {
        let keys = 2 * threads;
        let capacity = keys + queue;
        Ok(Self {
            pool: ThreadPoolBuilder::new()
                .num_threads(threads)
                .thread_name(|index| format!("compute-{index}"))
                .build()?,
            threads,
            queue: Arc::new(Semaphore::new(capacity)),
            keys: Arc::new(Semaphore::new(keys)),
            slots: Arc::new(Semaphore::new(threads)),
            running: Arc::default(),
            capacity,
        })
    }

    /// Returns the number of threads.
    pub(crate) fn threads(&self) -> usize {
        self.threads
    }

    /// Returns the number of requests that wait or run.
    pub(crate) fn present(&self) -> usize {
        self.capacity - self.queue.available_permits()
    }

    /// Enters the queue.
    ///
    /// # Errors
    /// [`Problem::Busy`] if the queue is full.
    pub(crate) fn try_enter(&self) -> Result<QueuePermit, Problem> {
        match self.queue.clone().try_acquire_owned() {
            Ok(permit) => Ok(QueuePermit {
                _queue: permit,
                keys: self.keys.clone(),
            }),
            Err(_) => Err(Problem::Busy { retry_after: 1 }),
        }
    }

    /// Runs `work` on a thread of the pool as soon as one is free. Work that has begun runs to its
    /// end, even if the caller drops the future.
    ///
    /// # Errors
    /// [`Problem::Internal`] if `work` panics.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let slot = self.slots.clone().acquire_owned().await;
        let slot = slot.map_err(|_| Problem::Internal)?;
        let (sender, receiver) = oneshot::channel();
        let running = self.running.clone();
        self.pool.spawn(move || {
            // Threads spin for work only while no other job needs them.
            running.fetch_add(1, Ordering::Relaxed);
            let alone = || running.load(Ordering::Relaxed) == 1;
            let work = || with_spinning_workers(alone, work);
            // A panic must not end the pool's thread. The panic hook has printed the message.
            let result = catch_unwind(AssertUnwindSafe(work));
            running.fetch_sub(1, Ordering::Relaxed);
            drop(slot);
            // The client may have closed the connection.
            let _ = sender.send(result);
        });
        match receiver.await {
            Ok(Ok(value)) => Ok(value),
            _ => Err(Problem::Internal),
        }
    }
}

impl QueuePermit {
    /// Waits until this request may hold keys in memory.
    ///
    /// # Errors
    /// [`Problem::Internal`] if the queue is closed, which this program never does.
    pub(crate) async fn wait_for_keys(self) -> Result<KeysPermit, Problem> {
        let keys = self.keys.clone().acquire_owned().await;
        Ok(KeysPermit {
            _keys: keys.map_err(|_| Problem::Internal)?,
            _queue: self,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_queue_refuses_further_requests() {
        let compute = Compute::new(1, 1).unwrap();
        let permits: Vec<_> = (0..3).map(|_| compute.try_enter().unwrap()).collect();
        assert_eq!(compute.present(), 3);
        assert!(matches!(compute.try_enter(), Err(Problem::Busy { .. })));
        drop(permits);
        assert!(compute.try_enter().is_ok());
        assert_eq!(compute.present(), 0);
    }

    #[tokio::test]
    async fn work_that_panics_does_not_harm_other_work() {
        let compute = Compute::new(1, 0).unwrap();
        let failed = compute.run(|| panic!("on purpose")).await;
        assert!(matches!(failed, Err::<(), _>(Problem::Internal)));
        assert_eq!(compute.run(|| 6 * 7).await.unwrap(), 42);
    }

    #[tokio::test]
    async fn at_most_as_many_jobs_run_at_once_as_there_are_threads() {
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
