//! Keys that nobody uses any more are deleted: those out of time, and the least recently used
//! where the store has grown too large.

use std::collections::HashMap;
use std::fs;
use std::path::Path as FilePath;
use std::time::{Duration, SystemTime};

use futures_util::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStoreExt};

use super::KeyStore;
use super::store::problem;
use crate::Problem;

/// An upload that has not ended by then never will.
const INCOMING_TTL: Duration = Duration::from_secs(3600);

/// Sweeps now, and again and again. Evaluators that share a store may all do so.
pub(crate) async fn sweep_forever(store: KeyStore, ttl: Duration, limit: u64) {
    let mut interval = tokio::time::interval((ttl / 8).clamp(Duration::from_secs(1), INCOMING_TTL));
    loop {
        interval.tick().await;
        match store.sweep(SystemTime::now(), ttl, limit).await {
            Ok(0) => {}
            Ok(deleted) => tracing::info!(deleted, "keys have expired"),
            Err(_) => tracing::warn!("expired keys could not be deleted"),
        }
    }
}

impl KeyStore {
    /// Deletes keys unused for longer than `ttl`, then the least recently used until at most
    /// `limit` bytes are left. Tells how many.
    pub(crate) async fn sweep(
        &self,
        now: SystemTime,
        ttl: Duration,
        limit: u64,
    ) -> Result<usize, Problem> {
        let age = |object: &ObjectMeta| {
            let time = SystemTime::from(object.last_modified);
            now.duration_since(time).unwrap_or_default()
        };
        for object in self.all("incoming").await? {
            if age(&object) > INCOMING_TTL {
                self.remove(&object.location).await?;
            }
        }
        self.sweep_leftovers(now);
        let used: HashMap<String, Duration> = self
            .all("used")
            .await?
            .iter()
            .map(|object| (name(&object.location), age(object)))
            .collect();
        let mut keys: Vec<(Duration, u64, String)> = self
            .all("keys")
            .await?
            .iter()
            .map(|object| {
                let (name, age) = (name(&object.location), age(object));
                let unused = used.get(&name).map_or(age, |&used| used.min(age));
                (unused, object.size, name)
            })
            .collect();
        keys.sort();
        let (mut kept, mut deleted) = (0u64, 0);
        for (unused, size, name) in keys {
            kept = kept.saturating_add(size);
            if unused > ttl || kept > limit {
                // Whatever is older has to go as well.
                kept = u64::MAX;
                self.remove(&self.path("keys", &name)).await?;
                self.remove(&self.path("used", &name)).await?;
                deleted += 1;
            }
        }
        Ok(deleted)
    }

    async fn all(&self, kind: &'static str) -> Result<Vec<ObjectMeta>, Problem> {
        let prefix = self.root.clone().join(kind);
        let objects = self.store.list(Some(&prefix)).try_collect().await;
        objects.map_err(problem)
    }

    async fn remove(&self, path: &Path) -> Result<(), Problem> {
        match self.store.delete(path).await {
            // Another evaluator was quicker.
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(problem(error)),
        }
    }

    /// Removes the files that an evaluator which was killed in the middle of writing them has left
    /// in the folder. The store itself does not list them: their names end in `#` and a number.
    fn sweep_leftovers(&self, now: SystemTime) {
        let Some(folder) = &self.folder else { return };
        for kind in ["incoming", "keys", "used"] {
            // What cannot be read now is tried again next time.
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

fn is_leftover(path: &FilePath) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.split_once('#')
        .is_some_and(|(_, number)| number.parse::<u64>().is_ok())
}

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

    /// A store of these sets of keys, of increasing age.
    async fn store(sets: [&'static [u8]; 3]) -> (KeyStore, [KeyId; 3]) {
        let store = KeyStore::with(Arc::new(InMemory::new()));
        for keys in sets {
            let mut upload = store.begin().await.unwrap();
            upload.write(Bytes::from_static(keys)).await.unwrap();
            assert_eq!(upload.finish().await.unwrap(), (KeyId::of(keys), true));
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        (store, sets.map(KeyId::of))
    }

    async fn kept(store: &KeyStore, ids: [KeyId; 3]) -> [bool; 3] {
        let mut kept = [false; 3];
        for (kept, id) in kept.iter_mut().zip(ids) {
            *kept = store.contains(id).await.unwrap();
        }
        kept
    }

    #[tokio::test]
    async fn the_least_recently_used_go_where_there_are_too_many() {
        let (store, ids) = store([b"first.....", b"second....", b"third....."]).await;
        store.touch(ids[0]).await.unwrap();
        let now = SystemTime::now();
        assert_eq!(store.sweep(now, HOUR, 30).await.unwrap(), 0);
        assert_eq!(store.sweep(now, HOUR, 29).await.unwrap(), 1);
        assert_eq!(kept(&store, ids).await, [true, false, true]);
        assert_eq!(store.sweep(now, HOUR, 0).await.unwrap(), 2);
        assert!(store.all("used").await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn what_nobody_has_used_for_long_goes() {
        let (store, ids) = store([b"1", b"2", b"3"]).await;
        let (soon, late) = (SystemTime::now() + HOUR / 2, SystemTime::now() + HOUR * 2);
        assert_eq!(store.sweep(soon, HOUR, 100).await.unwrap(), 0);
        assert_eq!(store.sweep(late, HOUR, 100).await.unwrap(), 3);
        assert_eq!(kept(&store, ids).await, [false; 3]);
        // Another evaluator has swept already.
        assert_eq!(store.sweep(late, HOUR, 100).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn what_a_killed_evaluator_left_in_the_folder_goes() {
        let folder = tempfile::tempdir().unwrap();
        let store = KeyStore::open(folder.path().to_str().unwrap()).unwrap();
        let path = |name: &str| folder.path().join("incoming").join(name);
        fs::create_dir(folder.path().join("incoming")).unwrap();
        for name in ["0123#1", "4567#x"] {
            fs::write(path(name), "half").unwrap();
        }
        store.sweep(SystemTime::now(), HOUR, 100).await.unwrap();
        assert!(path("0123#1").exists(), "it may still be on its way");
        let late = SystemTime::now() + HOUR * 2;
        store.sweep(late, HOUR, 100).await.unwrap();
        assert!(!path("0123#1").exists());
    }
}
