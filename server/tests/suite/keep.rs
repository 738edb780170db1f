//! How long keys are kept.

use std::time::Duration;

use hyper::StatusCode;

use crate::api::files;
use crate::client::Client;
use crate::noise::Visitor;
use crate::process::Local;

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_nobody_uses_expire_and_can_be_uploaded_again() {
    let store = tempfile::tempdir().unwrap();
    let server = Local::start(store.path(), &["--keys-ttl", "1s", "--recheck", "1ms"]).await;
    let client = Client::new(&server.url);
    let visitor = Visitor::new(50);
    let id = client.welcome(&visitor).await;
    while !files(store.path()).is_empty() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    client
        .infer(&id, visitor.question(1).0)
        .await
        .expect_problem("keys-unknown");
    assert_eq!(
        client.upload(visitor.keys.clone()).await.status,
        StatusCode::CREATED
    );
    client.patient_infer(&visitor, &id, 1).await;
}
