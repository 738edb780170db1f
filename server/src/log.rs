//! The log.

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use crate::LogFormat;

/// Begins to log, to the standard error.
///
/// # Errors
/// A filter that cannot be read, or a log that has begun already.
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
