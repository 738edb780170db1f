//! Many visitors at once on little memory. `lab load` is the same at its real size.

use std::sync::Arc;

use crate::client::Client;
use crate::noise::Visitor;
use crate::process::Program;

const VISITORS: u16 = 10;
const QUESTIONS: u16 = 6;

#[tokio::test(flavor = "multi_thread")]
async fn every_visitor_gets_every_answer_though_few_keys_fit_in_memory() {
    let store = tempfile::tempdir().unwrap();
    // Room for two visitors' keys.
    let program = Program::start(store.path(), &["--queue", "3", "--cache", "100MiB"]);
    let client = Client::new(&program.url);
    let visits = (0..VISITORS).map(|seed| {
        let client = client.clone();
        tokio::spawn(async move {
            let visitor = Arc::new(Visitor::new(40 + seed));
            let id = client.welcome(&visitor).await;
            for number in 0..QUESTIONS {
                client.patient_infer(&visitor, &id, number).await;
            }
        })
    });
    for visit in visits.collect::<Vec<_>>() {
        visit.await.expect("every question was answered");
    }
    let metrics = String::from_utf8(client.get("/metrics").await.body).unwrap();
    let number = |name: &str| {
        let line = metrics.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("no {name} in\n{metrics}"))
            .trim()
            .parse::<u64>()
            .unwrap()
    };
    let expected = u64::from(VISITORS * QUESTIONS);
    assert_eq!(number("inkognito_inference_seconds_count"), expected);
    assert_eq!(number("inkognito_inferences_present"), 0);
    assert!(number("inkognito_keys_resident_bytes") <= 100 << 20);
    assert!(number("inkognito_key_sets_resident") >= 1);
}
