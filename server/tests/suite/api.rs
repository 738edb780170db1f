//! The API: its answers to valid and to malformed requests.

use hyper::{Method, StatusCode};
use inkognito_ckks::{KeyRequest, Parameters, ParametersLiteral, wire};
use serde_json::json;

use crate::client::Client;
use crate::servers::{LocalServer, files};
use crate::visitor::{Visitor, input, key, key_messages, plan};

async fn server() -> (LocalServer, Client, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let server = LocalServer::start(folder.path(), &[]).await;
    let client = Client::new(&server.url);
    (server, client, folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_uploaded_used_and_deleted() {
    let (_server, client, folder) = server().await;
    let visitor = Visitor::new(1);
    let id = client.upload_new(&visitor).await;
    let (input, expected) = visitor.input_and_result(1);
    // The same request gets the same result.
    for _ in 0..2 {
        let answer = client.infer(&id, input.clone()).await;
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
        .infer(&id, input)
        .await
        .assert_problem("keys-unknown");
    client.delete(&id).await.assert_problem("keys-unknown");
    assert!(files(folder.path()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prepared_input_has_the_same_result() {
    let (_server, client, _folder) = server().await;
    let visitor = Visitor::new(8);
    let id = client.upload_new(&visitor).await;
    let (input, expected) = visitor.input_and_result(1);
    let read = wire::read_input(plan().parameters(), &input).unwrap();
    let mask = wire::write_mask(plan().parameters(), &read.mask());
    let answer = client.prepare(&id, mask.clone()).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    // The preparation serves one request. The next one takes longer, with the same result.
    for prepared in [true, false] {
        let answer = client.infer(&id, input.clone()).await;
        assert!(answer.body == expected);
        let report = answer.headers["inkognito-report"].to_str().unwrap();
        let report: serde_json::Value = serde_json::from_str(report).unwrap();
        assert_eq!(report["prepared"]["ms"].is_number(), prepared, "{report}");
    }

    let truncated = client.prepare(&id, mask[..mask.len() - 1].to_vec());
    truncated.await.assert_problem("input-malformed");
    let other = client.prepare(&id, input.clone());
    other.await.assert_problem("input-malformed");
    let long = client.prepare(&id, [&input[..], &[0]].concat());
    long.await.assert_problem("body-too-large");
    let unknown_id = "0".repeat(64);
    let unknown = client.prepare(&unknown_id, mask.clone());
    unknown.await.assert_problem("keys-unknown");
    let malformed = client.prepare("abc", mask);
    malformed.await.assert_problem("key-id-malformed");
    assert!(client.infer(&id, input).await.body == expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inspection_returns_every_layer() {
    let (_server, client, _folder) = server().await;
    let visitor = Visitor::new(7);
    let id = client.upload_new(&visitor).await;
    let (input, expected) = visitor.input_and_layers(1);
    let answer = client.inspect(&id, input.clone()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body == expected);
    let report = answer.headers["inkognito-report"].to_str().unwrap();
    let report: serde_json::Value = serde_json::from_str(report).unwrap();
    assert_eq!(report["layers"].as_array().unwrap().len(), 5);

    let truncated = client.inspect(&id, input[..input.len() - 4].to_vec());
    truncated.await.assert_problem("input-malformed");
    let long = client.inspect(&id, [&input[..], &[0]].concat());
    long.await.assert_problem("body-too-large");
    let unknown_id = "0".repeat(64);
    let unknown = client.inspect(&unknown_id, input.clone());
    unknown.await.assert_problem("keys-unknown");
    let malformed = client.inspect("abc", input.clone());
    malformed.await.assert_problem("key-id-malformed");
    assert!(client.inspect(&id, input).await.body == expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_another_visitor_give_another_result() {
    let (_server, client, _folder) = server().await;
    let (one, other) = (Visitor::new(2), Visitor::new(3));
    let (id, other_id) = (
        client.upload_new(&one).await,
        client.upload_new(&other).await,
    );
    assert_ne!(id, other_id);
    let (input, expected) = one.input_and_result(1);
    assert!(client.infer(&id, input.clone()).await.body == expected);
    assert!(client.infer(&other_id, input).await.body != expected);
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
async fn malformed_keys_are_refused_and_not_stored() {
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
        client.upload(body).await.assert_problem(code);
        assert!(files(folder.path()).is_empty(), "{code}");
    }
    client.upload_new(&good).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_inferences_are_refused_and_the_next_one_works() {
    let (_server, client, _folder) = server().await;
    let visitor = Visitor::new(5);
    let id = client.upload_new(&visitor).await;
    let (input, expected) = visitor.input_and_result(1);

    let mut scale = input.clone();
    scale[wire::HEADER_LEN + 1..][..8].copy_from_slice(&f64::NAN.to_le_bytes());
    let mut other_scale = input.clone();
    other_scale[wire::HEADER_LEN + 1..][..8].copy_from_slice(&2f64.powi(20).to_le_bytes());
    let mut parameters = input.clone();
    parameters[8] ^= 1;
    let mut version = input.clone();
    version[4] = 9;
    let truncated = input[..input.len() - 4].to_vec();
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
    let mut long = input.clone();
    long.push(0);
    client
        .infer(&id, long)
        .await
        .assert_problem("body-too-large");

    client
        .infer("abc", input.clone())
        .await
        .assert_problem("key-id-malformed");
    client
        .infer(&"0".repeat(64), input.clone())
        .await
        .assert_problem("keys-unknown");
    let path = "/v1/models/digits/infer";
    let no_keys = client
        .ask(Method::POST, path, &[], input.clone())
        .await
        .unwrap();
    no_keys.assert_problem("key-id-malformed");
    let path = "/v1/models/letters/infer";
    let keys = [("inkognito-keys", &*id)];
    let no_model = client
        .ask(Method::POST, path, &keys, input.clone())
        .await
        .unwrap();
    no_model.assert_problem("model-unknown");
    let no_model = client
        .ask(
            Method::POST,
            "/v1/models/letters/keys",
            &[],
            visitor.keys.clone(),
        )
        .await
        .unwrap();
    no_model.assert_problem("model-unknown");
    client.delete("../keys").await.assert_problem("not-found");
    client
        .delete("ABC")
        .await
        .assert_problem("key-id-malformed");

    assert!(client.infer(&id, input).await.body == expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn health_readiness_metrics_and_problems_are_reported() {
    let (_server, client, _folder) = server().await;
    assert_eq!(client.get("/health").await.json()["status"], "ok");
    assert_eq!(client.get("/ready").await.json()["status"], "ok");
    let visitor = Visitor::new(6);
    let id = client.upload_new(&visitor).await;
    client.infer_with_retries(&visitor, &id, 1).await;
    let metrics = String::from_utf8(client.get("/metrics").await.body).unwrap();
    for line in [
        "inkognito_key_uploads_total 1",
        "inkognito_inference_seconds_count 1",
        "inkognito_key_sets_resident 1",
        concat!(
            r#"inkognito_requests_total{route="/v1/models/{model}/infer","#,
            r#"method="POST",status="200",problem=""} 1"#
        ),
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
    assert!(!metrics.contains(&id[..8]), "an id in the metrics");
    let problems = client.get("/v1/problems").await.json();
    assert!(problems["problems"].as_array().unwrap().len() >= 16);
}
