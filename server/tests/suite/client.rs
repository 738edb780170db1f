//! A client that checks every answer against the OpenAPI document.

use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use crate::document;
use crate::visitor::Visitor;

/// The error of a request without an answer.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// An HTTP client of one server.
#[derive(Clone)]
pub(crate) struct Client {
    http: HttpClient<HttpConnector, Full<Bytes>>,
    url: String,
}

/// A complete response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Client {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            http: HttpClient::builder(TokioExecutor::new()).build_http(),
            url: url.trim_end_matches('/').to_owned(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[], vec![])
            .await
            .expect("an answer")
    }

    pub(crate) async fn upload(&self, keys: Vec<u8>) -> Answer {
        let path = "/v1/models/digits/keys";
        self.ask(Method::POST, path, &[], keys)
            .await
            .expect("an answer")
    }

    pub(crate) async fn delete(&self, id: &str) -> Answer {
        let path = format!("/v1/keys/{id}");
        self.ask(Method::DELETE, &path, &[], vec![])
            .await
            .expect("an answer")
    }

    pub(crate) async fn infer(&self, id: &str, input: Vec<u8>) -> Answer {
        self.try_infer(id, input).await.expect("an answer")
    }

    pub(crate) async fn try_infer(&self, id: &str, input: Vec<u8>) -> Result<Answer, BoxError> {
        let keys = [("inkognito-keys", id)];
        self.ask(Method::POST, "/v1/models/digits/infer", &keys, input)
            .await
    }

    /// Sends the mask of the next input.
    pub(crate) async fn prepare(&self, id: &str, mask: Vec<u8>) -> Answer {
        let keys = [("inkognito-keys", id)];
        self.ask(Method::POST, "/v1/models/digits/prepare", &keys, mask)
            .await
            .expect("an answer")
    }

    /// Requests the output of every layer.
    pub(crate) async fn inspect(&self, id: &str, input: Vec<u8>) -> Answer {
        let keys = [("inkognito-keys", id)];
        self.ask(Method::POST, "/v1/models/digits/inspect", &keys, input)
            .await
            .expect("an answer")
    }

    /// Sends a request, and checks the answer against the document.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, BoxError> {
        let mut request = Request::builder()
            .method(method.clone())
            .uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::from(body))?;
        let answer = Answer::read(self.http.request(request).await?).await?;
        document::check(&answer, &method, path);
        Ok(answer)
    }

    /// Uploads a visitor's keys, which must be new. Returns their id.
    pub(crate) async fn upload_new(&self, visitor: &Visitor) -> String {
        let answer = self.upload(visitor.keys.clone()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        let id = answer.json()["id"].as_str().expect("an id").to_owned();
        assert_eq!(id, visitor.id().to_string());
        id
    }

    /// Sends a visitor's input, and again as long as the evaluator is busy. The result must be
    /// right. Returns the number of refusals.
    pub(crate) async fn infer_with_retries(
        &self,
        visitor: &Visitor,
        id: &str,
        number: u16,
    ) -> usize {
        let (input, expected) = visitor.input_and_result(number);
        for refusals in 0..20_000 {
            let answer = self.infer(id, input.clone()).await;
            if answer.status == StatusCode::OK {
                assert!(answer.body == expected, "a wrong result");
                return refusals;
            }
            answer.assert_problem("busy");
            assert!(answer.headers.contains_key(RETRY_AFTER));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("never served");
    }
}

impl Answer {
    async fn read(response: Response<Incoming>) -> Result<Self, BoxError> {
        Ok(Self {
            status: response.status(),
            headers: response.headers().clone(),
            body: response.into_body().collect().await?.to_bytes().into(),
        })
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// Checks that the answer is this problem.
    pub(crate) fn assert_problem(&self, code: &str) {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.content_type(), "application/problem+json", "{text}");
        let details = self.json();
        assert_eq!(details["code"], code, "{text}");
        assert_eq!(details["type"], format!("/v1/problems#{code}"));
        assert_eq!(details["status"], self.status.as_u16());
    }

    /// Returns the media type, without its parameters.
    pub(crate) fn content_type(&self) -> &str {
        let value = self.headers.get(CONTENT_TYPE);
        let value = value.map_or("", |value| value.to_str().expect("ASCII"));
        value.split(';').next().unwrap_or_default()
    }
}
