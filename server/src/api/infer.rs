//! The inference: a ciphertext in, a ciphertext out.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::{App, KEYS, OCTETS, REPORT};
use crate::Problem;
use crate::body::Pieces;
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
            headers(("inkognito-report" = String, description = "JSON: threads, totalMs, layers, operations")),
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
    // All of it first: an answer to somebody who is still sending may get lost.
    let input = Pieces::new(body, app.largest_input, app.pace)?
        .collect()
        .await?;
    let model = app.model(&model)?.clone();
    let limit = model.plan().input_len() as u64;
    if input.len() as u64 > limit {
        return Err(Problem::BodyTooLarge { limit });
    }
    let id = headers.get(KEYS).and_then(|id| id.to_str().ok());
    let id: KeyId = id.ok_or(Problem::KeyIdMalformed)?.parse()?;

    let entered = Instant::now();
    let _turn = app.compute.enter()?.turn().await?;
    let session = app.resident.session(&model, id).await?;
    let threads = app.compute.threads();
    let done = app.compute.run(move || {
        let start = Instant::now();
        let now = || start.elapsed().as_secs_f64() * 1e3;
        let result = session.infer_timed(&input, threads, now);
        (start - entered, start.elapsed(), result)
    });
    let (waited, computed, result) = done.await?;
    let (result, report) = result.map_err(|error| Problem::from_inference(&error))?;
    app.metrics.inferred(waited, computed);
    let report = serde_json::to_string(&report).map_err(|_| Problem::Internal)?;
    let report = HeaderValue::try_from(report).map_err(|_| Problem::Internal)?;
    let octets = HeaderValue::from_static(OCTETS);
    Ok(([(header::CONTENT_TYPE, octets), (REPORT, report)], result).into_response())
}
