//! The HTTP interface: the API, version 1; health and metrics; the page.
//!
//! Relies on axum for routes and on utoipa for the document. Not for limits on connections, which
//! are in `net.rs`.

mod answer;
mod infer;
mod keys;
mod models;
mod operations;
mod parameters;

use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::set_header::response::SetMultipleResponseHeadersLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::MinRate;
use crate::compute::Compute;
use crate::keys::{KeyStore, SessionCache};
use crate::limit::{RateLimit, rate_limit};
use crate::metrics::{Metrics, RequestLabels};
use crate::models::{About, Model};
use crate::page::Page;
use crate::problem::{Problem, ProblemDetails, ProblemKind};

/// The media type of messages of the wire format.
const OCTET_STREAM: &str = "application/octet-stream";
/// The header with the report on an evaluation, a JSON object.
const REPORT: HeaderName = HeaderName::from_static("inkognito-report");

/// The state that all requests share.
pub(crate) struct App {
    pub(crate) models: Vec<Arc<Model>>,
    /// The bytes of the longest input of any model.
    pub(crate) largest_input: u64,
    /// The bytes of the longest set of keys of any model.
    pub(crate) largest_keys: u64,
    pub(crate) store: KeyStore,
    pub(crate) sessions: SessionCache,
    pub(crate) compute: Arc<Compute>,
    pub(crate) metrics: Metrics,
    /// The permits of uploads.
    pub(crate) uploads: Semaphore,
    /// The permits of inspections, whose answers take memory until clients have read them.
    pub(crate) inspections: Arc<Semaphore>,
    pub(crate) min_rate: MinRate,
    pub(crate) page: Option<Page>,
    pub(crate) start: Instant,
}

impl App {
    /// Returns the model of this name.
    ///
    /// # Errors
    /// [`Problem::ModelUnknown`] if the server has no such model.
    fn model(&self, name: &str) -> Result<&Arc<Model>, Problem> {
        let model = self.models.iter().find(|model| model.name == name);
        model.ok_or(Problem::ModelUnknown)
    }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Inkognito evaluator",
        description = "Runs neural networks on encrypted images. Bodies are messages of the \
            project's wire format (crates/ckks/src/wire). This server has no key that could \
            decrypt them. Errors are problem details (RFC 9457), whose codes GET /v1/problems \
            lists.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    components(schemas(
        About,
        ProblemDetails,
        ProblemKind,
        keys::Stored,
        models::Models,
        models::Problems,
        operations::Health,
    ))
)]
struct Document;

/// Returns the routes of the API together with their document.
fn documented_routes() -> OpenApiRouter<Arc<App>> {
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

/// Returns the OpenAPI document of the API.
pub fn openapi() -> utoipa::openapi::OpenApi {
    documented_routes().into_openapi()
}

/// Returns the service for all requests. It sets `headers` on every response, and pages of the
/// `origins` may use it.
pub(crate) fn router(
    app: Arc<App>,
    rate: Option<Arc<RateLimit>>,
    origins: &[HeaderValue],
    headers: HeaderMap,
) -> Router {
    let (router, _) = documented_routes().split_for_parts();
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
    let headers = headers.iter();
    let headers = headers.map(|(name, value)| (name.clone(), value.clone()).into());
    router
        .layer(CatchPanicLayer::custom(internal_error))
        .layer(SetMultipleResponseHeadersLayer::overriding(
            headers.collect(),
        ))
        .layer(from_fn_with_state(app, observe))
}

/// Lets pages of these origins use the API.
fn cors(origins: &[HeaderValue]) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins.iter().cloned()))
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([header::CONTENT_TYPE, parameters::KEYS])
        .expose_headers([REPORT, header::RETRY_AFTER])
        .max_age(Duration::from_secs(3600))
}

/// Answers a request whose handler panicked. The panic hook has printed the message.
fn internal_error(_: Box<dyn Any + Send>) -> Response {
    Problem::Internal.into_response()
}

/// Serves the files of the page.
async fn page(State(app): State<Arc<App>>, request: Request) -> Response {
    let page = app.page.as_ref();
    match page.and_then(|page| page.get(request.uri().path(), request.headers())) {
        Some(file) if matches!(*request.method(), Method::GET | Method::HEAD) => file,
        Some(_) => Problem::MethodNotAllowed.into_response(),
        None => Problem::NotFound.into_response(),
    }
}

/// Records each request: one line in the log, and the metrics.
async fn observe(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| "page".to_owned(), |route| route.as_str().to_owned());
    let response = next.run(request).await;
    let kind = response.extensions().get::<ProblemKind>();
    let problem = kind.map_or("", |kind| kind.code);
    let status = response.status().as_u16();
    let time = start.elapsed();
    let ms = time.as_secs_f64() * 1e3;
    // The log holds neither paths nor addresses, so that its readers learn nothing about visitors.
    tracing::info!(%method, route, status, problem, ms, "answered");
    let method = method_label(&method).to_owned();
    let labels = RequestLabels {
        route,
        method,
        status,
        problem,
    };
    app.metrics.record_request(&labels, time);
    response
}

/// Returns the label of a method. Unknown methods share one label, so that clients cannot make
/// labels.
fn method_label(method: &Method) -> &str {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use strum::VariantArray;
    use utoipa::openapi::{RefOr, Response};

    use super::*;
    use crate::problem::{PROBLEM_JSON, ProblemCode};

    /// Returns status, codes and response of every problem response in the document.
    fn documented_problems() -> Vec<(String, Vec<ProblemCode>, Response)> {
        let mut found = vec![];
        for item in openapi().paths.paths.into_values() {
            for operation in [item.get, item.post, item.delete].into_iter().flatten() {
                for (status, response) in operation.responses.responses {
                    let RefOr::T(response) = response else {
                        panic!("a response is a reference")
                    };
                    if !response.content.contains_key(PROBLEM_JSON) {
                        assert!(status.starts_with('2'), "{status} is not a problem");
                        continue;
                    }
                    let code = |text: &str| {
                        let mut codes = ProblemCode::VARIANTS.iter().copied();
                        let code = codes.find(|code| code.kind().code == text);
                        code.unwrap_or_else(|| panic!("{text:?} is not a problem"))
                    };
                    let codes = response.description.split(", ").map(code).collect();
                    found.push((status, codes, response));
                }
            }
        }
        found
    }

    #[test]
    fn every_documented_problem_agrees_with_the_table() {
        for (status, codes, response) in documented_problems() {
            for code in codes {
                let kind = code.kind();
                assert_eq!(kind.status.as_str(), status, "{code:?}");
                let retry_after = response.headers.contains_key("retry-after");
                assert_eq!(retry_after, kind.retry_after, "{code:?}");
            }
        }
    }

    #[test]
    fn every_problem_of_a_documented_path_is_documented() {
        let documented = documented_problems().into_iter();
        let documented: BTreeSet<_> = documented.flat_map(|(_, codes, _)| codes).collect();
        for &code in ProblemCode::VARIANTS {
            // These two belong to paths and methods that the document does not have.
            let outside = matches!(code, ProblemCode::NotFound | ProblemCode::MethodNotAllowed);
            assert_eq!(documented.contains(&code), !outside, "{code:?}");
        }
    }
}
