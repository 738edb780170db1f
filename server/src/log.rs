//! The log, on the standard error.
//!
//! Relies on `tracing-subscriber`. Not for addresses and paths of requests, which would
//! name visitors.

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use crate::options::LogFormat;

/// Starts the log.
///
/// # Errors
/// Fails if `filter` cannot be parsed, or if the process has a log already.
pub fn start(filter: &str, format: LogFormat) -> anyhow::Result<()> {
    let filter: EnvFilter = filter
        .parse()
        .with_context(|| format!("cannot read the log's filter {filter:?}"))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!(error))
}
