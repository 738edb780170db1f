//! Evaluation keys, uploaded and deleted.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::App;
use crate::Problem;
use crate::body::BoundedBody;
use crate::keys::{KeyId, PartChecker};
use crate::models::Model;
use crate::problem::ProblemDetails;

/// The keys that are here now.
#[derive(Serialize, ToSchema)]
pub(super) struct Stored {
    /// SHA-256 of the body, in hexadecimal: the keys' id. Who knows it may use and delete them.
    id: String,
    /// The keys' length.
    bytes: u64,
}

/// Upload evaluation keys: every key message that the model needs, one after another, in any order.
///
/// They are checked as they come, and kept until nobody has used them for a while. The same keys
/// twice are kept once.
#[utoipa::path(
    post,
    path = "/v1/models/{model}/keys",
    tag = "evaluation",
    params(("model" = String, Path, description = "The model's name")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, description = "These keys are new", body = Stored),
        (status = 200, description = "These keys were here already", body = Stored),
        (status = 400, description = "keys-malformed, body-incomplete", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "model-unknown", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 408, description = "too-slow", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 413, description = "body-too-large", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "keys-unfit", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 429, description = "rate-limited", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 500, description = "internal", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "busy, store-unavailable", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 507, description = "store-full", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn upload(
    State(app): State<Arc<App>>,
    Path(model): Path<String>,
    body: Body,
) -> Result<(StatusCode, Json<Stored>), Problem> {
    let mut pieces = BoundedBody::new(body, app.largest_keys, app.min_rate)?;
    match take_in(&app, &model, &mut pieces).await {
        Ok(stored) => Ok(stored),
        Err(problem) => {
            pieces.discard(&problem).await;
            Err(problem)
        }
    }
}

async fn take_in(
    app: &Arc<App>,
    model: &str,
    pieces: &mut BoundedBody,
) -> Result<(StatusCode, Json<Stored>), Problem> {
    let model = app.model(model)?.clone();
    let bytes = model.plan().evaluation_keys_len() as u64;
    pieces.limit_to(bytes)?;
    let busy = |_| Problem::Busy { retry_after: 2 };
    let _place = app.uploads.try_acquire().map_err(busy)?;
    let (id, new) = receive(app, &model, pieces).await?;
    app.metrics.uploaded();
    warm(app, model, id);
    let status = if new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let id = id.to_string();
    Ok((status, Json(Stored { id, bytes })))
}

async fn receive(
    app: &App,
    model: &Model,
    pieces: &mut BoundedBody,
) -> Result<(KeyId, bool), Problem> {
    let mut upload = app.store.begin().await?;
    let mut checker = PartChecker::new(model.plan());
    let received = async {
        while let Some(bytes) = pieces.next().await? {
            checker.push(&bytes)?;
            upload.write(bytes).await?;
        }
        checker.finish()
    };
    match received.await {
        Ok(()) => upload.finish().await,
        Err(problem) => {
            upload.abort().await;
            Err(problem)
        }
    }
}

/// Gets the keys ready for the first inference, which will come soon; unless there is a queue.
fn warm(app: &Arc<App>, model: Arc<Model>, id: KeyId) {
    let Ok(place) = app.compute.enter() else {
        return;
    };
    let app = app.clone();
    tokio::spawn(async move {
        if let Ok(_turn) = place.turn().await {
            // Who asks for them will be told what is wrong.
            drop(app.resident.session(&model, id).await);
        }
    });
}

/// Delete evaluation keys.
///
/// Other evaluators on the same store stop using them within half a minute.
#[utoipa::path(
    delete,
    path = "/v1/keys/{id}",
    tag = "evaluation",
    params(("id" = String, Path, description = "SHA-256 of the keys, in hexadecimal")),
    responses(
        (status = 204, description = "They are no more"),
        (status = 400, description = "key-id-malformed", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "keys-unknown", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 429, description = "rate-limited", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 500, description = "internal", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "store-unavailable", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id: KeyId = id.parse()?;
    app.resident.forget(app.models.len(), id).await;
    match app.store.delete(id).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::KeysUnknown),
    }
}
