//! Keys in memory, expanded and ready for use: as many as fit, the least recently used go first.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use inkognito_network::{CircuitError, Session};
use moka::future::Cache;
use moka::policy::EvictionPolicy;

use super::{KeyId, KeyStore, parts};
use crate::Problem;
use crate::compute::Compute;
use crate::models::Model;

/// How long keys stay in memory that nobody uses.
const IDLE: Duration = Duration::from_secs(600);
/// The unit of a cache entry's weight.
const UNIT: u64 = 1024;

/// The keys in memory, over those in the store.
pub(crate) struct Resident {
    store: KeyStore,
    compute: Arc<Compute>,
    sessions: Cache<(usize, KeyId), Arc<Entry>>,
    start: Instant,
    /// How long keys are used before the store is asked whether they are still there, and told
    /// that they are in use.
    recheck: Duration,
}

struct Entry {
    session: Arc<Session>,
    weight: u32,
    /// When the store was last asked, in milliseconds since the start.
    checked: AtomicU64,
}

impl Resident {
    /// Keeps some `capacity` bytes of keys.
    pub(crate) fn new(
        store: KeyStore,
        compute: Arc<Compute>,
        capacity: u64,
        recheck: Duration,
    ) -> Self {
        let sessions = Cache::builder()
            .max_capacity(capacity / UNIT)
            .weigher(|_, entry: &Arc<Entry>| entry.weight)
            .eviction_policy(EvictionPolicy::lru())
            .time_to_idle(IDLE)
            .build();
        Self {
            store,
            compute,
            sessions,
            start: Instant::now(),
            recheck,
        }
    }

    /// A session for these keys and this model: from memory, or else from the store. Requests for
    /// the same keys wait for the same reading.
    pub(crate) async fn session(
        &self,
        model: &Arc<Model>,
        id: KeyId,
    ) -> Result<Arc<Session>, Problem> {
        let key = (model.index, id);
        let loading = self.load(model, id);
        let entry = self.sessions.try_get_with(key, loading).await;
        let entry = entry.map_err(|problem| (*problem).clone())?;
        let now = self.start.elapsed();
        let checked = Duration::from_millis(entry.checked.load(Ordering::Relaxed));
        if now.saturating_sub(checked) > self.recheck {
            self.check_again(key, &entry, now).await?;
        }
        Ok(entry.session.clone())
    }

    /// Forgets these keys.
    pub(crate) async fn forget(&self, models: usize, id: KeyId) {
        for model in 0..models {
            self.sessions.invalidate(&(model, id)).await;
        }
    }

    /// Bytes of keys in memory, and how many sets of them.
    pub(crate) async fn size(&self) -> (u64, u64) {
        self.sessions.run_pending_tasks().await;
        (
            self.sessions.weighted_size() * UNIT,
            self.sessions.entry_count(),
        )
    }

    /// Keys may have been deleted through another evaluator. A store that does not answer is no
    /// reason to turn away a visitor whose keys are here.
    async fn check_again(
        &self,
        key: (usize, KeyId),
        entry: &Entry,
        now: Duration,
    ) -> Result<(), Problem> {
        match self.store.contains(key.1).await {
            Ok(false) => {
                self.sessions.invalidate(&key).await;
                return Err(Problem::KeysUnknown);
            }
            Ok(true) => drop(self.store.touch(key.1).await),
            Err(_) => {}
        }
        entry.checked.store(millis(now), Ordering::Relaxed);
        Ok(())
    }

    async fn load(&self, model: &Arc<Model>, id: KeyId) -> Result<Arc<Entry>, Problem> {
        let bytes = self.store.read(id).await?.ok_or(Problem::KeysUnknown)?;
        // A note that fails costs the keys some of their time, and no more.
        drop(self.store.touch(id).await);
        let circuit = model.circuit(&self.compute).await?;
        let session = self.compute.run(move || {
            let mut session = Session::new(circuit);
            for message in parts::split(&bytes) {
                session.load_key(message)?;
            }
            Ok::<_, CircuitError>(session)
        });
        let session = session.await?.map_err(|error| unfit(&error.to_string()))?;
        if !session.is_ready() {
            return Err(unfit("some are missing"));
        }
        Ok(Arc::new(Entry {
            session: Arc::new(session),
            weight: u32::try_from(model.session_bytes / UNIT).unwrap_or(u32::MAX),
            checked: AtomicU64::new(millis(self.start.elapsed())),
        }))
    }
}

fn unfit(reason: &str) -> Problem {
    let reason = reason.to_owned();
    Problem::KeysUnfit { reason }
}

fn millis(duration: Duration) -> u64 {
    duration.as_millis().try_into().unwrap_or(u64::MAX)
}
