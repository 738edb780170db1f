//! The OpenAPI document: its paths, and the check of every answer against it.

use std::sync::LazyLock;

use hyper::header::{CONTENT_TYPE, RETRY_AFTER};
use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Answer, Client};
use crate::servers::LocalServer;

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::to_value(inkognito_server::openapi()).expect("JSON"));

/// Checks an answer against the document, if the path is in it.
pub(crate) fn check(answer: &Answer, method: &Method, path: &str) {
    let Some(operation) = operation(method, path) else {
        return;
    };
    let name = format!("{method} {path}: {}", answer.status);
    let response = &operation["responses"][answer.status.as_str()];
    assert!(response.is_object(), "{name} is not documented");
    let Some(content) = response.get("content") else {
        assert!(answer.body.is_empty(), "{name} has a body");
        return;
    };
    let media = &content[answer.content_type()];
    assert!(media.is_object(), "{name} is {}", answer.content_type());
    if answer.content_type().ends_with("json") {
        let mut schema = media["schema"].clone();
        schema["components"] = DOCUMENT["components"].clone();
        let errors: Vec<_> = jsonschema::validator_for(&schema)
            .expect("a schema")
            .iter_errors(&answer.json())
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
    if answer.content_type() == "application/problem+json" {
        let code = answer.json()["code"].as_str().expect("a code").to_owned();
        let codes = response["description"].as_str().expect("the codes");
        let documented = codes.split(", ").any(|documented| documented == code);
        assert!(documented, "{name}: {code} is not documented");
        let documented = response["headers"]["retry-after"].is_object();
        let sent = answer.headers.contains_key(RETRY_AFTER);
        assert_eq!(sent, documented, "{name}: Retry-After");
    }
}

/// Returns the document's operation for a request.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let words: Vec<_> = path.split('/').collect();
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let matches = |pattern: &str| {
        let pattern: Vec<_> = pattern.split('/').collect();
        let same = |(p, w): (&&str, &&str)| p == w || p.starts_with('{');
        pattern.len() == words.len() && pattern.iter().zip(&words).all(same)
    };
    let (_, item) = paths.iter().find(|(pattern, _)| matches(pattern))?;
    item.get(method.as_str().to_lowercase())
}

#[test]
fn an_undocumented_answer_is_refused() {
    let answer = |status, kind: &str, body: Value| Answer {
        status,
        headers: [(CONTENT_TYPE, kind.parse().unwrap())]
            .into_iter()
            .collect(),
        body: body.to_string().into(),
    };
    let refused = |answer: Answer| {
        let check = std::panic::AssertUnwindSafe(|| check(&answer, &Method::GET, "/health"));
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

#[tokio::test(flavor = "multi_thread")]
async fn the_document_has_every_route_and_no_other() {
    let store = tempfile::tempdir().unwrap();
    let server = LocalServer::start(store.path(), &[]).await;
    let client = Client::new(&server.url);
    assert_eq!(client.get("/v1/openapi.json").await.json(), *DOCUMENT);
    let methods = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
    ];
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        let path = path
            .replace("{model}", "digits")
            .replace("{id}", &"0".repeat(64));
        for method in &methods {
            let answer = client
                .ask(method.clone(), &path, &[], vec![])
                .await
                .unwrap();
            let documented = item.get(method.as_str().to_lowercase()).is_some();
            let refused = answer.status == StatusCode::METHOD_NOT_ALLOWED;
            assert_eq!(documented, !refused, "{method} {path}: {}", answer.status);
            if refused {
                answer.assert_problem("method-not-allowed");
            }
        }
    }
    for path in [
        "/v1",
        "/v1/keys",
        "/v2/models",
        "/index.html",
        "/%2e%2e/Cargo.toml",
    ] {
        client.get(path).await.assert_problem("not-found");
    }
}
