//! Where evaluation keys lie: any store that `object_store` knows.
//!
//! ```text
//! keys/SHA-256      a visitor's keys, as they were uploaded
//! used/SHA-256      empty; its age says when the keys were last used
//! incoming/RANDOM   an upload on its way
//! ```
//!
//! An object appears whole or not at all: an upload is written aside, and given its name once all
//! of it has come and has been checked.

use std::error::Error;
use std::io::ErrorKind;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart};
use sha2::{Digest, Sha256};
use url::Url;

use super::KeyId;
use crate::Problem;

/// The store, as evaluators use it. Any number of them may share one.
#[derive(Clone)]
pub(crate) struct KeyStore {
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) root: Path,
    /// The folder, where the store is one of this machine's.
    pub(super) folder: Option<PathBuf>,
}

impl KeyStore {
    /// The store at a URL, or in a folder, which is made if need be.
    pub(crate) fn open(place: &str) -> anyhow::Result<Self> {
        match Url::parse(place) {
            Ok(url) if url.scheme() != "file" => Self::at_url(&url),
            Ok(url) => {
                let folder = url.to_file_path();
                Self::in_folder(&folder.ok().context("not a folder of this machine")?)
            }
            Err(_) => Self::in_folder(FilePath::new(place)),
        }
    }

    fn in_folder(folder: &FilePath) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self {
            store: Arc::new(LocalFileSystem::new_with_prefix(folder)?),
            root: Path::default(),
            folder: Some(folder.to_owned()),
        })
    }

    fn at_url(url: &Url) -> anyhow::Result<Self> {
        #[cfg(feature = "s3")]
        // An error only says that a provider has been chosen already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (store, root) = object_store::parse_url_opts(url, std::env::vars())?;
        Ok(Self {
            store: Arc::from(store),
            root,
            folder: None,
        })
    }

    /// A store of the caller's.
    pub(crate) fn with(store: Arc<dyn ObjectStore>) -> Self {
        Self {
            store,
            root: Path::default(),
            folder: None,
        }
    }

    pub(super) fn path(&self, kind: &'static str, name: &str) -> Path {
        self.root.clone().join(kind).join(name)
    }

    /// Begins an upload.
    pub(crate) async fn begin(&self) -> Result<Upload, Problem> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|_| Problem::Internal)?;
        let name: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let incoming = self.path("incoming", &name);
        let upload = self.store.put_multipart(&incoming).await;
        Ok(Upload {
            store: self.clone(),
            writer: WriteMultipart::new(upload.map_err(problem)?),
            incoming,
            hash: Sha256::new(),
        })
    }

    /// The bytes of these keys, checked against their id; `None` if they are not here. What is
    /// damaged is deleted, so that it can be uploaded again.
    pub(crate) async fn read(&self, id: KeyId) -> Result<Option<Bytes>, Problem> {
        let path = self.path("keys", &id.to_string());
        let bytes = match self.store.get(&path).await {
            Ok(found) => found.bytes().await.map_err(problem)?,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(problem(error)),
        };
        if KeyId::of(&bytes) != id {
            tracing::warn!("stored keys were damaged, and have been deleted");
            self.delete(id).await?;
            return Ok(None);
        }
        Ok(Some(bytes))
    }

    /// Whether these keys are here.
    pub(crate) async fn contains(&self, id: KeyId) -> Result<bool, Problem> {
        match self.store.head(&self.path("keys", &id.to_string())).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(problem(error)),
        }
    }

    /// Notes that these keys are in use.
    pub(crate) async fn touch(&self, id: KeyId) -> Result<(), Problem> {
        let path = self.path("used", &id.to_string());
        let noted = self.store.put(&path, PutPayload::new()).await;
        noted.map(drop).map_err(problem)
    }

    /// Deletes these keys; tells whether there were any.
    pub(crate) async fn delete(&self, id: KeyId) -> Result<bool, Problem> {
        let there = self.contains(id).await?;
        for kind in ["keys", "used"] {
            match self.store.delete(&self.path(kind, &id.to_string())).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(problem(error)),
            }
        }
        Ok(there)
    }

    /// Whether the store answers.
    pub(crate) async fn check(&self) -> Result<(), Problem> {
        self.contains(KeyId::of(&[])).await.map(drop)
    }
}

/// Keys on their way into the store. Dropped before its end, it leaves nothing behind.
pub(crate) struct Upload {
    store: KeyStore,
    writer: WriteMultipart,
    incoming: Path,
    hash: Sha256,
}

impl Upload {
    /// Takes in the next bytes; waits while the store is behind.
    pub(crate) async fn write(&mut self, bytes: Bytes) -> Result<(), Problem> {
        self.hash.update(&bytes);
        self.writer.wait_for_capacity(1).await.map_err(problem)?;
        self.writer.put(bytes);
        Ok(())
    }

    /// Gives the keys their name. Tells their id, and whether they are new.
    pub(crate) async fn finish(self) -> Result<(KeyId, bool), Problem> {
        let id = KeyId::from_hash(self.hash);
        if self.store.contains(id).await? {
            self.writer.abort().await.map_err(problem)?;
            self.store.touch(id).await?;
            return Ok((id, false));
        }
        self.writer.finish().await.map_err(problem)?;
        let (store, target) = (&self.store.store, self.store.path("keys", &id.to_string()));
        store
            .rename(&self.incoming, &target)
            .await
            .map_err(problem)?;
        Ok((id, true))
    }

    /// Forgets what has come so far.
    pub(crate) async fn abort(self) {
        if let Err(error) = self.writer.abort().await {
            tracing::warn!(%error, "an upload that was given up could not be cleared away");
        }
    }
}

/// What an error of the store means to a visitor. The details go to the log.
pub(super) fn problem(error: object_store::Error) -> Problem {
    tracing::error!(%error, "the store failed");
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            let full = [
                ErrorKind::StorageFull,
                ErrorKind::QuotaExceeded,
                ErrorKind::FileTooLarge,
            ];
            if full.contains(&error.kind()) {
                return Problem::StoreFull;
            }
        }
        cause = error.source();
    }
    Problem::StoreUnavailable
}
