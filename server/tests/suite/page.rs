//! The page, as it is served; and pages of others that use this evaluator.

use std::collections::HashMap;
use std::fs;

use hyper::{Method, StatusCode};

use crate::client::Client;
use crate::process::Local;

async fn server(flags: &[&str]) -> (Local, Client, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let dist = folder.path().join("dist");
    fs::create_dir(&dist).unwrap();
    fs::write(dist.join("index.html"), "<!doctype html>").unwrap();
    let flags = [&["--page", dist.to_str().unwrap()], flags].concat();
    let server = Local::start(&folder.path().join("store"), &flags).await;
    let client = Client::new(&server.url);
    (server, client, folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_the_headers_that_the_page_asks_for() {
    let (_server, client, _folder) = server(&[]).await;
    let text = include_str!("../../../www/headers.json");
    let headers: HashMap<String, String> = serde_json::from_str(text).unwrap();
    assert!(headers.contains_key("Content-Security-Policy"));
    for path in ["/", "/v1/models", "/none"] {
        let answer = client.get(path).await;
        for (name, value) in &headers {
            assert_eq!(answer.headers[name], *value, "{path}");
        }
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
    }
    let page = client.get("/").await;
    assert_eq!(page.body, b"<!doctype html>");
    let posted = client
        .ask(Method::POST, "/index.html", &[], vec![])
        .await
        .unwrap();
    posted.expect_problem("method-not-allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_an_origin_that_is_allowed_may_use_it_and_no_others() {
    let (_server, client, _folder) = server(&["--allow-origin", "https://friend.example"]).await;
    let ask = async |origin: &str| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            (
                "access-control-request-headers",
                "inkognito-keys,content-type",
            ),
        ];
        let path = "/v1/models/digits/infer";
        client
            .ask(Method::OPTIONS, path, &headers, vec![])
            .await
            .unwrap()
    };
    let friend = ask("https://friend.example").await;
    assert_eq!(friend.status, StatusCode::OK);
    assert_eq!(
        friend.headers["access-control-allow-origin"],
        "https://friend.example"
    );
    let allowed = friend.headers["access-control-allow-headers"]
        .to_str()
        .unwrap();
    assert!(allowed.contains("inkognito-keys"));
    let stranger = ask("https://stranger.example").await;
    assert!(!stranger.headers.contains_key("access-control-allow-origin"));

    let origin = [("origin", "https://friend.example")];
    let listed = client
        .ask(Method::GET, "/v1/models", &origin, vec![])
        .await
        .unwrap();
    assert_eq!(
        listed.headers["cross-origin-resource-policy"],
        "cross-origin"
    );
    let exposed = listed.headers["access-control-expose-headers"]
        .to_str()
        .unwrap();
    assert!(exposed.contains("inkognito-report") && exposed.contains("retry-after"));
}
