//! Evaluations: an encrypted image in, encrypted scores out; for teaching, every layer as well.
//!
//! Relies on [`Session`] for the evaluation and on `compute.rs` for threads. Not for keys that are
//! not uploaded yet.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use headers::{ContentLength, ContentType, HeaderMapExt};
use inkognito_network::{CircuitError, Report, Session};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::{Content, RefOr, ResponseBuilder};
use utoipa::{IntoResponses, PartialSchema};

use super::answer::{Answer, Operation};
use super::parameters::{KeysHeader, ModelPath};
use super::{App, OCTET_STREAM, REPORT};
use crate::body::BoundedBody;
use crate::problem::{Problem, ProblemCode};

/// An operation that uses a visitor's keys: inference, preparation or inspection.
pub(super) struct Evaluation;

impl Operation for Evaluation {
    const PROBLEMS: &'static [ProblemCode] = &[
        ProblemCode::ModelUnknown,
        ProblemCode::KeysUnknown,
        ProblemCode::KeyIdMalformed,
        ProblemCode::KeysUnfit,
        ProblemCode::InputMalformed,
        ProblemCode::BodyIncomplete,
        ProblemCode::BodyTooLarge,
        ProblemCode::TooSlow,
        ProblemCode::Busy,
        ProblemCode::StoreUnavailable,
    ];
}

/// Run a model on an encrypted image.
///
/// The answer is the encrypted scores. It depends on keys and image alone. A client may send the
/// same request again, to any evaluator, and gets the same bytes.
#[utoipa::path(
    post,
    path = "/v1/models/{model}/infer",
    tag = "evaluation",
    params(ModelPath, KeysHeader),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
)]
pub(super) async fn infer(
    State(app): State<Arc<App>>,
    Path(model): Path<ModelPath>,
    headers: HeaderMap,
    body: Body,
) -> Answer<Evaluated, Evaluation> {
    let work = Session::infer_timed;
    Ok(evaluate(&app, &model, &headers, body, None, work).await?)
}

/// Prepare for an encrypted image whose mask is known.
///
/// The mask is half of an encryption, c_1, and says nothing about the image. The next image with
/// this mask is answered sooner, if it reaches this evaluator, and with the same bytes. A
/// preparation takes as much work as half an inference, and waits in the same queue.
#[utoipa::path(
    post,
    path = "/v1/models/{model}/prepare",
    tag = "evaluation",
    params(ModelPath, KeysHeader),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
)]
pub(super) async fn prepare(
    State(app): State<Arc<App>>,
    Path(model): Path<ModelPath>,
    headers: HeaderMap,
    body: Body,
) -> Answer<Prepared, Evaluation> {
    let work = |session: &Session, mask: &[u8], now: Clock| session.prepare(mask, now);
    with_session(&app, &model, &headers, body, None, work).await?;
    Ok(Prepared)
}

/// Run a model on an encrypted image and return the output of every layer, for teaching.
///
/// An inspection waits in the same queue as an inference. Its answer is longer: one intermediate
/// message for each layer but the last, in the order of the layers, then the result message.
#[utoipa::path(
    post,
    path = "/v1/models/{model}/inspect",
    tag = "evaluation",
    params(ModelPath, KeysHeader),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
)]
pub(super) async fn inspect(
    State(app): State<Arc<App>>,
    Path(model): Path<ModelPath>,
    headers: HeaderMap,
    body: Body,
) -> Answer<Evaluated, Evaluation> {
    let (permits, work) = (Some(&app.inspections), Session::inspect);
    Ok(evaluate(&app, &model, &headers, body, permits, work).await?)
}

/// The evaluator is prepared
#[derive(IntoResponses)]
#[response(status = 204)]
pub(super) struct Prepared;

impl IntoResponse for Prepared {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

/// The result of an evaluation: messages of the wire format, one after another, and the report.
pub(super) struct Evaluated {
    messages: Vec<u8>,
    report: HeaderValue,
    /// The permit that an inspection holds until the client has read the messages.
    permit: Option<OwnedSemaphorePermit>,
}

impl IntoResponse for Evaluated {
    fn into_response(self) -> Response {
        let length = self.messages.len() as u64;
        let body = match self.permit {
            None => Body::from(self.messages),
            Some(permit) => body_with_permit(self.messages, permit),
        };
        let mut response = Response::new(body);
        let headers = response.headers_mut();
        headers.typed_insert(ContentType::octet_stream());
        headers.typed_insert(ContentLength(length));
        headers.insert(REPORT, self.report);
        response
    }
}

impl IntoResponses for Evaluated {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let report = HeaderBuilder::new()
            .schema(Some(String::schema()))
            .description(Some("JSON: threads, totalMs, prepared, layers, operations"))
            .build();
        let response = ResponseBuilder::new()
            .description("The encrypted result: one message, or one for every layer")
            .content(OCTET_STREAM, Content::new(Some(Vec::<u8>::schema())))
            .header(REPORT.as_str(), report);
        BTreeMap::from([(StatusCode::OK.as_str().to_owned(), response.build().into())])
    }
}

/// Returns a body that holds `permit` until it is read or dropped. The answer is long, and its
/// reader may be slow: the permit bounds the memory of such answers.
fn body_with_permit(messages: Vec<u8>, permit: OwnedSemaphorePermit) -> Body {
    let mut rest = Bytes::from(messages);
    Body::from_stream(stream::poll_fn(move |_| {
        let _permit = &permit;
        let chunk = rest.split_to(CHUNK_BYTES.min(rest.len()));
        Poll::Ready((!chunk.is_empty()).then_some(Ok::<_, Infallible>(chunk)))
    }))
}

/// The bytes of one chunk of [`body_with_permit`].
const CHUNK_BYTES: usize = 64 << 10;

/// Milliseconds since the work began.
type Clock = Box<dyn Fn() -> f64 + Send>;

/// The work of an evaluation: session, input message, threads and clock to messages and report.
type Work = fn(&Session, &[u8], usize, Clock) -> Result<(Vec<u8>, Report), CircuitError>;

/// Does the `work` of an evaluation, and records how long it waited and computed.
async fn evaluate(
    app: &App,
    model: &ModelPath,
    headers: &HeaderMap,
    body: Body,
    permits: Option<&Arc<Semaphore>>,
    work: Work,
) -> Result<Evaluated, Problem> {
    let threads = app.compute.threads();
    let work = move |session: &Session, input: &[u8], now| work(session, input, threads, now);
    let done = with_session(app, model, headers, body, permits, work).await?;
    let (messages, report) = done.result;
    app.metrics.record_inference(done.waited, done.computed);
    let report = serde_json::to_string(&report).map_err(|_| Problem::Internal)?;
    Ok(Evaluated {
        messages,
        report: HeaderValue::try_from(report).map_err(|_| Problem::Internal)?,
        permit: done.permit,
    })
}

/// The result of work on a session.
struct Done<R> {
    result: R,
    /// The time from the queue's entry to the start of the work.
    waited: Duration,
    /// The time of the work itself.
    computed: Duration,
    permit: Option<OwnedSemaphorePermit>,
}

/// Reads the body, waits in the queue, and does `work` on the session of the named keys.
///
/// A request that is valid must get one of the `permits`, if there are any.
async fn with_session<R: Send + 'static>(
    app: &App,
    ModelPath { model }: &ModelPath,
    headers: &HeaderMap,
    body: Body,
    permits: Option<&Arc<Semaphore>>,
    work: impl FnOnce(&Session, &[u8], Clock) -> Result<R, CircuitError> + Send + 'static,
) -> Result<Done<R>, Problem> {
    // The whole body comes first: a client that is still sending may lose the answer.
    let input = BoundedBody::new(body, app.largest_input, app.min_rate)?
        .collect()
        .await?;
    let model = app.model(model)?.clone();
    let limit = model.plan().input_len() as u64;
    if input.len() as u64 > limit {
        return Err(Problem::BodyTooLarge { limit });
    }
    let KeysHeader(id) = headers.typed_get().ok_or(Problem::KeyIdMalformed)?;

    let busy = |_| Problem::Busy { retry_after: 1 };
    let permit = permits.map(|permits| permits.clone().try_acquire_owned());
    let permit = permit.transpose().map_err(busy)?;
    let entered = Instant::now();
    let _permit = app.compute.try_enter()?.wait_for_keys().await?;
    let session = app.sessions.get(&model, id).await?;
    let work = app.compute.run(move || {
        let start = Instant::now();
        let now = Box::new(move || start.elapsed().as_secs_f64() * 1e3);
        let result = work(&session, &input, now);
        (result, start - entered, start.elapsed())
    });
    let (result, waited, computed) = work.await?;
    Ok(Done {
        result: result.map_err(|error| Problem::from_inference(&error))?,
        waited,
        computed,
        permit,
    })
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn a_long_answer_holds_its_permit_until_it_is_read_or_dropped() {
        let permits = Arc::new(Semaphore::new(1));
        let acquire = || permits.clone().try_acquire_owned();
        let long: Vec<u8> = (0..3 * CHUNK_BYTES + 1).map(|i| i as u8).collect();

        let mut body = body_with_permit(long.clone(), acquire().unwrap());
        assert!(body.frame().await.is_some() && acquire().is_err());
        drop(body);
        let body = body_with_permit(long.clone(), acquire().unwrap());
        assert!(acquire().is_err());
        assert!(body.collect().await.unwrap().to_bytes() == long);
        assert!(acquire().is_ok());
    }
}
