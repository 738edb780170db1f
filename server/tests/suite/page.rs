//! The page of this server, and pages of other origins that use its API.

use std::collections::HashMap;
use std::fs;

use hyper::{Method, StatusCode};

use crate::client::Client;
use crate::servers::LocalServer;

async fn server(flags: &[&str]) -> (LocalServer, Client, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let dist = folder.path().join("dist");
    fs::create_dir(&dist).unwrap();
    fs::write(dist.join("index.html"), "<!doctype html>").unwrap();
    let flags = [&["--page", dist.to_str().unwrap()], flags].concat();
    let server = LocalServer::start(&folder.path().join("store"), &flags).await;
    let client = Client::new(&server.url);
    (server, client, folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_response_has_the_headers_of_the_page() {
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
    posted.assert_problem("method-not-allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_pages_of_allowed_origins_may_use_the_api() {
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
