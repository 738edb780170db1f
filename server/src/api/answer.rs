//! Answers of the API: one type for the response of an operation and for its documentation.
//!
//! A handler returns [`Answer<S, O>`]: the success `S`, or a [`Refusal`] of the operation `O`.
//! Both types write the HTTP response and describe it, so that the OpenAPI document follows from
//! the handler's signature. The problems of a [`Refusal`] come from the table in
//! [`crate::problem`].
//!
//! Relies on axum for responses and on utoipa for the document. Not for the page and its files.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use strum::VariantArray;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder};
use utoipa::{IntoResponses, PartialSchema, ToSchema};

use crate::problem::{PROBLEM_JSON, Problem, ProblemCode, ProblemDetails};

/// The responses of an operation, by status.
type Responses = BTreeMap<String, RefOr<utoipa::openapi::Response>>;

/// The answer of an operation `O`.
pub(super) type Answer<S, O> = Result<S, Refusal<O>>;

/// An operation of the API, as far as its problems are concerned.
pub(super) trait Operation {
    /// The problems of the handler, besides [`COMMON_PROBLEMS`].
    const PROBLEMS: &'static [ProblemCode];
}

/// The problems that the layers around every handler add.
const COMMON_PROBLEMS: [ProblemCode; 2] = [ProblemCode::RateLimited, ProblemCode::Internal];

/// An operation that only reads the state of this server.
pub(super) struct Query;

impl Operation for Query {
    const PROBLEMS: &'static [ProblemCode] = &[];
}

/// A problem as the answer of the operation `O`.
pub(super) struct Refusal<O> {
    problem: Problem,
    operation: PhantomData<O>,
}

impl<O> From<Problem> for Refusal<O> {
    fn from(problem: Problem) -> Self {
        Self {
            problem,
            operation: PhantomData,
        }
    }
}

impl<O> IntoResponse for Refusal<O> {
    fn into_response(self) -> Response {
        self.problem.into_response()
    }
}

impl<O: Operation> IntoResponses for Refusal<O> {
    fn responses() -> Responses {
        let mut by_status = BTreeMap::<StatusCode, Vec<ProblemCode>>::new();
        for &code in ProblemCode::VARIANTS {
            if O::PROBLEMS.contains(&code) || COMMON_PROBLEMS.contains(&code) {
                by_status.entry(code.kind().status).or_default().push(code);
            }
        }
        let responses = by_status.into_iter();
        responses
            .map(|(status, codes)| (status.as_str().to_owned(), document_problems(&codes)))
            .collect()
    }
}

/// Describes the response of several problems that share a status. The description is the list of
/// their codes.
fn document_problems(codes: &[ProblemCode]) -> RefOr<utoipa::openapi::Response> {
    let list: Vec<_> = codes.iter().map(|code| code.kind().code).collect();
    let response = ResponseBuilder::new()
        .description(list.join(", "))
        .content(PROBLEM_JSON, content_of::<ProblemDetails>());
    if !codes.iter().any(|code| code.kind().retry_after) {
        return response.build().into();
    }
    let seconds = HeaderBuilder::new()
        .schema(Some(u64::schema()))
        .description(Some("Seconds until the next try"))
        .build();
    response.header("retry-after", seconds).build().into()
}

/// Returns the content that refers to the component schema of `T`.
pub(super) fn content_of<T: ToSchema>() -> Content {
    Content::new(Some(Ref::from_schema_name(T::name())))
}

/// A success with a JSON body, status 200.
pub(super) struct Success<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Success<T> {
    fn into_response(self) -> Response {
        Json(self.0).into_response()
    }
}

impl<T: ToSchema> IntoResponses for Success<T> {
    fn responses() -> Responses {
        let response = ResponseBuilder::new()
            .description(T::name())
            .content("application/json", content_of::<T>());
        BTreeMap::from([(StatusCode::OK.as_str().to_owned(), response.build().into())])
    }
}
