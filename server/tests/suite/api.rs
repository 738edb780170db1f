//! The API: what is answered to good requests and to bad ones.

use hyper::{Method, StatusCode};
use inkognito_ckks::{KeyRequest, Parameters, ParametersLiteral, wire};
use serde_json::json;

use crate::client::{Client, DOCUMENT};
use crate::noise::{Visitor, input, key, key_messages, plan};
use crate::process::Local;

async fn server() -> (Local, Client, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let server = Local::start(folder.path(), &[]).await;
    let client = Client::new(&server.url);
    (server, client, folder)
}

/// Names of all files below a folder.
pub(crate) fn files(folder: &std::path::Path) -> Vec<String> {
    let mut found = vec![];
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(files(&entry.path())),
            false => found.push(entry.path().display().to_string()),
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_taken_in_used_and_deleted() {
    let (_server, client, folder) = server().await;
    let visitor = Visitor::new(1);
    let id = client.welcome(&visitor).await;
    let (question, expected) = visitor.question(1);
    // A replayed request is answered as it was.
    for _ in 0..2 {
        let answer = client.infer(&id, question.clone()).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.body == expected);
        let report = answer.headers["inkognito-report"].to_str().unwrap();
        let report: serde_json::Value = serde_json::from_str(report).unwrap();
        assert_eq!(report["layers"].as_array().unwrap().len(), 5);
        assert!(report["operations"]["ntt"].as_u64().unwrap() > 100);
    }

    let again = client.upload(visitor.keys.clone()).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(
        again.json(),
        json!({ "id": id, "bytes": visitor.keys.len() })
    );
    let stored = files(&folder.path().join("keys"));
    assert_eq!(stored.len(), 1, "{stored:?}");
    assert!(std::fs::read(&stored[0]).unwrap() == visitor.keys);
    assert!(files(&folder.path().join("incoming")).is_empty());

    assert_eq!(client.delete(&id).await.status, StatusCode::NO_CONTENT);
    client
        .infer(&id, question)
        .await
        .expect_problem("keys-unknown");
    client.delete(&id).await.expect_problem("keys-unknown");
    assert!(files(folder.path()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_prepared_is_answered_with_the_same_bytes() {
    let (_server, client, _folder) = server().await;
    let visitor = Visitor::new(8);
    let id = client.welcome(&visitor).await;
    let (question, expected) = visitor.question(1);
    let read = wire::read_input(plan().parameters(), &question).unwrap();
    let mask = wire::write_mask(plan().parameters(), &read.mask());
    let prepared = client.prepare(&id, mask.clone()).await;
    assert_eq!(prepared.status, StatusCode::NO_CONTENT);
    // once; sent again, it takes longer and is answered with the same
    for before in [true, false] {
        let answer = client.infer(&id, question.clone()).await;
        assert!(answer.body == expected);
        let report = answer.headers["inkognito-report"].to_str().unwrap();
        let report: serde_json::Value = serde_json::from_str(report).unwrap();
        assert_eq!(report["prepared"]["ms"].is_number(), before, "{report}");
    }

    let cut = client.prepare(&id, mask[..mask.len() - 1].to_vec());
    cut.await.expect_problem("input-malformed");
    let other = client.prepare(&id, question.clone());
    other.await.expect_problem("input-malformed");
    let long = client.prepare(&id, [&question[..], &[0]].concat());
    long.await.expect_problem("body-too-large");
    let nobody = "0".repeat(64);
    let strange = client.prepare(&nobody, mask.clone());
    strange.await.expect_problem("keys-unknown");
    let nameless = client.prepare("abc", mask);
    nameless.await.expect_problem("key-id-malformed");
    assert!(client.infer(&id, question).await.body == expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_layer_is_given_to_whoever_asks() {
    let (_server, client, _folder) = server().await;
    let visitor = Visitor::new(7);
    let id = client.welcome(&visitor).await;
    let (question, expected) = visitor.inspection(1);
    let answer = client.inspect(&id, question.clone()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body == expected);
    let report = answer.headers["inkognito-report"].to_str().unwrap();
    let report: serde_json::Value = serde_json::from_str(report).unwrap();
    assert_eq!(report["layers"].as_array().unwrap().len(), 5);

    let cut = client.inspect(&id, question[..question.len() - 4].to_vec());
    cut.await.expect_problem("input-malformed");
    let long = client.inspect(&id, [&question[..], &[0]].concat());
    long.await.expect_problem("body-too-large");
    let nobody = "0".repeat(64);
    let strange = client.inspect(&nobody, question.clone());
    strange.await.expect_problem("keys-unknown");
    let nameless = client.inspect("abc", question.clone());
    nameless.await.expect_problem("key-id-malformed");
    assert!(client.inspect(&id, question).await.body == expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_visitors_keys_are_not_another_s() {
    let (_server, client, _folder) = server().await;
    let (one, other) = (Visitor::new(2), Visitor::new(3));
    let (id, other_id) = (client.welcome(&one).await, client.welcome(&other).await);
    assert_ne!(id, other_id);
    let (question, expected) = one.question(1);
    assert!(client.infer(&id, question.clone()).await.body == expected);
    assert!(client.infer(&other_id, question).await.body != expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_models_are_listed_with_their_parameters() {
    let (_server, client, _folder) = server().await;
    let listed = client.get("/v1/models").await.json();
    let digits = listed["models"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["name"] == "digits");
    let digits = digits.expect("the digit reader");
    assert_eq!(digits["keys"]["bytes"], plan().evaluation_keys_len());
    assert_eq!(digits["keys"]["parts"], plan().key_requests().len());
    assert_eq!(digits["ciphertext"]["inputBytes"], input(plan(), 1).len());
    assert_eq!(digits["parameters"]["logN"], 13);
    assert_eq!(digits["classes"].as_array().unwrap().len(), 10);
    let moduli = |name| digits["parameters"][name].as_array().unwrap().len();
    assert_eq!((moduli("moduli"), moduli("specialModuli")), (6, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_keys_are_refused_and_leave_nothing_behind() {
    let (_server, client, folder) = server().await;
    let good = Visitor::new(4);
    let messages: Vec<_> = key_messages(4).collect();
    let all_but_one = messages[1..].concat();
    let twice = [&messages[0][..], &messages[0]].concat();
    let mut residue = good.keys.clone();
    residue[wire::HEADER_LEN + 100..][..4].fill(0xff);
    let mut length = good.keys.clone();
    length[16..24].fill(0xff);
    let mut empty = good.keys.clone();
    empty[16..24].fill(0);
    let foreign = Parameters::new(ParametersLiteral {
        log_scale: 25,
        ..ParametersLiteral::n8192_levels5()
    });
    let foreign = key(&foreign.unwrap(), KeyRequest::relinearization(1), 4);
    let unneeded = key(
        plan().parameters(),
        KeyRequest::rotation(plan().parameters(), 4095, 0),
        4,
    );
    let bodies: [(&str, Vec<u8>); 12] = [
        ("keys-unfit", vec![]),
        ("keys-malformed", vec![0; 1000]),
        ("keys-malformed", b"INKO".to_vec()),
        ("keys-malformed", good.keys[..good.keys.len() - 1].to_vec()),
        ("keys-malformed", residue),
        ("keys-malformed", length),
        ("keys-malformed", empty),
        ("keys-malformed", foreign),
        ("keys-malformed", input(plan(), 4)),
        ("keys-unfit", all_but_one),
        ("keys-unfit", twice),
        ("keys-unfit", unneeded),
    ];
    for (code, body) in bodies {
        client.upload(body).await.expect_problem(code);
        assert!(files(folder.path()).is_empty(), "{code}");
    }
    client.welcome(&good).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_inferences_are_refused_and_the_next_one_works() {
    let (_server, client, _folder) = server().await;
    let visitor = Visitor::new(5);
    let id = client.welcome(&visitor).await;
    let (question, expected) = visitor.question(1);

    let mut scale = question.clone();
    scale[wire::HEADER_LEN + 1..][..8].copy_from_slice(&f64::NAN.to_le_bytes());
    let mut other_scale = question.clone();
    other_scale[wire::HEADER_LEN + 1..][..8].copy_from_slice(&2f64.powi(20).to_le_bytes());
    let mut parameters = question.clone();
    parameters[8] ^= 1;
    let mut version = question.clone();
    version[4] = 9;
    let truncated = question[..question.len() - 4].to_vec();
    let one_key = key_messages(5).last().unwrap();
    for bad in [
        vec![],
        vec![7; 24],
        scale,
        other_scale,
        parameters,
        version,
        truncated,
        one_key,
    ] {
        let answer = client.infer(&id, bad).await;
        let code = answer.json()["code"].clone();
        assert!(
            code == "input-malformed" || code == "body-too-large",
            "{code}"
        );
    }
    let mut long = question.clone();
    long.push(0);
    client
        .infer(&id, long)
        .await
        .expect_problem("body-too-large");

    client
        .infer("abc", question.clone())
        .await
        .expect_problem("key-id-malformed");
    client
        .infer(&"0".repeat(64), question.clone())
        .await
        .expect_problem("keys-unknown");
    let path = "/v1/models/digits/infer";
    let no_keys = client
        .ask(Method::POST, path, &[], question.clone())
        .await
        .unwrap();
    no_keys.expect_problem("key-id-malformed");
    let path = "/v1/models/letters/infer";
    let keys = [("inkognito-keys", &*id)];
    let no_model = client
        .ask(Method::POST, path, &keys, question.clone())
        .await
        .unwrap();
    no_model.expect_problem("model-unknown");
    let no_model = client
        .ask(
            Method::POST,
            "/v1/models/letters/keys",
            &[],
            visitor.keys.clone(),
        )
        .await
        .unwrap();
    no_model.expect_problem("model-unknown");
    client.delete("../keys").await.expect_problem("not-found");
    client
        .delete("ABC")
        .await
        .expect_problem("key-id-malformed");

    assert!(client.infer(&id, question).await.body == expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_has_every_route_and_no_other() {
    let (_server, client, _folder) = server().await;
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
                answer.expect_problem("method-not-allowed");
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
        client.get(path).await.expect_problem("not-found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_runs_it_is_told_how_it_goes() {
    let (_server, client, _folder) = server().await;
    assert_eq!(client.get("/health").await.json()["status"], "ok");
    assert_eq!(client.get("/ready").await.json()["status"], "ok");
    let visitor = Visitor::new(6);
    let id = client.welcome(&visitor).await;
    client.patient_infer(&visitor, &id, 1).await;
    let metrics = String::from_utf8(client.get("/metrics").await.body).unwrap();
    for line in [
        "inkognito_key_uploads_total 1",
        "inkognito_inference_seconds_count 1",
        "inkognito_key_sets_resident 1",
        r#"inkognito_requests_total{route="/v1/models/{model}/infer",method="POST",status="200",problem=""} 1"#,
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
    assert!(!metrics.contains(&id[..8]), "an id in the metrics");
    let problems = client.get("/v1/problems").await.json();
    assert!(problems["problems"].as_array().unwrap().len() >= 16);
}
