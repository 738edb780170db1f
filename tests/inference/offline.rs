//! The offline phase, before the input is known: the answers are the same, a mask is used once, and
//! the report counts both phases.

use std::{collections::BTreeSet, sync::Arc};

use inkognito::{Keyring, Vault};
use inkognito_ckks::{CkksError, wire::WireError};
use inkognito_network::{Circuit, CircuitError, Layer, Model, Plan, Report, Session};
use inkognito_test_kit::{Random, activation, conv, dense, largest_error, network, sides};
use ndarray::Array2;

const SIDE: usize = 12;

fn image(seed: u64) -> Array2<f32> {
    inkognito_test_kit::image(SIDE, &mut Random::new(seed))
}

fn square() -> Layer {
    activation([0.1, 0.5, 0.25])
}

fn cubic() -> Layer {
    Layer::Polynomial {
        coefficients: vec![0.1, 0.5, 0.2, 0.05],
    }
}

fn visit(model: &Model) -> (Vault, Session) {
    sides(model, Plan::new(model.description()).unwrap(), 1)
}

fn infer(session: &Session, message: &[u8]) -> (Vec<u8>, Report) {
    session.infer_timed(message, 1, || 0.0).unwrap()
}

#[test]
fn the_answer_is_the_same_byte_for_byte() {
    // weights duplicated or not, one giant step and several, with and without a square first
    let networks = [
        vec![dense(144, 4), square(), dense(4, 2)],
        vec![dense(144, 60), square(), dense(60, 2)],
        vec![
            conv(3, 5, 1),
            square(),
            dense(192, 8),
            square(),
            dense(8, 4),
        ],
        vec![dense(144, 4), cubic(), dense(4, 2)],
        vec![dense(144, 4), activation([0.5, 2.0, 0.0]), dense(4, 2)],
    ];
    for (seed, layers) in (0..).zip(networks) {
        let model = network(SIDE, layers, 1);
        let (mut vault, session) = visit(&model);
        let mask = vault.next_mask().unwrap();
        let query = vault.encrypt(image(seed).view()).unwrap();
        let (whole, report) = infer(&session, &query.message);
        assert!(report.prepared.is_none());
        session.prepare(&mask, || 0.0).unwrap();
        let (prepared, shorter) = infer(&session, &query.message);
        assert!(whole == prepared, "network {seed}");

        let before = shorter.prepared.unwrap().operations;
        let (all, rest) = (report.operations, shorter.operations);
        assert!(before.key_switch > 0 && before.key_switch + rest.key_switch == all.key_switch);
        assert!(before.ntt + rest.ntt == all.ntt);
        let names = |report: &Report| -> Vec<_> {
            report
                .layers
                .iter()
                .map(|layer| layer.name.clone())
                .collect()
        };
        assert_eq!(names(&report), names(&shorter));

        let scores = vault.decrypt(query.id, &prepared).unwrap();
        let plain = model.scores(image(seed).view());
        let error = largest_error(&plain, &scores);
        assert!(error < 0.02, "network {seed}: {scores:?} for {plain:?}");
        // a mask is used once
        assert!(infer(&session, &query.message).1.prepared.is_none());
    }
}

#[test]
fn a_mask_is_for_one_image() {
    let model = network(SIDE, vec![dense(144, 4), square(), dense(4, 2)], 2);
    let (mut vault, session) = visit(&model);
    let seed = |message: &[u8]| message[message.len() - 32..].to_vec();
    let has = |message: &[u8], mask: &[u8]| message[33..65] == seed(mask);
    let mut masks = vec![];
    for _ in 0..3 {
        masks.push(vault.next_mask().unwrap());
    }
    // the last mask that was sent, once; an image that is refused does not use it up
    assert!(vault.encrypt(Array2::zeros((28, 28)).view()).is_err());
    let queries = [
        vault.encrypt_to_inspect(image(1).view()).unwrap(),
        vault.encrypt(image(1).view()).unwrap(),
        vault.encrypt(image(1).view()).unwrap(),
    ];
    assert_eq!(
        queries.each_ref().map(|query| query.mask_sent),
        [false, true, false]
    );
    let [inspected, first, second] = queries.map(|query| query.message);
    assert!(has(&first, &masks[2]));
    for mask in &masks {
        assert!(!has(&inspected, mask) && !has(&second, mask));
    }
    let seeds: BTreeSet<_> = masks.iter().map(|mask| seed(mask)).collect();
    assert_eq!(seeds.len(), 3);

    // an offline result serves only the input with its mask, and is kept until that comes
    session.prepare(&masks[2], || 0.0).unwrap();
    assert!(infer(&session, &second).1.prepared.is_none());
    assert!(infer(&session, &first).1.prepared.is_some());
    // or until another mask is sent
    session.prepare(&masks[2], || 0.0).unwrap();
    session.prepare(&masks[1], || 0.0).unwrap();
    assert!(infer(&session, &first).1.prepared.is_none());
}

#[test]
fn later_keys_discard_an_offline_result() {
    let model = network(SIDE, vec![dense(144, 4), square(), dense(4, 2)], 3);
    let plan = Plan::new(model.description()).unwrap();
    let (mut vault, mut session) = sides(&model, plan.clone(), 3);
    let (mut other, _) = sides(&model, plan, 4);
    let mask = vault.next_mask().unwrap();
    let query = vault.encrypt(image(3).view()).unwrap();
    session.prepare(&mask, || 0.0).unwrap();
    let keyring = Keyring::from_seed(vault.plan().parameters(), &[4; 32]);
    let mut again = Vault::with_keyring(vault.plan().clone(), keyring);
    while let Some(part) = again.next_key_part() {
        session.load_key(&part).unwrap();
    }
    assert!(infer(&session, &query.message).1.prepared.is_none());
    // the session now has the other vault's keys
    let mask = other.next_mask().unwrap();
    session.prepare(&mask, || 0.0).unwrap();
    let query = other.encrypt(image(3).view()).unwrap();
    let (result, report) = infer(&session, &query.message);
    assert!(report.prepared.is_some());
    let scores = other.decrypt(query.id, &result).unwrap();
    let plain = model.scores(image(3).view());
    assert!(largest_error(&plain, &scores) < 0.02);
}

#[test]
fn messages_that_are_no_mask_are_refused_and_change_nothing() {
    let model = network(SIDE, vec![dense(144, 4), square(), dense(4, 2)], 5);
    let (mut vault, session) = visit(&model);
    let mask = vault.next_mask().unwrap();
    let query = vault.encrypt(image(5).view()).unwrap();
    session.prepare(&mask, || 0.0).unwrap();
    let refused = |message: &[u8]| session.prepare(message, || 0.0).unwrap_err();
    assert!(matches!(
        refused(&query.message),
        CircuitError::Wire(WireError::Kind { .. })
    ));
    assert!(matches!(
        refused(&mask[..mask.len() - 1]),
        CircuitError::Wire(WireError::Length { .. })
    ));
    let level_at = 24;
    let mut lower = mask.clone();
    lower[level_at] -= 1;
    assert!(matches!(
        refused(&lower),
        CircuitError::Ckks(CkksError::Level {
            expected: 3,
            actual: 2
        })
    ));
    lower[level_at] = 9;
    assert!(matches!(
        refused(&lower),
        CircuitError::Wire(WireError::Level { .. })
    ));
    assert!(infer(&session, &query.message).1.prepared.is_some());
    // a mask is refused before the keys are loaded
    let circuit = Circuit::new(&model).unwrap();
    let session = Session::new(Arc::new(circuit));
    assert!(matches!(
        session.prepare(&mask, || 0.0).unwrap_err(),
        CircuitError::Ckks(CkksError::MissingKey { .. })
    ));
}
