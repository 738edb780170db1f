//! What can go wrong with a request, as problem details (RFC 9457) with codes that stay.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use inkognito_network::CircuitError;
use serde::Serialize;
use utoipa::ToSchema;

/// The media type of problem details.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// Why a request was refused. No variant holds a payload, a key's id or an address.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// No such path.
    #[error("there is nothing at this path")]
    NotFound,
    /// Another method than the path has.
    #[error("this path does not take this method")]
    MethodNotAllowed,
    /// A model that is not served here.
    #[error("there is no model of this name; GET /v1/models lists those there are")]
    ModelUnknown,
    /// Keys that were never here, have expired or were deleted.
    #[error("no such evaluation keys are here (any more); upload them again")]
    KeysUnknown,
    /// An id that is not a SHA-256 in hexadecimal, or none at all.
    #[error("the id of the keys must be 64 lower-case hexadecimal digits")]
    KeyIdMalformed,
    /// Bytes that are no evaluation keys.
    #[error("part {part} of the keys cannot be read: {reason}")]
    KeysMalformed {
        /// The message within the body, counted from zero.
        part: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// Evaluation keys, but not those that the model needs.
    #[error("these are not the keys that the model needs: {reason}")]
    KeysUnfit {
        /// What is missing or too much.
        reason: String,
    },
    /// Bytes that are no encrypted input for the model.
    #[error("the input cannot be read: {reason}")]
    InputMalformed {
        /// What is wrong with it.
        reason: String,
    },
    /// A body that ended early.
    #[error("the body ended after {received} bytes, before it was complete")]
    BodyIncomplete {
        /// Bytes that came.
        received: u64,
    },
    /// A body longer than any that makes sense.
    #[error("the body may have at most {limit} bytes")]
    BodyTooLarge {
        /// Bytes allowed.
        limit: u64,
    },
    /// A body that came too slowly.
    #[error("the body came too slowly; it was given up after {received} bytes")]
    TooSlow {
        /// Bytes that came.
        received: u64,
    },
    /// More requests from one address than it may make.
    #[error("too many requests from this address")]
    RateLimited {
        /// Seconds until the next one may be made.
        retry_after: u64,
    },
    /// The queue is full.
    #[error("the evaluator is busy")]
    Busy {
        /// Seconds until it is worth while to ask again.
        retry_after: u64,
    },
    /// The store takes no more.
    #[error("there is no room for more keys")]
    StoreFull,
    /// The store cannot be read or written.
    #[error("the store of keys cannot be reached")]
    StoreUnavailable,
    /// A fault of the server's.
    #[error("the server failed to handle this request")]
    Internal,
}

/// A kind of problem: what the code stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemKind {
    /// The stable code.
    pub code: &'static str,
    /// The status that it comes with.
    pub status: u16,
    /// What it means, in a few words.
    pub title: &'static str,
}

/// Problem details, as RFC 9457 has them, with the code beside its URI.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemDetails {
    /// `/v1/problems#CODE`
    #[serde(rename = "type")]
    kind: String,
    /// The stable code.
    code: &'static str,
    /// What it means, in a few words.
    title: &'static str,
    /// The status of the response.
    status: u16,
    /// What is wrong with this request.
    detail: String,
}

const fn kind(code: &'static str, status: u16, title: &'static str) -> ProblemKind {
    ProblemKind {
        code,
        status,
        title,
    }
}

/// Every kind of problem there is. Codes are never reused for something else.
pub(crate) const KINDS: [ProblemKind; 16] = [
    kind("not-found", 404, "Nothing here"),
    kind("method-not-allowed", 405, "Method not allowed"),
    kind("model-unknown", 404, "Unknown model"),
    kind("keys-unknown", 404, "Unknown evaluation keys"),
    kind("key-id-malformed", 400, "Malformed id of evaluation keys"),
    kind("keys-malformed", 400, "Malformed evaluation keys"),
    kind(
        "keys-unfit",
        422,
        "Other evaluation keys than the model needs",
    ),
    kind("input-malformed", 400, "Malformed input"),
    kind("body-incomplete", 400, "Incomplete body"),
    kind("body-too-large", 413, "Body too large"),
    kind("too-slow", 408, "Body too slow"),
    kind("rate-limited", 429, "Too many requests"),
    kind("busy", 503, "Busy"),
    kind("store-full", 507, "No room for more keys"),
    kind("store-unavailable", 503, "Store of keys unavailable"),
    kind("internal", 500, "Internal error"),
];

impl Problem {
    /// What kind of problem this is.
    pub fn kind(&self) -> ProblemKind {
        KINDS[match self {
            Self::NotFound => 0,
            Self::MethodNotAllowed => 1,
            Self::ModelUnknown => 2,
            Self::KeysUnknown => 3,
            Self::KeyIdMalformed => 4,
            Self::KeysMalformed { .. } => 5,
            Self::KeysUnfit { .. } => 6,
            Self::InputMalformed { .. } => 7,
            Self::BodyIncomplete { .. } => 8,
            Self::BodyTooLarge { .. } => 9,
            Self::TooSlow { .. } => 10,
            Self::RateLimited { .. } => 11,
            Self::Busy { .. } => 12,
            Self::StoreFull => 13,
            Self::StoreUnavailable => 14,
            Self::Internal => 15,
        }]
    }

    /// Seconds after which the same request may well succeed.
    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::RateLimited { retry_after } | Self::Busy { retry_after } => Some(*retry_after),
            Self::StoreUnavailable => Some(2),
            _ => None,
        }
    }

    /// The problem with an input, or with keys that turned out to be others than the model's.
    pub(crate) fn from_inference(error: &CircuitError) -> Self {
        match error {
            CircuitError::Wire(_) | CircuitError::Ckks(_) => Self::InputMalformed {
                reason: error.to_string(),
            },
            _ => Self::Internal,
        }
    }

    /// Whether a body is itself the reason, and was not read to its end.
    pub(crate) fn is_in_the_body(&self) -> bool {
        matches!(
            self,
            Self::BodyTooLarge { .. } | Self::TooSlow { .. } | Self::BodyIncomplete { .. }
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let ProblemKind {
            code,
            status,
            title,
        } = self.kind();
        let details = ProblemDetails {
            kind: format!("/v1/problems#{code}"),
            code,
            title,
            status,
            detail: self.to_string(),
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&details).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, PROBLEM_JSON)], body).into_response();
        if let Some(seconds) = self.retry_after() {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.is_in_the_body() {
            // with the rest of it unread there can be no other request on this connection: who is not
            // told may send one that is lost
            let headers = response.headers_mut();
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response.extensions_mut().insert(self.kind());
        response
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_distinct_and_each_problem_has_its_own() {
        let codes: BTreeSet<_> = KINDS.iter().map(|kind| kind.code).collect();
        assert_eq!(codes.len(), KINDS.len());
        assert_eq!(Problem::KeysUnknown.kind().code, "keys-unknown");
        assert_eq!(Problem::TooSlow { received: 1 }.kind().code, "too-slow");
        assert_eq!(Problem::StoreFull.kind().status, 507);
        assert_eq!(Problem::Internal.kind().code, "internal");
    }

    #[test]
    fn who_may_come_back_is_told_when() {
        let busy = Problem::Busy { retry_after: 3 }.into_response();
        assert_eq!(busy.headers()[header::RETRY_AFTER], "3");
        assert_eq!(busy.headers()[header::CONTENT_TYPE], PROBLEM_JSON);
        let unknown = Problem::KeysUnknown.into_response();
        assert!(!unknown.headers().contains_key(header::RETRY_AFTER));
    }

    #[test]
    fn a_connection_with_an_unread_body_ends() {
        let long = Problem::BodyTooLarge { limit: 1 }.into_response();
        assert_eq!(long.headers()[header::CONNECTION], "close");
        let unknown = Problem::KeysUnknown.into_response();
        assert!(!unknown.headers().contains_key(header::CONNECTION));
    }
}
