//! Many visitors at once, and little memory. `inkognito-lab load` does this at full size.

use std::sync::Arc;

use crate::client::Client;
use crate::servers::ServerProcess;
use crate::visitor::Visitor;

const VISITORS: u16 = 10;
const REQUESTS: u16 = 6;

#[tokio::test(flavor = "multi_thread")]
async fn every_visitor_gets_every_result_with_memory_for_few_keys() {
    let store = tempfile::tempdir().unwrap();
    // The cache holds the keys of two visitors.
    let program = ServerProcess::start(store.path(), &["--queue", "3", "--cache", "100MiB"]);
    let client = Client::new(&program.url);
    let visits = (0..VISITORS).map(|seed| {
        let client = client.clone();
        tokio::spawn(async move {
            let visitor = Arc::new(Visitor::new(40 + seed));
            let id = client.upload_new(&visitor).await;
            for number in 0..REQUESTS {
                client.infer_with_retries(&visitor, &id, number).await;
            }
        })
    });
    for visit in visits.collect::<Vec<_>>() {
        visit.await.expect("every request was answered");
    }
    let metrics = String::from_utf8(client.get("/metrics").await.body).unwrap();
    let number = |name: &str| {
        let line = metrics.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("no {name} in\n{metrics}"))
            .trim()
            .parse::<u64>()
            .unwrap()
    };
    let expected = u64::from(VISITORS * REQUESTS);
    assert_eq!(number("inkognito_inference_seconds_count"), expected);
    assert_eq!(number("inkognito_inferences_present"), 0);
    assert!(number("inkognito_keys_resident_bytes") <= 100 << 20);
    assert!(number("inkognito_key_sets_resident") >= 1);
}
