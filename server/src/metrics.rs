//! The metrics for Prometheus.
//!
//! Relies on `prometheus-client`. Not for figures of a single visitor.

use std::fmt;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

/// The media type of [`Metrics::text`].
pub(crate) const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The labels of an answered request. The route is the pattern of the path, never the path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct RequestLabels {
    pub(crate) route: String,
    pub(crate) method: String,
    pub(crate) status: u16,
    /// The code of the problem, or the empty string.
    pub(crate) problem: &'static str,
}

/// All metrics.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    request_seconds: Histogram,
    inference_seconds: Histogram,
    waiting_seconds: Histogram,
    uploads: Counter,
    present: Gauge<u64, AtomicU64>,
    cached_bytes: Gauge<u64, AtomicU64>,
    cached_sets: Gauge<u64, AtomicU64>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("inkognito");
        // 1 ms to 33 s
        let seconds = || Histogram::new(exponential_buckets(0.001, 2.0, 16));
        let (request_seconds, inference_seconds, waiting_seconds) =
            (seconds(), seconds(), seconds());
        let requests = Family::<RequestLabels, Counter>::default();
        let (uploads, present) = (Counter::default(), Gauge::default());
        let (cached_bytes, cached_sets) = (Gauge::default(), Gauge::default());
        registry.register("requests", "Requests answered", requests.clone());
        let s = Unit::Seconds;
        registry.register_with_unit(
            "request",
            "From head to answer",
            s.clone(),
            request_seconds.clone(),
        );
        registry.register_with_unit(
            "inference",
            "Evaluation alone",
            s.clone(),
            inference_seconds.clone(),
        );
        registry.register_with_unit(
            "waiting",
            "Inferences, before their evaluation",
            s,
            waiting_seconds.clone(),
        );
        registry.register("key_uploads", "Sets of keys stored", uploads.clone());
        registry.register(
            "inferences_present",
            "Inferences that wait or run",
            present.clone(),
        );
        let bytes = Unit::Bytes;
        registry.register_with_unit(
            "keys_resident",
            "Keys in memory",
            bytes,
            cached_bytes.clone(),
        );
        registry.register(
            "key_sets_resident",
            "Sets of keys in memory",
            cached_sets.clone(),
        );
        Self {
            registry,
            requests,
            request_seconds,
            inference_seconds,
            waiting_seconds,
            uploads,
            present,
            cached_bytes,
            cached_sets,
        }
    }

    /// Counts an answered request.
    pub(crate) fn record_request(&self, labels: &RequestLabels, time: Duration) {
        self.requests.get_or_create(labels).inc();
        self.request_seconds.observe(time.as_secs_f64());
    }

    /// Counts an evaluation: its wait in the queue, and its work.
    pub(crate) fn record_inference(&self, waited: Duration, computed: Duration) {
        self.waiting_seconds.observe(waited.as_secs_f64());
        self.inference_seconds.observe(computed.as_secs_f64());
    }

    /// Counts a stored set of keys.
    pub(crate) fn record_upload(&self) {
        self.uploads.inc();
    }

    /// Returns the metrics in the format of OpenMetrics. The gauges are set from the arguments: the
    /// evaluations that wait or run, and the bytes and sets of keys in memory.
    pub(crate) fn text(
        &self,
        present: usize,
        (cached_bytes, cached_sets): (u64, u64),
    ) -> Result<String, fmt::Error> {
        self.present.set(present as u64);
        self.cached_bytes.set(cached_bytes);
        self.cached_sets.set(cached_sets);
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
