//! The inference: a ciphertext in, a ciphertext out; and for teaching, those between the layers.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use inkognito_network::{CircuitError, Report, Session};
use tokio::sync::OwnedSemaphorePermit;

use super::{App, KEYS, OCTETS, REPORT};
use crate::Problem;
use crate::body::BoundedBody;
use crate::keys::KeyId;
use crate::problem::ProblemDetails;

/// Run a model on an encrypted image.
///
/// The answer depends on keys and image alone: the same request may be sent again, to any
/// evaluator, and is answered with the same bytes.
#[utoipa::path(
    post,
    path = "/v1/models/{model}/infer",
    tag = "evaluation",
    params(
        ("model" = String, Path, description = "The model's name"),
        ("inkognito-keys" = String, Header, description = "Id of the visitor's evaluation keys"),
    ),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (
            status = 200, description = "The encrypted scores", body = Vec<u8>, content_type = "application/octet-stream",
            headers(("inkognito-report" = String, description = "JSON: threads, totalMs, prepared, layers, operations")),
        ),
        (status = 400, description = "key-id-malformed, input-malformed, body-incomplete", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "model-unknown, keys-unknown", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 408, description = "too-slow", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 413, description = "body-too-large", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "keys-unfit", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 429, description = "rate-limited", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 500, description = "internal", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "busy, store-unavailable", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn infer(
    State(app): State<Arc<App>>,
    Path(model): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let ask = Session::infer_timed;
    let ((), result, heads) = evaluate(&app, &model, &headers, body, || Ok(()), ask).await?;
    Ok((heads, result).into_response())
}

/// Prepare for an encrypted image whose mask is known, which is half of its encryption and says nothing of it.
///
/// The image that comes with this mask next is answered sooner, if it comes to this evaluator, and with the same
/// bytes. As much work as half an inference; it takes a place in the same queue.
#[utoipa::path(
    post,
    path = "/v1/models/{model}/prepare",
    tag = "evaluation",
    params(
        ("model" = String, Path, description = "The model's name"),
        ("inkognito-keys" = String, Header, description = "Id of the visitor's evaluation keys"),
    ),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 204, description = "Prepared"),
        (status = 400, description = "key-id-malformed, input-malformed, body-incomplete", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "model-unknown, keys-unknown", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 408, description = "too-slow", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 413, description = "body-too-large", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "keys-unfit", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 429, description = "rate-limited", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 500, description = "internal", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "busy, store-unavailable", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn prepare(
    State(app): State<Arc<App>>,
    Path(model): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Problem> {
    let ask = |session: &Session, mask: &[u8], now: Clock| session.prepare(mask, now);
    with_session(&app, &model, &headers, body, || Ok(()), ask).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Run a model on an encrypted image and give what comes out of every layer, for teaching.
///
/// As the inference, of which it takes a place in the same queue; the answer is longer: one
/// intermediate message for each layer but the last, in their order, and the result message.
#[utoipa::path(
    post,
    path = "/v1/models/{model}/inspect",
    tag = "evaluation",
    params(
        ("model" = String, Path, description = "The model's name"),
        ("inkognito-keys" = String, Header, description = "Id of the visitor's evaluation keys"),
    ),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (
            status = 200, description = "Encrypted layers and scores, one message after another", body = Vec<u8>, content_type = "application/octet-stream",
            headers(("inkognito-report" = String, description = "JSON: threads, totalMs, prepared, layers, operations")),
        ),
        (status = 400, description = "key-id-malformed, input-malformed, body-incomplete", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "model-unknown, keys-unknown", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 408, description = "too-slow", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 413, description = "body-too-large", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "keys-unfit", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 429, description = "rate-limited", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 500, description = "internal", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "busy, store-unavailable", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn inspect(
    State(app): State<Arc<App>>,
    Path(model): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let admit = || {
        let place = app.inspections.clone().try_acquire_owned();
        place.map_err(|_| Problem::Busy { retry_after: 1 })
    };
    let ask = Session::inspect;
    let (place, messages, heads) = evaluate(&app, &model, &headers, body, admit, ask).await?;
    let length = [(header::CONTENT_LENGTH, HeaderValue::from(messages.len()))];
    Ok((heads, length, delivered(messages, place)).into_response())
}

/// A body that keeps a place until it has been taken: it is long, and whoever takes it may be slow.
fn delivered(messages: Vec<u8>, place: OwnedSemaphorePermit) -> Body {
    let mut rest = Bytes::from(messages);
    Body::from_stream(stream::poll_fn(move |_| {
        let _place = &place;
        let piece = rest.split_to(PIECE.min(rest.len()));
        Poll::Ready((!piece.is_empty()).then_some(Ok::<_, Infallible>(piece)))
    }))
}

/// Bytes of a long answer that are handed over at a time.
const PIECE: usize = 64 << 10;

/// What an evaluation is asked for: message, threads, clock; messages and report.
type Ask = fn(&Session, &[u8], usize, Clock) -> Result<(Vec<u8>, Report), CircuitError>;
type Clock = Box<dyn Fn() -> f64 + Send>;

/// The media type and the report.
type Heads = [(HeaderName, HeaderValue); 2];

/// Messages and heads of the answer; `admit` decides whether a good request is let in.
async fn evaluate<T>(
    app: &App,
    model: &str,
    headers: &HeaderMap,
    body: Body,
    admit: impl FnOnce() -> Result<T, Problem>,
    ask: Ask,
) -> Result<(T, Vec<u8>, Heads), Problem> {
    let threads = app.compute.threads();
    let ask = move |session: &Session, input: &[u8], now| ask(session, input, threads, now);
    let (place, time, (result, report)) =
        with_session(app, model, headers, body, admit, ask).await?;
    app.metrics.inferred(time.waited, time.computed);
    let report = serde_json::to_string(&report).map_err(|_| Problem::Internal)?;
    let report = HeaderValue::try_from(report).map_err(|_| Problem::Internal)?;
    let octets = HeaderValue::from_static(OCTETS);
    let heads = [(header::CONTENT_TYPE, octets), (REPORT, report)];
    Ok((place, result, heads))
}

/// How long a request waited, and how long its work took.
struct Time {
    waited: Duration,
    computed: Duration,
}

/// Does what is asked of the session of the keys that are named, given the body, when its turn has come.
async fn with_session<T, R: Send + 'static>(
    app: &App,
    model: &str,
    headers: &HeaderMap,
    body: Body,
    admit: impl FnOnce() -> Result<T, Problem>,
    ask: impl FnOnce(&Session, &[u8], Clock) -> Result<R, CircuitError> + Send + 'static,
) -> Result<(T, Time, R), Problem> {
    // All of it first: an answer to somebody who is still sending may get lost.
    let input = BoundedBody::new(body, app.largest_input, app.min_rate)?
        .collect()
        .await?;
    let model = app.model(model)?.clone();
    let limit = model.plan().input_len() as u64;
    if input.len() as u64 > limit {
        return Err(Problem::BodyTooLarge { limit });
    }
    let id = headers.get(KEYS).and_then(|id| id.to_str().ok());
    let id: KeyId = id.ok_or(Problem::KeyIdMalformed)?.parse()?;

    let place = admit()?;
    let entered = Instant::now();
    let _turn = app.compute.enter()?.turn().await?;
    let session = app.resident.session(&model, id).await?;
    let done = app.compute.run(move || {
        let start = Instant::now();
        let now = Box::new(move || start.elapsed().as_secs_f64() * 1e3);
        let result = ask(&session, &input, now);
        let (waited, computed) = (start - entered, start.elapsed());
        (Time { waited, computed }, result)
    });
    let (time, result) = done.await?;
    let result = result.map_err(|error| Problem::from_inference(&error))?;
    Ok((place, time, result))
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;
    use tokio::sync::Semaphore;

    use super::*;

    #[tokio::test]
    async fn a_long_answer_keeps_its_place_until_it_is_taken_or_given_up() {
        let places = Arc::new(Semaphore::new(1));
        let enter = || places.clone().try_acquire_owned();
        let long: Vec<u8> = (0..3 * PIECE + 1).map(|i| i as u8).collect();

        let mut body = delivered(long.clone(), enter().unwrap());
        assert!(body.frame().await.is_some() && enter().is_err());
        drop(body);
        let body = delivered(long.clone(), enter().unwrap());
        assert!(enter().is_err());
        assert!(body.collect().await.unwrap().to_bytes() == long);
        assert!(enter().is_ok());
    }
}
