//! Connections: accepted, bounded in number and time, and closed in order.
//!
//! Relies on hyper, for HTTP/1.1. Not for TLS, which a proxy in front of the server does.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

/// The pause after a failed accept.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The limits of connections.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ConnectionLimits {
    /// The number of open connections.
    pub(crate) connections: usize,
    /// The time for the head of a request, and for an idle connection.
    pub(crate) head: Duration,
    /// The time in which the client must read the next bytes of a response.
    pub(crate) write: Duration,
    /// The time in which running requests must end after the shutdown began.
    pub(crate) grace: Duration,
}

/// Serves requests until `shutdown` completes, then finishes the running ones.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ConnectionLimits,
    shutdown: impl Future<Output = ()>,
) {
    let permits = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(64 * 1024);
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = accept(&listener, &permits) => accepted,
        };
        let (stream, peer, permit) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // The program may have no file descriptor left. Connections that end free some.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let router = router.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request)
        });
        let stream = TokioIo::new(with_write_timeout(stream, limits.write));
        let connection = graceful.watch(http.serve_connection(stream, service));
        tokio::spawn(async move {
            let _permit = permit;
            // Errors of a connection come from its client, and are not logged.
            drop(connection.await);
        });
    }
    drop(listener);
    tracing::info!("shutting down: running requests are finished, new connections refused");
    let finished = tokio::time::timeout(limits.grace, graceful.shutdown()).await;
    if finished.is_err() {
        tracing::warn!("some requests took too long and were not finished");
    }
}

/// Waits for a permit, then for a connection.
async fn accept(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = permits.clone().acquire_owned().await;
    let permit = permit.map_err(std::io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    Ok((stream, peer, permit))
}

/// Returns the stream with a timeout on writes, so that a client must keep reading.
fn with_write_timeout(stream: TcpStream, timeout: Duration) -> Pin<Box<TimeoutStream<TcpStream>>> {
    // Each response is written as a whole, so that Nagle's algorithm would only delay it. Where the
    // option cannot be set, responses are slower.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(timeout));
    Box::pin(stream)
}
