//! What Prometheus is told.

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

/// A request that has been answered. The route is the path's pattern, never the path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Answered {
    pub(crate) route: String,
    pub(crate) method: String,
    pub(crate) status: u16,
    /// The problem's code, or nothing.
    pub(crate) problem: &'static str,
}

/// Every measured number.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    request_seconds: Histogram,
    inference_seconds: Histogram,
    waiting_seconds: Histogram,
    uploads: Counter,
    present: Gauge<u64, AtomicU64>,
    resident_bytes: Gauge<u64, AtomicU64>,
    resident_sets: Gauge<u64, AtomicU64>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("inkognito");
        // 1 ms to 33 s
        let seconds = || Histogram::new(exponential_buckets(0.001, 2.0, 16));
        let (request_seconds, inference_seconds, waiting_seconds) =
            (seconds(), seconds(), seconds());
        let requests = Family::<Answered, Counter>::default();
        let (uploads, present) = (Counter::default(), Gauge::default());
        let (resident_bytes, resident_sets) = (Gauge::default(), Gauge::default());
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
            resident_bytes.clone(),
        );
        registry.register(
            "key_sets_resident",
            "Sets of keys in memory",
            resident_sets.clone(),
        );
        Self {
            registry,
            requests,
            request_seconds,
            inference_seconds,
            waiting_seconds,
            uploads,
            present,
            resident_bytes,
            resident_sets,
        }
    }

    pub(crate) fn answered(&self, answered: &Answered, time: Duration) {
        self.requests.get_or_create(answered).inc();
        self.request_seconds.observe(time.as_secs_f64());
    }

    pub(crate) fn inferred(&self, waited: Duration, computed: Duration) {
        self.waiting_seconds.observe(waited.as_secs_f64());
        self.inference_seconds.observe(computed.as_secs_f64());
    }

    pub(crate) fn uploaded(&self) {
        self.uploads.inc();
    }

    /// The numbers as text; those that are states rather than events are given here.
    pub(crate) fn text(&self, present: usize, resident: (u64, u64)) -> Result<String, fmt::Error> {
        self.present.set(present as u64);
        self.resident_bytes.set(resident.0);
        self.resident_sets.set(resident.1);
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
