//! What is served here.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::App;
use crate::models::About;
use crate::problem::{KINDS, ProblemDetails, ProblemKind};

/// The models.
#[derive(Serialize, ToSchema)]
pub(super) struct Models {
    /// Threads that evaluate.
    threads: usize,
    models: Vec<About>,
}

/// The kinds of problem.
#[derive(Serialize, ToSchema)]
pub(super) struct Problems {
    problems: Vec<ProblemKind>,
}

/// List the models, with the parameters of the scheme and the sizes of messages.
#[utoipa::path(get, path = "/v1/models", tag = "evaluation", responses(
    (status = 200, body = Models),
    (status = 429, description = "rate-limited", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub(super) async fn list(State(app): State<Arc<App>>) -> Json<Models> {
    let models = app.models.iter().map(|model| model.about.clone()).collect();
    let threads = app.compute.threads();
    Json(Models { threads, models })
}

/// List the codes of problems.
#[utoipa::path(get, path = "/v1/problems", tag = "evaluation", responses(
    (status = 200, body = Problems),
    (status = 429, description = "rate-limited", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub(super) async fn problems() -> Json<Problems> {
    let problems = KINDS.to_vec();
    Json(Problems { problems })
}
