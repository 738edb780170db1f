//! The store of evaluation keys, in any store that `object_store` supports.
//!
//! ```text
//! keys/SHA-256      a visitor's keys, as they were uploaded
//! used/SHA-256      an empty object, written when the keys were last used
//! incoming/RANDOM   an upload in progress
//! ```
//!
//! A set of keys appears as a whole: an upload is written under `incoming/`, and renamed once it is
//! complete and checked.
//!
//! Relies on `object_store`. Not for the content of keys, which `parts.rs` checks.

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
use crate::problem::Problem;

/// The store. Any number of evaluators may share one.
#[derive(Clone)]
pub(crate) struct KeyStore {
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) root: Path,
    /// The folder, if the store is a folder of this machine.
    pub(super) folder: Option<PathBuf>,
}

impl KeyStore {
    /// Opens the store at a URL or in a folder. Creates the folder if it does not exist.
    ///
    /// # Errors
    /// Fails if the folder cannot be created, or if `object_store` does not support the URL.
    pub(crate) fn open(location: &str) -> anyhow::Result<Self> {
        match Url::parse(location) {
            Ok(url) if url.scheme() != "file" => Self::at_url(&url),
            Ok(url) => {
                let folder = url.to_file_path();
                Self::in_folder(&folder.ok().context("not a folder of this machine")?)
            }
            Err(_) => Self::in_folder(FilePath::new(location)),
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
        // The call fails if the process has a provider already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (store, root) = object_store::parse_url_opts(url, std::env::vars())?;
        Ok(Self {
            store: Arc::from(store),
            root,
            folder: None,
        })
    }

    /// Wraps a store of the caller.
    pub(crate) fn from_object_store(store: Arc<dyn ObjectStore>) -> Self {
        Self {
            store,
            root: Path::default(),
            folder: None,
        }
    }

    /// Returns the path of an object.
    pub(super) fn path(&self, kind: &'static str, name: &str) -> Path {
        self.root.clone().join(kind).join(name)
    }

    /// Begins an upload.
    ///
    /// # Errors
    /// [`Problem::StoreFull`] or [`Problem::StoreUnavailable`] if the store fails.
    pub(crate) async fn begin(&self) -> Result<Upload, Problem> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|_| Problem::Internal)?;
        let incoming = self.path("incoming", &base16ct::lower::encode_string(&random));
        let upload = self.store.put_multipart(&incoming).await;
        Ok(Upload {
            store: self.clone(),
            writer: WriteMultipart::new(upload.map_err(problem)?),
            incoming,
            hash: Sha256::new(),
        })
    }

    /// Returns the bytes of these keys, checked against their id; `None` if the store does not have
    /// them. Deletes damaged keys, so that the client can upload them again.
    ///
    /// # Errors
    /// [`Problem::StoreUnavailable`] if the store fails.
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

    /// Returns whether the store has these keys.
    ///
    /// # Errors
    /// [`Problem::StoreUnavailable`] if the store fails.
    pub(crate) async fn contains(&self, id: KeyId) -> Result<bool, Problem> {
        match self.store.head(&self.path("keys", &id.to_string())).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(problem(error)),
        }
    }

    /// Records that these keys are in use now.
    ///
    /// # Errors
    /// [`Problem::StoreFull`] or [`Problem::StoreUnavailable`] if the store fails.
    pub(crate) async fn record_use(&self, id: KeyId) -> Result<(), Problem> {
        let path = self.path("used", &id.to_string());
        let recorded = self.store.put(&path, PutPayload::new()).await;
        recorded.map(drop).map_err(problem)
    }

    /// Deletes these keys. Returns whether the store had them.
    ///
    /// # Errors
    /// [`Problem::StoreUnavailable`] if the store fails.
    pub(crate) async fn delete(&self, id: KeyId) -> Result<bool, Problem> {
        let existed = self.contains(id).await?;
        for kind in ["keys", "used"] {
            match self.store.delete(&self.path(kind, &id.to_string())).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(problem(error)),
            }
        }
        Ok(existed)
    }

    /// Checks that the store answers.
    ///
    /// # Errors
    /// [`Problem::StoreUnavailable`] if it does not.
    pub(crate) async fn check(&self) -> Result<(), Problem> {
        self.contains(KeyId::of(&[])).await.map(drop)
    }
}

/// An upload in progress. An upload that is dropped leaves nothing in the store.
pub(crate) struct Upload {
    store: KeyStore,
    writer: WriteMultipart,
    incoming: Path,
    hash: Sha256,
}

impl Upload {
    /// Writes the next bytes. Waits while the store has too many unwritten bytes.
    ///
    /// # Errors
    /// [`Problem::StoreFull`] or [`Problem::StoreUnavailable`] if the store fails.
    pub(crate) async fn write(&mut self, bytes: Bytes) -> Result<(), Problem> {
        self.hash.update(&bytes);
        self.writer.wait_for_capacity(1).await.map_err(problem)?;
        self.writer.put(bytes);
        Ok(())
    }

    /// Stores the keys under their id. Returns the id, and whether the keys are new.
    ///
    /// # Errors
    /// [`Problem::StoreFull`] or [`Problem::StoreUnavailable`] if the store fails.
    pub(crate) async fn finish(self) -> Result<(KeyId, bool), Problem> {
        let id = KeyId::from_hash(self.hash);
        if self.store.contains(id).await? {
            self.writer.abort().await.map_err(problem)?;
            self.store.record_use(id).await?;
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

    /// Deletes the bytes written so far.
    pub(crate) async fn abort(self) {
        if let Err(error) = self.writer.abort().await {
            tracing::warn!(%error, "an aborted upload could not be deleted");
        }
    }
}

/// Returns the problem for an error of the store, and logs the details.
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
