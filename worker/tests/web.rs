//! The evaluator in a real browser's dedicated worker, with a pool of two or on one thread.
//!
//! No secret key exists here: keys and ciphertexts are well-formed messages of uniform residues.
//! The end-to-end tests check that answers are right. These tests check that answers are the same
//! in every run, and that bad bytes are errors.

#![cfg(target_arch = "wasm32")]

use inkognito_ckks::{KeyRequest, Parameters, SeededCiphertext, SeededSwitchingKey, wire};
use inkognito_network::{Description, Plan};
use inkognito_ring::uniform;
use inkognito_worker::Evaluator;
use js_sys::{Array, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const MODEL: &[u8] = include_bytes!("../../models/digits.safetensors");

fn key(p: &Parameters, request: KeyRequest) -> Vec<u8> {
    let basis = p.qp_basis(request.level);
    let b = (0..p.digits(request.level))
        .map(|j| uniform(basis, &[1; 32], j as u32))
        .collect();
    wire::write_evaluation_key(
        p,
        &SeededSwitchingKey {
            request,
            seed: [2; 32],
            b,
        },
    )
}

fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).expect("an object")
}

/// Runs one inference on uniform residues and checks its report; returns the result.
fn infer() -> Vec<u8> {
    let plan = Plan::new(&Description::from_bytes(MODEL).expect("a model")).expect("a plan");
    let p = plan.parameters();
    let mut evaluator = Evaluator::new(MODEL).expect("the shipped model");
    let level = plan.input_level();
    let c0 = uniform(p.q_basis(level), &[3; 32], 0);
    let input = SeededCiphertext {
        c0,
        seed: [4; 32],
        scale: plan.input_scale(),
    };
    let input = wire::write_input(p, &input);
    assert!(evaluator.infer(&input).is_err(), "no keys yet");
    assert!(
        evaluator.load_key_part(&input).is_err(),
        "an input is no key"
    );
    for request in plan.key_requests() {
        assert!(!evaluator.keys_complete());
        assert!(evaluator.load_key_part(&key(p, request)).is_ok());
    }
    assert!(evaluator.keys_complete());
    assert!(
        evaluator.infer(&input[..input.len() - 1]).is_err(),
        "one byte too short"
    );
    let result = evaluator.infer(&input).expect("a result");
    let report = evaluator.report().expect("a report");
    let layers = Array::from(&get(&report, "layers"));
    assert_eq!(layers.length() as usize, 5);
    assert!((0..5).all(|i| {
        get(&layers.get(i), "ms")
            .as_f64()
            .is_some_and(|ms| ms >= 0.0)
    }));
    assert!((0..5).all(|i| {
        let busy = Array::from(&get(&layers.get(i), "busyMs"));
        let sum: f64 = busy.iter().filter_map(|ms| ms.as_f64()).sum();
        busy.length() as usize == rayon::current_num_threads() && sum > 0.0
    }));
    assert!(get(&report, "totalMs").as_f64().is_some_and(|ms| ms > 0.0));
    let operations = get(&report, "operations");
    for name in ["ntt", "keySwitch", "plaintextProduct"] {
        assert!(
            get(&operations, name).as_f64().is_some_and(|n| n > 0.0),
            "{name}"
        );
    }
    assert_eq!(
        get(&report, "threads").as_f64(),
        Some(rayon::current_num_threads() as f64)
    );
    let layers = evaluator.inspect(&input).expect("every layer");
    assert_eq!(layers.len(), plan.inspection_len());
    assert!(layers.ends_with(&result), "the scores come last");
    assert!(evaluator.inspect(&input[1..]).is_err(), "no message");
    result
}

/// Returns a hash of a message: two runs must give the same residues.
fn checksum(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |sum, &b| sum.wrapping_mul(31).wrapping_add(u64::from(b)))
}

#[wasm_bindgen_test]
async fn infers_reports_and_refuses() {
    #[cfg(feature = "threads")]
    {
        let started = inkognito_worker::init_thread_pool(2);
        wasm_bindgen_futures::JsFuture::from(started)
            .await
            .expect("a pool of two");
        assert_eq!(rayon::current_num_threads(), 2);
    }
    let first = infer();
    assert_eq!(
        checksum(&first),
        checksum(&infer()),
        "the same message, the same answer"
    );
}

#[wasm_bindgen_test]
fn bytes_that_are_no_model_are_refused() {
    assert!(Evaluator::new(b"no model").is_err());
    assert!(Evaluator::new(&MODEL[..MODEL.len() / 2]).is_err());
}
