//! For those who run the server.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::App;
use crate::Problem;
use crate::metrics::OPENMETRICS;
use crate::problem::ProblemDetails;

/// Health.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    /// `ok`
    status: &'static str,
    /// The program's version.
    version: &'static str,
    /// Seconds since it was started.
    uptime: u64,
}

/// The program runs.
#[utoipa::path(get, path = "/health", tag = "operations", responses((status = 200, body = Health), (status = 429, description = "rate-limited", body = ProblemDetails, content_type = "application/problem+json")))]
pub(super) async fn health(State(app): State<Arc<App>>) -> Json<Health> {
    Json(Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
        uptime: app.start.elapsed().as_secs(),
    })
}

/// The program can serve: its store answers.
#[utoipa::path(
    get, path = "/ready", tag = "operations",
    responses(
        (status = 200, body = Health),
        (status = 429, description = "rate-limited", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "store-unavailable", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn ready(state: State<Arc<App>>) -> Result<Json<Health>, Problem> {
    state.store.check().await?;
    Ok(health(state).await)
}

/// Numbers for Prometheus.
#[utoipa::path(
    get, path = "/metrics", tag = "operations",
    responses((status = 200, body = String, content_type = "application/openmetrics-text"), (status = 429, description = "rate-limited", body = ProblemDetails, content_type = "application/problem+json")),
)]
pub(super) async fn metrics(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let (present, resident) = (app.compute.present(), app.resident.size().await);
    let text = app
        .metrics
        .text(present, resident)
        .map_err(|_| Problem::Internal)?;
    Ok(([(header::CONTENT_TYPE, OPENMETRICS)], text).into_response())
}

/// This document.
#[utoipa::path(
    get, path = "/v1/openapi.json", tag = "operations",
    responses((status = 200, body = serde_json::Value, content_type = "application/json"), (status = 429, description = "rate-limited", body = ProblemDetails, content_type = "application/problem+json")),
)]
pub(super) async fn openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(super::openapi())
}
