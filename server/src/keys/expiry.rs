//! The deletion of unused keys: of those unused for too long, and of the least recently used ones
//! once the store is too large.
//!
//! Relies on the markers of `store.rs`. Not for keys in memory, which `session_cache.rs` evicts.

use std::collections::HashMap;
use std::fs;
use std::path::Path as FilePath;
use std::time::{Duration, SystemTime};

use futures_util::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStoreExt};

use super::KeyStore;
use super::store::problem;
use crate::problem::Problem;

/// The age from which on an unfinished upload counts as abandoned.
const INCOMING_TTL: Duration = Duration::from_secs(3600);

/// Deletes expired keys now and at regular intervals. All evaluators that share a store may do so.
pub(crate) async fn delete_expired_forever(store: KeyStore, ttl: Duration, limit: u64) {
    let mut interval = tokio::time::interval((ttl / 8).clamp(Duration::from_secs(1), INCOMING_TTL));
    loop {
        interval.tick().await;
        match store.delete_expired(SystemTime::now(), ttl, limit).await {
            Ok(0) => {}
            Ok(deleted) => tracing::info!(deleted, "keys have expired"),
            Err(_) => tracing::warn!("expired keys could not be deleted"),
        }
    }
}

impl KeyStore {
    /// Deletes keys unused for longer than `ttl`, then the least recently used ones until at most
    /// `limit` bytes are left. Returns the number of deleted sets.
    ///
    /// # Errors
    /// [`Problem::StoreUnavailable`] if the store fails.
    pub(crate) async fn delete_expired(
        &self,
        now: SystemTime,
        ttl: Duration,
        limit: u64,
    ) -> Result<usize, Problem> {
        let age = |object: &ObjectMeta| {
            let time = SystemTime::from(object.last_modified);
            now.duration_since(time).unwrap_or_default()
        };
        for object in self.list("incoming").await? {
            if age(&object) > INCOMING_TTL {
                self.remove(&object.location).await?;
            }
        }
        self.delete_leftovers(now);
        let used: HashMap<String, Duration> = self
            .list("used")
            .await?
            .iter()
            .map(|object| (name(&object.location), age(object)))
            .collect();
        let mut keys: Vec<(Duration, u64, String)> = self
            .list("keys")
            .await?
            .iter()
            .map(|object| {
                let (name, age) = (name(&object.location), age(object));
                let unused = used.get(&name).map_or(age, |&used| used.min(age));
                (unused, object.size, name)
            })
            .collect();
        keys.sort();
        let (mut remaining, mut deleted) = (0u64, 0);
        for (unused, size, name) in keys {
            remaining = remaining.saturating_add(size);
            if unused > ttl || remaining > limit {
                // All keys after these are older, and are deleted as well.
                remaining = u64::MAX;
                self.remove(&self.path("keys", &name)).await?;
                self.remove(&self.path("used", &name)).await?;
                deleted += 1;
            }
        }
        Ok(deleted)
    }

    /// Returns the objects of a kind.
    async fn list(&self, kind: &'static str) -> Result<Vec<ObjectMeta>, Problem> {
        let prefix = self.root.clone().join(kind);
        let objects = self.store.list(Some(&prefix)).try_collect().await;
        objects.map_err(problem)
    }

    /// Deletes an object, if it exists.
    async fn remove(&self, path: &Path) -> Result<(), Problem> {
        match self.store.delete(path).await {
            // Another evaluator may have deleted it.
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(problem(error)),
        }
    }

    /// Deletes the unfinished files of killed evaluators from the folder. The store does not list
    /// these files: their names end in `#` and a number.
    fn delete_leftovers(&self, now: SystemTime) {
        let Some(folder) = &self.folder else { return };
        for kind in ["incoming", "keys", "used"] {
            // The next run tries again to read a folder that cannot be read now.
            let entries = fs::read_dir(folder.join(kind)).into_iter().flatten();
            for path in entries.flatten().map(|entry| entry.path()) {
                let old = || {
                    let modified = fs::metadata(&path).and_then(|metadata| metadata.modified());
                    let age = modified.ok().and_then(|time| now.duration_since(time).ok());
                    age.is_some_and(|age| age > INCOMING_TTL)
                };
                if is_leftover(&path) && old() {
                    let _ = fs::remove_file(&path);
                }
            }
        }
    }
}

/// Returns whether the name is that of an unfinished file of `object_store`.
fn is_leftover(path: &FilePath) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.split_once('#')
        .is_some_and(|(_, number)| number.parse::<u64>().is_ok())
}

/// Returns the last part of the path.
fn name(path: &Path) -> String {
    path.filename().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;
    use object_store::memory::InMemory;

    use super::*;
    use crate::keys::KeyId;

    const HOUR: Duration = Duration::from_secs(3600);

    /// Returns a store with these sets of keys, the oldest first.
    async fn store_with(sets: [&'static [u8]; 3]) -> (KeyStore, [KeyId; 3]) {
        let store = KeyStore::from_object_store(Arc::new(InMemory::new()));
        for keys in sets {
            let mut upload = store.begin().await.unwrap();
            upload.write(Bytes::from_static(keys)).await.unwrap();
            assert_eq!(upload.finish().await.unwrap(), (KeyId::of(keys), true));
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        (store, sets.map(KeyId::of))
    }

    /// Returns which of these keys the store has.
    async fn present(store: &KeyStore, ids: [KeyId; 3]) -> [bool; 3] {
        let mut present = [false; 3];
        for (present, id) in present.iter_mut().zip(ids) {
            *present = store.contains(id).await.unwrap();
        }
        present
    }

    #[tokio::test]
    async fn the_least_recently_used_keys_are_deleted_first() {
        let (store, ids) = store_with([b"first.....", b"second....", b"third....."]).await;
        store.record_use(ids[0]).await.unwrap();
        let now = SystemTime::now();
        assert_eq!(store.delete_expired(now, HOUR, 30).await.unwrap(), 0);
        assert_eq!(store.delete_expired(now, HOUR, 29).await.unwrap(), 1);
        assert_eq!(present(&store, ids).await, [true, false, true]);
        assert_eq!(store.delete_expired(now, HOUR, 0).await.unwrap(), 2);
        assert!(store.list("used").await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn keys_unused_for_longer_than_the_ttl_are_deleted() {
        let (store, ids) = store_with([b"1", b"2", b"3"]).await;
        let (soon, late) = (SystemTime::now() + HOUR / 2, SystemTime::now() + HOUR * 2);
        assert_eq!(store.delete_expired(soon, HOUR, 100).await.unwrap(), 0);
        assert_eq!(store.delete_expired(late, HOUR, 100).await.unwrap(), 3);
        assert_eq!(present(&store, ids).await, [false; 3]);
        // A second evaluator finds nothing to delete.
        assert_eq!(store.delete_expired(late, HOUR, 100).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn leftovers_of_a_killed_evaluator_are_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let store = KeyStore::open(folder.path().to_str().unwrap()).unwrap();
        let path = |name: &str| folder.path().join("incoming").join(name);
        fs::create_dir(folder.path().join("incoming")).unwrap();
        for name in ["0123#1", "4567#x"] {
            fs::write(path(name), "half").unwrap();
        }
        store
            .delete_expired(SystemTime::now(), HOUR, 100)
            .await
            .unwrap();
        assert!(
            path("0123#1").exists(),
            "the upload may still be in progress"
        );
        let late = SystemTime::now() + HOUR * 2;
        store.delete_expired(late, HOUR, 100).await.unwrap();
        assert!(!path("0123#1").exists());
    }
}
