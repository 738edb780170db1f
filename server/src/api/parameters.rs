//! The parameters of requests, from paths and headers.
//!
//! Not for the bodies of requests, which `body.rs` reads.

use axum::http::{HeaderName, HeaderValue};
use headers::Header;
use serde::Deserialize;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::{IntoParams, PartialSchema};

use crate::keys::KeyId;

/// The header that names a visitor's keys. It is a header because proxies log paths.
pub(super) const KEYS: HeaderName = HeaderName::from_static("inkognito-keys");

/// The path of an operation on a model.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct ModelPath {
    /// The model's name
    pub(super) model: String,
}

/// The path of an operation on keys. A malformed id is a problem of the operation.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct KeysPath {
    /// SHA-256 of the keys, in hexadecimal
    pub(super) id: String,
}

/// The header [`KEYS`].
pub(super) struct KeysHeader(pub(super) KeyId);

impl Header for KeysHeader {
    fn name() -> &'static HeaderName {
        static NAME: HeaderName = KEYS;
        &NAME
    }

    fn decode<'i, I: Iterator<Item = &'i HeaderValue>>(
        values: &mut I,
    ) -> Result<Self, headers::Error> {
        let id = values.next().and_then(|value| value.to_str().ok());
        let id = id.and_then(|id| id.parse().ok());
        id.map(Self).ok_or_else(headers::Error::invalid)
    }

    fn encode<E: Extend<HeaderValue>>(&self, values: &mut E) {
        values.extend(HeaderValue::try_from(self.0.to_string()));
    }
}

impl IntoParams for KeysHeader {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let parameter = ParameterBuilder::new()
            .name(KEYS.as_str())
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some("Id of the visitor's evaluation keys"))
            .schema(Some(String::schema()));
        vec![parameter.build()]
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;
    use headers::HeaderMapExt;

    use super::*;

    #[test]
    fn the_header_names_keys_by_their_id() {
        let id = KeyId::of(b"keys");
        let mut headers = HeaderMap::new();
        headers.typed_insert(KeysHeader(id));
        assert_eq!(headers[KEYS], *id.to_string());
        let KeysHeader(read) = headers.typed_get().unwrap();
        assert_eq!(read, id);
        headers.insert(KEYS, HeaderValue::from_static("keys"));
        assert!(headers.typed_get::<KeysHeader>().is_none());
    }
}
