//! The models that the server has, and the problems that it reports.
//!
//! Not for the files of models, which are part of the page.

use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;
use strum::VariantArray;
use utoipa::ToSchema;

use super::App;
use super::answer::{Answer, Query, Success};
use crate::models::About;
use crate::problem::{ProblemCode, ProblemKind};

/// The models.
#[derive(Serialize, ToSchema)]
pub(super) struct Models {
    /// The number of threads that evaluate.
    threads: usize,
    models: Vec<About>,
}

/// The kinds of problem.
#[derive(Serialize, ToSchema)]
pub(super) struct Problems {
    problems: Vec<ProblemKind>,
}

/// List the models, with the parameters of the scheme and the sizes of messages.
#[utoipa::path(get, path = "/v1/models", tag = "evaluation")]
pub(super) async fn list(State(app): State<Arc<App>>) -> Answer<Success<Models>, Query> {
    let models = app.models.iter().map(|model| model.about.clone()).collect();
    let threads = app.compute.threads();
    Ok(Success(Models { threads, models }))
}

/// List the codes of problems.
#[utoipa::path(get, path = "/v1/problems", tag = "evaluation")]
pub(super) async fn problems() -> Answer<Success<Problems>, Query> {
    let kinds = ProblemCode::VARIANTS.iter().map(|code| code.kind());
    let problems = kinds.collect();
    Ok(Success(Problems { problems }))
}
