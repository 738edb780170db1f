//! A client that holds every answer against the API's document.

use std::sync::LazyLock;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::noise::Visitor;

pub(crate) static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::to_value(inkognito_server::openapi()).expect("JSON"));

/// Why there was no answer.
pub(crate) type Broken = Box<dyn std::error::Error + Send + Sync>;

#[derive(Clone)]
pub(crate) struct Client {
    http: HttpClient<HttpConnector, Full<Bytes>>,
    url: String,
}

/// An answer, read to its end.
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

    pub(crate) async fn try_infer(&self, id: &str, input: Vec<u8>) -> Result<Answer, Broken> {
        let keys = [("inkognito-keys", id)];
        self.ask(Method::POST, "/v1/models/digits/infer", &keys, input)
            .await
    }

    /// Tells the mask of the next input.
    pub(crate) async fn prepare(&self, id: &str, mask: Vec<u8>) -> Answer {
        let keys = [("inkognito-keys", id)];
        self.ask(Method::POST, "/v1/models/digits/prepare", &keys, mask)
            .await
            .expect("an answer")
    }

    /// Asks for what comes out of every layer.
    pub(crate) async fn inspect(&self, id: &str, input: Vec<u8>) -> Answer {
        let keys = [("inkognito-keys", id)];
        self.ask(Method::POST, "/v1/models/digits/inspect", &keys, input)
            .await
            .expect("an answer")
    }

    /// One request; the answer is checked.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, Broken> {
        let mut request = Request::builder()
            .method(method.clone())
            .uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::from(body))?;
        let answer = Answer::read(self.http.request(request).await?).await?;
        answer.check(&method, path);
        Ok(answer)
    }

    /// Uploads a visitor's keys, which must be new.
    pub(crate) async fn welcome(&self, visitor: &Visitor) -> String {
        let answer = self.upload(visitor.keys.clone()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        let id = answer.json()["id"].as_str().expect("an id").to_owned();
        assert_eq!(id, visitor.id().to_string());
        id
    }

    /// Asks a visitor's question, and again as long as it is told to come back; the answer must be
    /// right. Tells how often it was told.
    pub(crate) async fn patient_infer(&self, visitor: &Visitor, id: &str, number: u16) -> usize {
        let (input, expected) = visitor.question(number);
        for told in 0..20_000 {
            let answer = self.infer(id, input.clone()).await;
            if answer.status == StatusCode::OK {
                assert!(answer.body == expected, "a wrong answer");
                return told;
            }
            answer.expect_problem("busy");
            assert!(answer.headers.contains_key(RETRY_AFTER));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("never served");
    }
}

impl Answer {
    async fn read(response: Response<Incoming>) -> Result<Self, Broken> {
        Ok(Self {
            status: response.status(),
            headers: response.headers().clone(),
            body: response.into_body().collect().await?.to_bytes().into(),
        })
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// The answer must be this problem.
    pub(crate) fn expect_problem(&self, code: &str) {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.content_type(), "application/problem+json", "{text}");
        let details = self.json();
        assert_eq!(details["code"], code, "{text}");
        assert_eq!(details["type"], format!("/v1/problems#{code}"));
        assert_eq!(details["status"], self.status.as_u16());
    }

    fn content_type(&self) -> &str {
        let value = self.headers.get(CONTENT_TYPE);
        let value = value.map_or("", |value| value.to_str().expect("plain"));
        value.split(';').next().unwrap_or_default()
    }

    /// Holds the answer against the document, if the path is in it.
    fn check(&self, method: &Method, path: &str) {
        let Some(operation) = operation(method, path) else {
            return;
        };
        let name = format!("{method} {path}: {}", self.status);
        let response = &operation["responses"][self.status.as_str()];
        assert!(response.is_object(), "{name} is not documented");
        let Some(content) = response.get("content") else {
            assert!(self.body.is_empty(), "{name} has a body");
            return;
        };
        let media = &content[self.content_type()];
        assert!(media.is_object(), "{name} is {}", self.content_type());
        if self.content_type().ends_with("json") {
            let mut schema = media["schema"].clone();
            schema["components"] = DOCUMENT["components"].clone();
            let errors: Vec<_> = jsonschema::validator_for(&schema)
                .expect("a schema")
                .iter_errors(&self.json())
                .map(|error| error.to_string())
                .collect();
            assert!(errors.is_empty(), "{name}: {errors:?}");
        }
    }
}

/// The document's entry for a request.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let words: Vec<_> = path.split('/').collect();
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let fits = |pattern: &str| {
        let pattern: Vec<_> = pattern.split('/').collect();
        let same = |(p, w): (&&str, &&str)| p == w || p.starts_with('{');
        pattern.len() == words.len() && pattern.iter().zip(&words).all(same)
    };
    let (_, item) = paths.iter().find(|(pattern, _)| fits(pattern))?;
    item.get(method.as_str().to_lowercase())
}

#[test]
fn an_answer_that_is_not_documented_is_noticed() {
    let answer = |status, kind: &str, body: Value| Answer {
        status,
        headers: [(CONTENT_TYPE, kind.parse().unwrap())]
            .into_iter()
            .collect(),
        body: body.to_string().into(),
    };
    let refused = |answer: Answer| {
        let check = std::panic::AssertUnwindSafe(|| answer.check(&Method::GET, "/health"));
        std::panic::catch_unwind(check).is_err()
    };
    let health = json!({ "status": "ok", "version": "1", "uptime": 1 });
    assert!(!refused(answer(
        StatusCode::OK,
        "application/json",
        health.clone()
    )));
    assert!(refused(answer(
        StatusCode::GONE,
        "application/json",
        health.clone()
    )));
    assert!(refused(answer(StatusCode::OK, "text/plain", health)));
    assert!(refused(answer(
        StatusCode::OK,
        "application/json",
        json!({ "status": "ok" })
    )));
}
