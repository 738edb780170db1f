//! Evaluation keys: uploaded and deleted.
//!
//! Relies on `keys/` for checks and storage. Not for listing keys: an id is a capability.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use super::App;
use super::answer::{Answer, Operation};
use super::parameters::{KeysPath, ModelPath};
use crate::body::BoundedBody;
use crate::keys::{KeyId, PartChecker};
use crate::models::Model;
use crate::problem::{Problem, ProblemCode};

/// The upload of keys.
pub(super) struct Upload;

impl Operation for Upload {
    const PROBLEMS: &'static [ProblemCode] = &[
        ProblemCode::ModelUnknown,
        ProblemCode::KeysMalformed,
        ProblemCode::KeysUnfit,
        ProblemCode::BodyIncomplete,
        ProblemCode::BodyTooLarge,
        ProblemCode::TooSlow,
        ProblemCode::Busy,
        ProblemCode::StoreFull,
        ProblemCode::StoreUnavailable,
    ];
}

/// The deletion of keys.
pub(super) struct Deletion;

impl Operation for Deletion {
    const PROBLEMS: &'static [ProblemCode] = &[
        ProblemCode::KeysUnknown,
        ProblemCode::KeyIdMalformed,
        ProblemCode::StoreUnavailable,
    ];
}

/// The keys that the server has stored.
#[derive(Serialize, ToSchema)]
pub(super) struct Stored {
    /// The id of the keys: the SHA-256 of the body, in hexadecimal. The id is the right to use and
    /// to delete the keys.
    id: String,
    /// The length of the keys.
    bytes: u64,
}

/// The success of an upload.
#[derive(IntoResponses)]
pub(super) enum Uploaded {
    /// The keys are new
    #[response(status = 201)]
    New(Stored),
    /// The server had these keys already
    #[response(status = 200)]
    Known(Stored),
}

impl IntoResponse for Uploaded {
    fn into_response(self) -> Response {
        match self {
            Self::New(stored) => (StatusCode::CREATED, Json(stored)).into_response(),
            Self::Known(stored) => Json(stored).into_response(),
        }
    }
}

/// The keys are deleted
#[derive(IntoResponses)]
#[response(status = 204)]
pub(super) struct Deleted;

impl IntoResponse for Deleted {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

/// Upload evaluation keys: every key message that the model needs, one after another, in any order.
///
/// The server checks the keys as they arrive. It stores them until nobody has used them for some
/// time. It stores the same keys once.
#[utoipa::path(
    post,
    path = "/v1/models/{model}/keys",
    tag = "evaluation",
    params(ModelPath),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
)]
pub(super) async fn upload(
    State(app): State<Arc<App>>,
    Path(model): Path<ModelPath>,
    body: Body,
) -> Answer<Uploaded, Upload> {
    let mut body = BoundedBody::new(body, app.largest_keys, app.min_rate)?;
    match store_keys(&app, &model, &mut body).await {
        Ok(uploaded) => Ok(uploaded),
        Err(problem) => {
            body.discard(&problem).await;
            Err(problem.into())
        }
    }
}

async fn store_keys(
    app: &Arc<App>,
    ModelPath { model }: &ModelPath,
    body: &mut BoundedBody,
) -> Result<Uploaded, Problem> {
    let model = app.model(model)?.clone();
    let bytes = model.plan().evaluation_keys_len() as u64;
    body.limit_to(bytes)?;
    let busy = |_| Problem::Busy { retry_after: 2 };
    let _permit = app.uploads.try_acquire().map_err(busy)?;
    let (id, is_new) = receive(app, &model, body).await?;
    app.metrics.record_upload();
    load_in_background(app, model, id);
    let id = id.to_string();
    let stored = Stored { id, bytes };
    Ok(match is_new {
        true => Uploaded::New(stored),
        false => Uploaded::Known(stored),
    })
}

/// Writes the body into the store while checking it. Returns the id of the keys, and whether they
/// are new.
async fn receive(
    app: &App,
    model: &Model,
    body: &mut BoundedBody,
) -> Result<(KeyId, bool), Problem> {
    let mut upload = app.store.begin().await?;
    let mut checker = PartChecker::new(model.plan());
    let received = async {
        while let Some(bytes) = body.next().await? {
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

/// Loads the keys into memory for the first inference, which will follow soon. Does nothing if the
/// queue is full.
fn load_in_background(app: &Arc<App>, model: Arc<Model>, id: KeyId) {
    let Ok(permit) = app.compute.try_enter() else {
        return;
    };
    let app = app.clone();
    tokio::spawn(async move {
        if let Ok(_permit) = permit.wait_for_keys().await {
            // The first inference reports a failure.
            drop(app.sessions.get(&model, id).await);
        }
    });
}

/// Delete evaluation keys.
///
/// Other evaluators on the same store stop using them within half a minute.
#[utoipa::path(delete, path = "/v1/keys/{id}", tag = "evaluation", params(KeysPath))]
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    Path(KeysPath { id }): Path<KeysPath>,
) -> Answer<Deleted, Deletion> {
    let id: KeyId = id.parse()?;
    app.sessions.remove(app.models.len(), id).await;
    match app.store.delete(id).await? {
        true => Ok(Deleted),
        false => Err(Problem::KeysUnknown.into()),
    }
}
