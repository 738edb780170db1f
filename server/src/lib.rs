//! The companion: the evaluator as a native server, which also serves the page.
//!
//! For phones and old laptops, for a lecture hall where one machine serves many, and to show the
//! real situation: an evaluator that belongs to somebody else. It is given evaluation keys and
//! ciphertexts, and gives ciphertexts back; see `docs/deploy.md` for how it is run.
//!
//! Relies on `inkognito-network` for the evaluation, on `object_store` for keeping keys, and on axum
//! and hyper for HTTP. Not for: anything that needs a secret; this crate cannot name one.

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

/// A server that is ready to run.
pub struct Server {
    app: Arc<api::App>,
    listener: TcpListener,
    options: Options,
}

impl Server {
    /// Reads models and page, opens the store, and listens.
    ///
    /// # Errors
    /// Whatever of these fails, in words.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        let place = match &options.store {
            Some(place) => place.clone(),
            None => default_store()?.to_string_lossy().into_owned(),
        };
        let store =
            KeyStore::open(&place).with_context(|| format!("cannot keep keys in {place}"))?;
        Self::with_store(options, store).await
    }

    /// As [`Server::start`], with a store of the caller's instead of the options'.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub async fn start_on(options: Options, store: Arc<dyn ObjectStore>) -> anyhow::Result<Self> {
        Self::with_store(options, KeyStore::with(store)).await
    }

    async fn with_store(options: Options, store: KeyStore) -> anyhow::Result<Self> {
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
        let app = api::App {
            largest_input: largest(|model| model.plan().input_len()),
            largest_keys: largest(|model| model.plan().evaluation_keys_len()),
            models,
            resident: keys::Resident::new(store.clone(), compute.clone(), cache, options.recheck),
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
            headers: page::headers(&options.connect_src)?,
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
        Ok(Self {
            app: Arc::new(app),
            listener,
            options,
        })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// Only if the system does not say.
    pub fn url(&self) -> std::io::Result<String> {
        Ok(format!("http://{}/", self.listener.local_addr()?))
    }

    /// Serves until `end`, then finishes what is running.
    pub async fn run(self, end: impl Future<Output = ()>) {
        let options = self.options;
        let rate = limit::RateLimit::new(options.rate, options.behind_proxy);
        let (ttl, limit) = (options.keys_ttl, options.store_limit.as_u64());
        let sweeping = keys::sweep_forever(self.app.store.clone(), ttl, limit);
        let sweeping = tokio::spawn(sweeping);
        let router = api::router(self.app, rate, &options.allow_origin);
        let bounds = net::Bounds {
            connections: options.connections.get(),
            head: options.head_timeout,
            write: options.body_timeout,
            grace: options.grace,
        };
        net::serve(self.listener, router, bounds, end).await;
        sweeping.abort();
    }
}

/// Where keys are kept if nobody says: the folder that systemd gives, or one in the user's cache.
fn default_store() -> anyhow::Result<PathBuf> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    variable("CACHE_DIRECTORY")
        .or_else(|| Some(variable("XDG_CACHE_HOME")?.join("inkognito")))
        .or_else(|| Some(variable("HOME")?.join(".cache/inkognito")))
        .context("say with --store where to keep keys: there is no home folder")
}
