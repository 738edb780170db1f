//! The expiry of unused keys.

use std::time::Duration;

use hyper::StatusCode;

use crate::client::Client;
use crate::servers::{LocalServer, files};
use crate::visitor::Visitor;

#[tokio::test(flavor = "multi_thread")]
async fn unused_keys_expire_and_can_be_uploaded_again() {
    let store = tempfile::tempdir().unwrap();
    let server = LocalServer::start(store.path(), &["--keys-ttl", "1s", "--recheck", "1ms"]).await;
    let client = Client::new(&server.url);
    let visitor = Visitor::new(50);
    let id = client.upload_new(&visitor).await;
    while !files(store.path()).is_empty() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    client
        .infer(&id, visitor.input_and_result(1).0)
        .await
        .assert_problem("keys-unknown");
    assert_eq!(
        client.upload(visitor.keys.clone()).await.status,
        StatusCode::CREATED
    );
    client.infer_with_retries(&visitor, &id, 1).await;
}
