//! The companion: the evaluator as a native server, which also serves the page.
//!
//! It is meant for phones and old laptops, for a lecture hall where one machine serves many
//! visitors, and to show the real situation: an evaluator that belongs to somebody else. It
//! receives evaluation keys and ciphertexts, and returns ciphertexts. `docs/deploy.md` explains how
//! to run it.
//!
//! It relies on `inkognito-network` for the evaluation, on `object_store` for the store of keys,
//! and on axum and hyper for HTTP. It is not for anything that needs a secret key: this crate
//! cannot name one.

mod api;
mod body;
mod compute;
mod health;
mod keys;
mod limit;
mod log;
mod metrics;
mod models;
mod net;
mod options;
mod page;
mod problem;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use axum::http::HeaderMap;
use object_store::ObjectStore;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

pub use api::openapi;
pub use health::check as check_health;
pub use keys::{KeyId, PartChecker};
pub use log::start as start_log;
pub use options::{LogFormat, Options};
pub use problem::{Problem, ProblemKind};

use crate::keys::KeyStore;

/// A server that listens and is ready to run.
pub struct Server {
    app: Arc<api::App>,
    /// The headers of every response.
    headers: HeaderMap,
    listener: TcpListener,
    options: Options,
}

impl Server {
    /// Opens the store, loads models and page, and listens.
    ///
    /// # Errors
    /// Fails if the store cannot be opened, if a model or the page cannot be loaded, if the threads
    /// cannot be started, or if the address cannot be bound.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        let location = match &options.store {
            Some(location) => location.clone(),
            None => default_store()?.to_string_lossy().into_owned(),
        };
        let store = KeyStore::open(&location)
            .with_context(|| format!("cannot store keys in {location}"))?;
        Self::start_with_key_store(options, store).await
    }

    /// Does the same as [`Server::start`], but with a store of the caller.
    ///
    /// # Errors
    /// Fails if a model or the page cannot be loaded, if the threads cannot be started, or if the
    /// address cannot be bound.
    pub async fn start_with_store(
        options: Options,
        store: Arc<dyn ObjectStore>,
    ) -> anyhow::Result<Self> {
        Self::start_with_key_store(options, KeyStore::from_object_store(store)).await
    }

    async fn start_with_key_store(options: Options, store: KeyStore) -> anyhow::Result<Self> {
        let cores = std::thread::available_parallelism()?;
        let threads = options.threads.unwrap_or(cores).get();
        let compute = Arc::new(compute::Compute::new(threads, options.queue)?);
        let models = models::load(&options.models)?;
        let page = page::Page::load(options.page.as_deref(), &options.connect_src)?;
        let cache = options.cache.as_u64();
        let largest = |length: fn(&models::Model) -> usize| {
            let lengths = models.iter().map(|model| length(model) as u64);
            lengths.max().unwrap_or_default()
        };
        let sessions =
            keys::SessionCache::new(store.clone(), compute.clone(), cache, options.recheck);
        let app = api::App {
            largest_input: largest(|model| model.plan().input_len()),
            largest_keys: largest(|model| model.plan().evaluation_keys_len()),
            models,
            sessions,
            store,
            compute,
            metrics: metrics::Metrics::new(),
            inspections: Arc::new(Semaphore::new(2 * threads)),
            uploads: Semaphore::new(options.uploads.get()),
            min_rate: body::MinRate {
                grace: options.body_timeout,
                rate: options.body_rate.get(),
            },
            page,
            start: Instant::now(),
        };
        let listener = TcpListener::bind(options.listen).await;
        let listener = listener.with_context(|| format!("cannot listen on {}", options.listen))?;
        let names: Vec<_> = app.models.iter().map(|model| model.name.as_str()).collect();
        tracing::info!(
            threads,
            models = names.join(" "),
            page = app.page.is_some(),
            "started"
        );
        let cross_origin = !options.allow_origin.is_empty();
        Ok(Self {
            app: Arc::new(app),
            headers: page::headers(&options.connect_src, cross_origin)?,
            listener,
            options,
        })
    }

    /// Returns the URL of the server.
    ///
    /// # Errors
    /// Fails if the operating system does not report the address of the socket.
    pub fn url(&self) -> std::io::Result<String> {
        Ok(format!("http://{}/", self.listener.local_addr()?))
    }

    /// Serves requests until `shutdown` completes, then finishes the running ones.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let options = self.options;
        let rate = limit::RateLimit::new(options.rate, options.behind_proxy);
        let (ttl, limit) = (options.keys_ttl, options.store_limit.as_u64());
        let expiry = keys::delete_expired_forever(self.app.store.clone(), ttl, limit);
        let expiry = tokio::spawn(expiry);
        let router = api::router(self.app, rate, &options.allow_origin, self.headers);
        let limits = net::ConnectionLimits {
            connections: options.connections.get(),
            head: options.head_timeout,
            write: options.body_timeout,
            grace: options.grace,
        };
        net::serve(self.listener, router, limits, shutdown).await;
        expiry.abort();
    }
}

/// Returns the default store: the cache folder from systemd, or a folder in the user's cache.
fn default_store() -> anyhow::Result<PathBuf> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    variable("CACHE_DIRECTORY")
        .or_else(|| Some(variable("XDG_CACHE_HOME")?.join("inkognito")))
        .or_else(|| Some(variable("HOME")?.join(".cache/inkognito")))
        .context("there is no home folder: name a store for the keys with --store")
}
