//! Answers for operators: health, readiness, metrics, and the API's document.
//!
//! Relies on `metrics.rs` and on the store. Not for clients of the API.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use super::App;
use super::answer::{Answer, Operation, Query, Success};
use crate::metrics::OPENMETRICS;
use crate::problem::{Problem, ProblemCode};

/// The state of the program.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    /// `ok`
    status: &'static str,
    /// The program's version.
    version: &'static str,
    /// The seconds since the start of the program.
    uptime: u64,
}

impl Health {
    fn of(app: &App) -> Self {
        Self {
            status: "ok",
            version: env!("CARGO_PKG_VERSION"),
            uptime: app.start.elapsed().as_secs(),
        }
    }
}

/// Report that the program runs.
#[utoipa::path(get, path = "/health", tag = "operations")]
pub(super) async fn health(State(app): State<Arc<App>>) -> Answer<Success<Health>, Query> {
    Ok(Success(Health::of(&app)))
}

/// The check of readiness.
pub(super) struct Readiness;

impl Operation for Readiness {
    const PROBLEMS: &'static [ProblemCode] = &[ProblemCode::StoreUnavailable];
}

/// Report that the program can serve: that its store answers.
#[utoipa::path(get, path = "/ready", tag = "operations")]
pub(super) async fn ready(State(app): State<Arc<App>>) -> Answer<Success<Health>, Readiness> {
    app.store.check().await?;
    Ok(Success(Health::of(&app)))
}

/// The metrics
#[derive(IntoResponses)]
#[response(status = 200, content_type = "application/openmetrics-text")]
pub(super) struct MetricsText(String);

impl IntoResponse for MetricsText {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, OPENMETRICS)], self.0).into_response()
    }
}

/// Return the metrics for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "operations")]
pub(super) async fn metrics(State(app): State<Arc<App>>) -> Answer<MetricsText, Query> {
    let (present, cached) = (app.compute.present(), app.sessions.size().await);
    let text = app.metrics.text(present, cached);
    Ok(MetricsText(text.map_err(|_| Problem::Internal)?))
}

/// An OpenAPI document
#[derive(IntoResponses)]
#[response(status = 200, content_type = "application/json")]
pub(super) struct Document(serde_json::Value);

/// Return this document.
#[utoipa::path(get, path = "/v1/openapi.json", tag = "operations")]
pub(super) async fn openapi() -> Answer<Document, Query> {
    let document = serde_json::to_value(super::openapi()).map_err(|_| Problem::Internal)?;
    Ok(Document(document))
}

impl IntoResponse for Document {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}
