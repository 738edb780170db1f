//! The options of the server, from flags or environment variables.
//!
//! Relies on clap. Not for files of settings.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use axum::http::HeaderValue;
use bytesize::ByteSize;
use clap::{Args, ValueEnum};

/// The options of the server.
#[derive(Args, Debug, Clone)]
pub struct Options {
    /// Address and port to listen on
    #[arg(
        long,
        env = "INKOGNITO_LISTEN",
        value_name = "ADDRESS",
        default_value_t = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080))
    )]
    pub listen: SocketAddr,

    /// Serve the page from this folder instead of the one built in
    #[arg(
        long,
        env = "INKOGNITO_PAGE",
        value_name = "FOLDER",
        help_heading = "Page and models"
    )]
    pub page: Option<PathBuf>,
    /// Serve this model file instead of those built in (may be given more than once)
    #[arg(
        long = "model",
        env = "INKOGNITO_MODELS",
        value_name = "FILE",
        value_delimiter = ':',
        help_heading = "Page and models"
    )]
    pub models: Vec<PathBuf>,
    /// Let the page reach evaluators at this origin as well (may be given more than once)
    #[arg(
        long,
        env = "INKOGNITO_CONNECT_SRC",
        value_name = "ORIGIN",
        value_delimiter = ' ',
        value_parser = origin,
        help_heading = "Page and models"
    )]
    pub connect_src: Vec<HeaderValue>,
    /// Let pages of this origin use this evaluator as well (may be given more than once)
    #[arg(
        long,
        env = "INKOGNITO_ALLOW_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ' ',
        value_parser = origin,
        help_heading = "Page and models"
    )]
    pub allow_origin: Vec<HeaderValue>,

    /// Store evaluation keys here: in a folder, or at a URL such as s3://bucket/prefix (with
    /// AWS_ENDPOINT, AWS_ACCESS_KEY_ID and so on in the environment) [default: a folder in the
    /// user's cache]
    #[arg(
        long,
        env = "INKOGNITO_STORE",
        value_name = "STORE",
        help_heading = "Keys"
    )]
    pub store: Option<String>,
    /// Delete keys that were unused for this time
    #[arg(
        long,
        env = "INKOGNITO_KEYS_TTL",
        value_name = "TIME",
        default_value = "1h",
        value_parser = humantime::parse_duration,
        help_heading = "Keys"
    )]
    pub keys_ttl: Duration,
    /// Delete the least recently used keys once the store holds more than this
    #[arg(
        long,
        env = "INKOGNITO_STORE_LIMIT",
        value_name = "SIZE",
        default_value = "16GiB",
        help_heading = "Keys"
    )]
    pub store_limit: ByteSize,
    /// Memory for keys in use
    #[arg(
        long,
        env = "INKOGNITO_CACHE",
        value_name = "SIZE",
        default_value = "1GiB",
        help_heading = "Keys"
    )]
    pub cache: ByteSize,
    /// Time between checks that the store still has the keys in memory
    #[arg(
        long,
        env = "INKOGNITO_RECHECK",
        value_name = "TIME",
        default_value = "30s",
        value_parser = humantime::parse_duration,
        help_heading = "Keys"
    )]
    pub recheck: Duration,
    /// Number of key uploads at a time; each takes about 12 MB of memory
    #[arg(
        long,
        env = "INKOGNITO_UPLOADS",
        value_name = "COUNT",
        default_value = "32",
        help_heading = "Keys"
    )]
    pub uploads: NonZeroUsize,

    /// Number of threads that compute, and of inferences at a time [default: the number of cores]
    #[arg(
        long,
        env = "INKOGNITO_THREADS",
        value_name = "COUNT",
        help_heading = "Load"
    )]
    pub threads: Option<NonZeroUsize>,
    /// Number of inferences that may wait; further ones are answered with 503 and Retry-After
    #[arg(
        long,
        env = "INKOGNITO_QUEUE",
        value_name = "COUNT",
        default_value_t = 64,
        help_heading = "Load"
    )]
    pub queue: usize,
    /// Number of connections at a time; further ones wait
    #[arg(
        long,
        env = "INKOGNITO_CONNECTIONS",
        value_name = "COUNT",
        default_value = "1024",
        help_heading = "Load"
    )]
    pub connections: NonZeroUsize,
    /// Requests a second from one address, with bursts of twice as many; 0 means no limit
    #[arg(
        long,
        env = "INKOGNITO_RATE",
        value_name = "COUNT",
        default_value_t = 200,
        help_heading = "Load"
    )]
    pub rate: u32,
    /// Take the visitor's address from the last entry of X-Forwarded-For, which a proxy in front
    /// of this server must set
    #[arg(long, env = "INKOGNITO_BEHIND_PROXY", help_heading = "Load")]
    pub behind_proxy: bool,
    /// Time for the head of a request, and for an idle connection
    #[arg(
        long,
        env = "INKOGNITO_HEAD_TIMEOUT",
        value_name = "TIME",
        default_value = "15s",
        value_parser = humantime::parse_duration,
        help_heading = "Load"
    )]
    pub head_timeout: Duration,
    /// Time for a body in addition to that from --body-rate, and for a client that stops reading
    #[arg(
        long,
        env = "INKOGNITO_BODY_TIMEOUT",
        value_name = "TIME",
        default_value = "15s",
        value_parser = humantime::parse_duration,
        help_heading = "Load"
    )]
    pub body_timeout: Duration,
    /// Bytes a second at which a body must arrive
    #[arg(
        long,
        env = "INKOGNITO_BODY_RATE",
        value_name = "SIZE",
        default_value = "32KiB",
        value_parser = body_rate,
        help_heading = "Load"
    )]
    pub body_rate: NonZeroU32,
    /// Time for running requests after SIGTERM or SIGINT
    #[arg(
        long,
        env = "INKOGNITO_GRACE",
        value_name = "TIME",
        default_value = "30s",
        value_parser = humantime::parse_duration,
        help_heading = "Load"
    )]
    pub grace: Duration,

    /// Log level: error, warn, info, debug, or a filter such as inkognito_server=debug
    #[arg(
        long,
        env = "INKOGNITO_LOG",
        value_name = "FILTER",
        default_value = "info",
        help_heading = "Log"
    )]
    pub log: String,
    /// Format of the log
    #[arg(
        long,
        env = "INKOGNITO_LOG_FORMAT",
        value_enum,
        default_value_t = LogFormat::Text,
        help_heading = "Log"
    )]
    pub log_format: LogFormat,
}

/// The format of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// A line of text for each event
    Text,
    /// A JSON object for each event
    Json,
}

/// Parses an origin, `scheme://host[:port]`, as browsers send it and policies name it.
fn origin(text: &str) -> Result<HeaderValue, String> {
    let refuse = || format!("not an origin such as https://example.org: {text}");
    let url = url::Url::parse(text).map_err(|_| refuse())?;
    if !matches!(url.scheme(), "http" | "https") || url.origin().ascii_serialization() != text {
        return Err(refuse());
    }
    HeaderValue::from_str(text).map_err(|_| refuse())
}

/// Parses a rate of 1 byte to 4 GiB a second.
fn body_rate(text: &str) -> Result<NonZeroU32, String> {
    let size: ByteSize = text.parse()?;
    u32::try_from(size.as_u64())
        .ok()
        .and_then(NonZeroU32::new)
        .ok_or_else(|| "must be between 1 byte and 4 GiB".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_origins_are_accepted() {
        for good in ["https://example.org", "http://127.0.0.1:9000"] {
            assert_eq!(origin(good).unwrap(), good);
        }
        for bad in [
            "*",
            "example.org",
            "https://example.org/",
            "https://a.org; script-src *",
            "ftp://a.org",
        ] {
            assert!(origin(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_body_rate_is_a_size_above_zero() {
        assert_eq!(body_rate("1KiB").unwrap().get(), 1024);
        assert!(
            body_rate("0").is_err() && body_rate("8GiB").is_err() && body_rate("fast").is_err()
        );
    }
}
