//! The cache of sessions: evaluation keys in memory, expanded and ready for use.
//!
//! The cache is bounded in bytes. It evicts the least recently used keys first.
//!
//! Relies on `moka`. Not for keys at rest, which are in `store.rs`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use inkognito_network::{CircuitError, Session};
use moka::future::Cache;
use moka::policy::EvictionPolicy;

use super::{KeyId, KeyStore, parts};
use crate::compute::Compute;
use crate::models::Model;
use crate::problem::Problem;

/// The time after which unused keys leave the memory.
const IDLE_TIME: Duration = Duration::from_secs(600);
/// The bytes that one unit of an entry's weight stands for.
const WEIGHT_UNIT: u64 = 1024;

/// Sessions by model and keys, loaded from the store.
pub(crate) struct SessionCache {
    store: KeyStore,
    compute: Arc<Compute>,
    sessions: Cache<(usize, KeyId), Arc<Entry>>,
    start: Instant,
    /// The time after which the cache checks that the store still has the keys, and records
    /// there that they are in use.
    recheck: Duration,
}

/// A session in the cache.
struct Entry {
    session: Arc<Session>,
    weight: u32,
    /// The time of the last check of the store, in milliseconds since the start.
    checked: AtomicU64,
}

impl SessionCache {
    /// Returns an empty cache of about `capacity` bytes.
    pub(crate) fn new(
        store: KeyStore,
        compute: Arc<Compute>,
        capacity: u64,
        recheck: Duration,
    ) -> Self {
        let sessions = Cache::builder()
            .max_capacity(capacity / WEIGHT_UNIT)
            .weigher(|_, entry: &Arc<Entry>| entry.weight)
            .eviction_policy(EvictionPolicy::lru())
            .time_to_idle(IDLE_TIME)
            .build();
        Self {
            store,
            compute,
            sessions,
            start: Instant::now(),
            recheck,
        }
    }

    /// Returns a session for these keys and this model, from memory or else from the store.
    /// Concurrent requests for the same keys share one load.
    ///
    /// # Errors
    /// - [`Problem::KeysUnknown`] if the store does not have the keys.
    /// - [`Problem::KeysUnfit`] if the keys are not those of the model.
    /// - [`Problem::StoreUnavailable`] if the store fails.
    /// - [`Problem::Internal`] if the weights cannot be encoded.
    pub(crate) async fn get(&self, model: &Arc<Model>, id: KeyId) -> Result<Arc<Session>, Problem> {
        let key = (model.index, id);
        let loading = self.load(model, id);
        let entry = self.sessions.try_get_with(key, loading).await;
        let entry = entry.map_err(|problem| (*problem).clone())?;
        let now = self.start.elapsed();
        let checked = Duration::from_millis(entry.checked.load(Ordering::Relaxed));
        if now.saturating_sub(checked) > self.recheck {
            self.recheck(key, &entry, now).await?;
        }
        Ok(entry.session.clone())
    }

    /// Removes the sessions of these keys, for each of the first `models` models.
    pub(crate) async fn remove(&self, models: usize, id: KeyId) {
        for model in 0..models {
            self.sessions.invalidate(&(model, id)).await;
        }
    }

    /// Returns the bytes and the number of sets of keys in memory.
    pub(crate) async fn size(&self) -> (u64, u64) {
        self.sessions.run_pending_tasks().await;
        (
            self.sessions.weighted_size() * WEIGHT_UNIT,
            self.sessions.entry_count(),
        )
    }

    /// Checks that the store still has the keys: a client may have deleted them through another
    /// evaluator. A store that does not answer counts as one that has them.
    ///
    /// # Errors
    /// [`Problem::KeysUnknown`] if the store no longer has them.
    async fn recheck(
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
            Ok(true) => drop(self.store.record_use(key.1).await),
            Err(_) => {}
        }
        entry.checked.store(millis(now), Ordering::Relaxed);
        Ok(())
    }

    /// Loads the keys from the store.
    async fn load(&self, model: &Arc<Model>, id: KeyId) -> Result<Arc<Entry>, Problem> {
        let bytes = self.store.read(id).await?.ok_or(Problem::KeysUnknown)?;
        // If this fails, the keys expire earlier.
        drop(self.store.record_use(id).await);
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
            weight: u32::try_from(model.session_bytes / WEIGHT_UNIT).unwrap_or(u32::MAX),
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
