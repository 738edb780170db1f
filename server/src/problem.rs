//! Problems: why the server refuses a request, as problem details (RFC 9457).
//!
//! [`ProblemCode::kind`] is the one table. It gives each problem its code, its HTTP status, its
//! title, and whether the response carries `Retry-After`. The responses, the OpenAPI document and
//! `GET /v1/problems` all read this table.
//!
//! Not for faults of the operator's set-up, which end the program with a message.

use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use headers::{Connection, HeaderMapExt, RetryAfter};
use inkognito_network::CircuitError;
use serde::{Serialize, Serializer};
use strum::{EnumDiscriminants, VariantArray};
use utoipa::ToSchema;

/// The media type of problem details.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// The seconds after which a client asks a failed store again.
const STORE_RETRY_AFTER: u64 = 2;

/// The reason why the server refused a request.
///
/// No variant holds a payload, the id of keys or an address.
#[derive(Debug, Clone, thiserror::Error, EnumDiscriminants)]
#[cfg_attr(test, derive(strum::EnumIter))]
#[strum_discriminants(
    name(ProblemCode),
    vis(pub(crate)),
    derive(PartialOrd, Ord, VariantArray),
    doc = "The kind of a [`Problem`], without the details of one request."
)]
#[non_exhaustive]
pub enum Problem {
    /// The path does not exist.
    #[error("there is nothing at this path")]
    NotFound,
    /// The path exists, but not with this method.
    #[error("this path does not take this method")]
    MethodNotAllowed,
    /// The server has no model of this name.
    #[error("there is no model of this name; GET /v1/models lists the models")]
    ModelUnknown,
    /// The keys were never uploaded, have expired or were deleted.
    #[error("the server has no such evaluation keys; upload them again")]
    KeysUnknown,
    /// The id of the keys is missing, or is not a SHA-256 in lower-case hexadecimal.
    #[error("the id of the keys must be 64 lower-case hexadecimal digits")]
    KeyIdMalformed,
    /// The body does not consist of evaluation keys.
    #[error("part {part} of the keys cannot be read: {reason}")]
    KeysMalformed {
        /// The index of the message within the body, from zero.
        part: usize,
        /// The defect of that message.
        reason: String,
    },
    /// The body consists of evaluation keys, but not of those that the model needs.
    #[error("these are not the keys that the model needs: {reason}")]
    KeysUnfit {
        /// The keys that are missing or not needed.
        reason: String,
    },
    /// The body is not an encrypted input for the model.
    #[error("the input cannot be read: {reason}")]
    InputMalformed {
        /// The defect of the input.
        reason: String,
    },
    /// The body ended early.
    #[error("the body ended after {received} bytes, before it was complete")]
    BodyIncomplete {
        /// The bytes that arrived.
        received: u64,
    },
    /// The body is longer than the limit.
    #[error("the body may have at most {limit} bytes")]
    BodyTooLarge {
        /// The bytes allowed.
        limit: u64,
    },
    /// The body arrived too slowly.
    #[error("the body arrived too slowly; the server stopped reading after {received} bytes")]
    TooSlow {
        /// The bytes that arrived.
        received: u64,
    },
    /// The address sent more requests than it may.
    #[error("too many requests from this address")]
    RateLimited {
        /// The seconds until the address may send the next request.
        retry_after: u64,
    },
    /// The queue is full.
    #[error("the evaluator is busy")]
    Busy {
        /// The seconds after which the client should try again.
        retry_after: u64,
    },
    /// The store is full.
    #[error("the store has no space for more keys")]
    StoreFull,
    /// The store cannot be read or written.
    #[error("the store of keys cannot be reached")]
    StoreUnavailable,
    /// The server has a fault.
    #[error("the server failed to handle this request")]
    Internal,
}

/// A kind of problem: one row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemKind {
    /// The stable code.
    pub code: &'static str,
    /// The HTTP status of the response.
    #[serde(serialize_with = "serialize_status")]
    #[schema(value_type = u16)]
    pub status: StatusCode,
    /// The meaning of the code, in a few words.
    pub title: &'static str,
    /// Whether the response carries `Retry-After`.
    #[serde(skip)]
    pub retry_after: bool,
}

/// Problem details (RFC 9457, section 3), with the code beside its URI.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemDetails {
    /// `/v1/problems#CODE`
    #[serde(rename = "type")]
    type_uri: String,
    /// The stable code.
    code: &'static str,
    /// The meaning of the code, in a few words.
    title: &'static str,
    /// The HTTP status of the response.
    status: u16,
    /// The reason why the server refused this request.
    detail: String,
}

impl ProblemCode {
    /// Returns the row of this problem. A code is never reused for another problem.
    pub(crate) const fn kind(self) -> ProblemKind {
        use StatusCode as S;
        let (code, status, title, retry_after) = match self {
            Self::NotFound => ("not-found", S::NOT_FOUND, "Nothing here", false),
            Self::MethodNotAllowed => (
                "method-not-allowed",
                S::METHOD_NOT_ALLOWED,
                "Method not allowed",
                false,
            ),
            Self::ModelUnknown => ("model-unknown", S::NOT_FOUND, "Unknown model", false),
            Self::KeysUnknown => (
                "keys-unknown",
                S::NOT_FOUND,
                "Unknown evaluation keys",
                false,
            ),
            Self::KeyIdMalformed => (
                "key-id-malformed",
                S::BAD_REQUEST,
                "Malformed id of evaluation keys",
                false,
            ),
            Self::KeysMalformed => (
                "keys-malformed",
                S::BAD_REQUEST,
                "Malformed evaluation keys",
                false,
            ),
            Self::KeysUnfit => (
                "keys-unfit",
                S::UNPROCESSABLE_ENTITY,
                "Other evaluation keys than the model needs",
                false,
            ),
            Self::InputMalformed => ("input-malformed", S::BAD_REQUEST, "Malformed input", false),
            Self::BodyIncomplete => ("body-incomplete", S::BAD_REQUEST, "Incomplete body", false),
            Self::BodyTooLarge => (
                "body-too-large",
                S::PAYLOAD_TOO_LARGE,
                "Body too large",
                false,
            ),
            Self::TooSlow => ("too-slow", S::REQUEST_TIMEOUT, "Body too slow", false),
            Self::RateLimited => (
                "rate-limited",
                S::TOO_MANY_REQUESTS,
                "Too many requests",
                true,
            ),
            Self::Busy => ("busy", S::SERVICE_UNAVAILABLE, "Busy", true),
            Self::StoreFull => (
                "store-full",
                S::INSUFFICIENT_STORAGE,
                "No space for more keys",
                false,
            ),
            Self::StoreUnavailable => (
                "store-unavailable",
                S::SERVICE_UNAVAILABLE,
                "Store of keys unavailable",
                true,
            ),
            Self::Internal => (
                "internal",
                S::INTERNAL_SERVER_ERROR,
                "Internal error",
                false,
            ),
        };
        ProblemKind {
            code,
            status,
            title,
            retry_after,
        }
    }
}

impl Problem {
    /// Returns the kind of this problem.
    pub fn kind(&self) -> ProblemKind {
        ProblemCode::from(self).kind()
    }

    /// Returns the seconds after which the same request may succeed.
    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::RateLimited { retry_after } | Self::Busy { retry_after } => Some(*retry_after),
            Self::StoreUnavailable => Some(STORE_RETRY_AFTER),
            _ => None,
        }
    }

    /// Returns the problem for an error of an evaluation: a fault of the input, or of the server.
    pub(crate) fn from_inference(error: &CircuitError) -> Self {
        match error {
            CircuitError::Wire(_) | CircuitError::Ckks(_) => Self::InputMalformed {
                reason: error.to_string(),
            },
            _ => Self::Internal,
        }
    }

    /// Returns whether the body itself is the reason, so that the server left its rest unread.
    pub(crate) fn leaves_body_unread(&self) -> bool {
        matches!(
            self,
            Self::BodyTooLarge { .. } | Self::TooSlow { .. } | Self::BodyIncomplete { .. }
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let kind = self.kind();
        let details = ProblemDetails {
            type_uri: format!("/v1/problems#{}", kind.code),
            code: kind.code,
            title: kind.title,
            status: kind.status.as_u16(),
            detail: self.to_string(),
        };
        let body = serde_json::to_vec(&details).unwrap_or_default();
        let content_type = [(header::CONTENT_TYPE, PROBLEM_JSON)];
        let mut response = (kind.status, content_type, body).into_response();
        if let Some(seconds) = self.retry_after() {
            let delay = RetryAfter::delay(Duration::from_secs(seconds));
            response.headers_mut().typed_insert(delay);
        }
        if self.leaves_body_unread() {
            // The rest of the body makes a further request on this connection impossible. Without
            // this header a client may send one, and lose it.
            response.headers_mut().typed_insert(Connection::close());
        }
        response.extensions_mut().insert(kind);
        response
    }
}

fn serialize_status<S: Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn codes_are_distinct_and_stable() {
        let codes = ProblemCode::VARIANTS.iter().map(|code| code.kind().code);
        let codes: BTreeSet<_> = codes.collect();
        assert_eq!(codes.len(), ProblemCode::VARIANTS.len());
        assert_eq!(Problem::KeysUnknown.kind().code, "keys-unknown");
        assert_eq!(Problem::TooSlow { received: 1 }.kind().code, "too-slow");
        assert_eq!(Problem::StoreFull.kind().status, 507);
        assert_eq!(Problem::Internal.kind().code, "internal");
    }

    #[test]
    fn every_response_agrees_with_the_table() {
        for problem in Problem::iter() {
            let kind = problem.kind();
            let response = problem.into_response();
            assert_eq!(response.status(), kind.status, "{kind:?}");
            assert_eq!(response.headers()[header::CONTENT_TYPE], PROBLEM_JSON);
            let retry_after = response.headers().contains_key(header::RETRY_AFTER);
            assert_eq!(retry_after, kind.retry_after, "{kind:?}");
            assert_eq!(response.extensions().get(), Some(&kind));
        }
    }

    #[test]
    fn a_client_that_may_retry_learns_when() {
        let busy = Problem::Busy { retry_after: 3 }.into_response();
        assert_eq!(busy.headers()[header::RETRY_AFTER], "3");
        assert_eq!(busy.headers()[header::CONTENT_TYPE], PROBLEM_JSON);
        let unknown = Problem::KeysUnknown.into_response();
        assert!(!unknown.headers().contains_key(header::RETRY_AFTER));
    }

    #[test]
    fn a_connection_with_an_unread_body_is_closed() {
        let long = Problem::BodyTooLarge { limit: 1 }.into_response();
        assert_eq!(long.headers()[header::CONNECTION], "close");
        let unknown = Problem::KeysUnknown.into_response();
        assert!(!unknown.headers().contains_key(header::CONNECTION));
    }

    #[test]
    fn the_operators_guide_lists_every_problem_with_its_status() {
        let guide = include_str!("../../docs/deploy.md");
        for code in ProblemCode::VARIANTS {
            let kind = code.kind();
            let row = format!("| `{}` | {} |", kind.code, kind.status.as_u16());
            let listed = guide.lines().find(|line| line.starts_with(&row));
            let listed = listed.unwrap_or_else(|| panic!("docs/deploy.md has no row {row}"));
            assert_eq!(listed.contains("Retry-After"), kind.retry_after, "{row}");
        }
    }
}
