//! The API, version 1, and what lies beside it: health, metrics, the page.

mod infer;
mod keys;
mod models;
mod operations;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use tokio::sync::Semaphore;
use tower_http::cors::{AllowOrigin, CorsLayer};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Problem;
use crate::body::MinRate;
use crate::compute::Compute;
use crate::keys::{KeyStore, Resident};
use crate::limit::{RateLimit, rate_limit};
use crate::metrics::{Answered, Metrics};
use crate::models::Model;
use crate::page::Page;
use crate::problem::ProblemKind;

/// The media type of the bodies that are messages of the wire format.
pub(crate) const OCTETS: &str = "application/octet-stream";
/// Names the keys of an inference. A header, because paths end up in the logs of proxies.
pub(crate) const KEYS: HeaderName = HeaderName::from_static("inkognito-keys");
/// How an inference went, as a JSON object.
pub(crate) const REPORT: HeaderName = HeaderName::from_static("inkognito-report");

/// What all requests share.
pub(crate) struct App {
    pub(crate) models: Vec<Arc<Model>>,
    /// Bytes of the longest input and of the longest keys of any model.
    pub(crate) largest_input: u64,
    pub(crate) largest_keys: u64,
    pub(crate) store: KeyStore,
    pub(crate) resident: Resident,
    pub(crate) compute: Arc<Compute>,
    pub(crate) metrics: Metrics,
    pub(crate) uploads: Semaphore,
    /// Who may have all layers sent: that takes memory until it has been taken.
    pub(crate) inspections: Arc<Semaphore>,
    pub(crate) min_rate: MinRate,
    pub(crate) page: Option<Page>,
    pub(crate) headers: HeaderMap,
    pub(crate) start: Instant,
}

impl App {
    pub(crate) fn model(&self, name: &str) -> Result<&Arc<Model>, Problem> {
        let model = self.models.iter().find(|model| model.name == name);
        model.ok_or(Problem::ModelUnknown)
    }
}

#[derive(OpenApi)]
#[openapi(info(
    title = "Inkognito evaluator",
    description = "Runs neural networks on encrypted images. Bodies are messages of the project's wire \
        format (crates/ckks/src/wire); this server has no key that could decrypt them. Errors are problem \
        details (RFC 9457) whose codes GET /v1/problems lists.",
    license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
))]
struct Document;

fn documented() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(models::list))
        .routes(routes!(models::problems))
        .routes(routes!(keys::upload))
        .routes(routes!(keys::delete))
        .routes(routes!(infer::prepare))
        .routes(routes!(infer::infer))
        .routes(routes!(infer::inspect))
        .routes(routes!(operations::openapi))
        .routes(routes!(operations::health))
        .routes(routes!(operations::ready))
        .routes(routes!(operations::metrics))
}

/// The OpenAPI document of the API.
pub fn openapi() -> utoipa::openapi::OpenApi {
    documented().into_openapi()
}

/// Everything that the server answers.
pub(crate) fn router(
    app: Arc<App>,
    rate: Option<Arc<RateLimit>>,
    origins: &[HeaderValue],
) -> Router {
    let (router, _) = documented().split_for_parts();
    let mut router = router
        .method_not_allowed_fallback(|| async { Problem::MethodNotAllowed })
        .fallback(page)
        .with_state(app.clone());
    if let Some(rate) = rate {
        router = router.layer(from_fn_with_state(rate, rate_limit));
    }
    if !origins.is_empty() {
        router = router.layer(cors(origins));
    }
    router.layer(from_fn_with_state((app, !origins.is_empty()), observe))
}

/// Lets pages of these origins use the API.
fn cors(origins: &[HeaderValue]) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins.iter().cloned()))
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([header::CONTENT_TYPE, KEYS])
        .expose_headers([REPORT, header::RETRY_AFTER])
        .max_age(Duration::from_secs(3600))
}

async fn page(State(app): State<Arc<App>>, request: Request) -> Response {
    let file = app.page.as_ref();
    match file.and_then(|page| page.get(request.uri().path(), request.headers())) {
        Some(file) if matches!(*request.method(), Method::GET | Method::HEAD) => file,
        Some(_) => Problem::MethodNotAllowed.into_response(),
        None => Problem::NotFound.into_response(),
    }
}

/// Around everything: headers, one line in the log, numbers, and an answer even to a fault.
async fn observe(
    State((app, shared)): State<(Arc<App>, bool)>,
    request: Request,
    next: Next,
) -> Response {
    let start = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| "page".to_owned(), |route| route.as_str().to_owned());
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let mut response = answer.unwrap_or_else(|_| Problem::Internal.into_response());
    for (name, value) in &app.headers {
        response.headers_mut().insert(name, value.clone());
    }
    if shared {
        let anyone = HeaderValue::from_static("cross-origin");
        response
            .headers_mut()
            .insert("cross-origin-resource-policy", anyone);
    }
    let problem = response
        .extensions()
        .get::<ProblemKind>()
        .map_or("", |kind| kind.code);
    let status = response.status().as_u16();
    let time = start.elapsed();
    let ms = time.as_secs_f64() * 1e3;
    // Neither the path nor an address: who reads the log learns nothing of visitors.
    tracing::info!(%method, route, status, problem, ms, "answered");
    let method = known(&method).to_owned();
    app.metrics.answered(
        &Answered {
            route,
            method,
            status,
            problem,
        },
        time,
    );
    response
}

/// A method's name, for as many labels as there are methods, whatever is sent.
fn known(method: &Method) -> &str {
    let known = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::DELETE,
        Method::OPTIONS,
    ];
    if known.contains(method) {
        method.as_str()
    } else {
        "other"
    }
}
