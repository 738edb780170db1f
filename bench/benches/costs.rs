//! Counts operations and bytes on the wire, which do not depend on a clock. Prints one JSON object
//! on one line.
//!
//! `cargo bench -p inkognito-bench --bench costs`. `INKOGNITO_BENCH_MODELS` names models other than
//! `digits`, or model files.

use inkognito_bench::Subject;
use serde_json::{Value, json};

fn main() {
    let list = |subjects: Vec<Subject>| subjects.iter().map(costs).collect::<Vec<_>>();
    let all = json!({
        "models": list(inkognito_bench::models()),
        "by_degree": list(inkognito_bench::by_degree()),
        "by_channels": list(inkognito_bench::by_channels()),
    });
    println!("{all}");
}

fn costs(subject: &Subject) -> Value {
    let (mut vault, session) = subject.sides();
    let (mask, message, result) = subject.query(&mut vault, &session);
    let infer = || session.infer_timed(&message, 1, || 0.0);
    let (_, report) = infer().expect("the same inference succeeded before");
    session.prepare(&mask, || 0.0).expect("the input's mask");
    let (_, prepared) = infer().expect("the same inference succeeded before");
    json!({
        "name": subject.name,
        "parameters": {
            "degree": subject.plan.parameters().degree(),
            "logQP": subject.plan.parameters().log_qp(),
        },
        "operations": report.operations,
        "prepared": {
            "before": prepared.prepared.map(|prepared| prepared.operations),
            "after": prepared.operations,
        },
        "bytes": {
            "drawing": message.len(),
            "scores": result.len(),
            "keys": subject.plan.evaluation_keys_len(),
        },
        "keys": subject.plan.key_requests().len(),
    })
}
