//! The encrypted circuit against its plain twin, message in, message out, for networks of every
//! shape that the circuit has; and what it says to networks and messages that it has not.

#![cfg(not(target_arch = "wasm32"))]

mod networks;
mod sides;

use std::sync::Arc;

use inkognito::{Keyring, Vault, VaultError};
use inkognito_ckks::{CkksError, wire::WireError};
use inkognito_network::{Circuit, CircuitError, Model, Plan, Session};
use ndarray::Array2;
use networks::{Numbers, activation, conv, dense, network};
use sides::sides;

fn agree(model: &Model, seed: u8, bits: f64) {
    let (mut vault, session) = sides(model, Plan::new(model.description()).unwrap(), seed);
    let side = model.description().input.height;
    let mut numbers = Numbers(u64::from(seed));
    for _ in 0..2 {
        let image = Array2::from_shape_simple_fn((side, side), || numbers.next().abs());
        let plain = model.scores(image.view());
        let mut stages = vec![];
        let mask = vault.next_mask().unwrap();
        let query = vault.encrypt(image.view()).unwrap();
        let result = session
            .infer(&query.message, |stage| {
                stages.push((stage.name.to_owned(), stage.output.level()));
                assert!(stage.operations.ntt > 0);
            })
            .unwrap();
        // the same, and with less to do, where the mask was known before
        session.prepare(&mask, || 0.0).unwrap();
        let (same, report) = session.infer_timed(&query.message, 1, || 0.0).unwrap();
        assert!(same == result);
        assert_eq!(report.prepared.is_some(), vault.key_part_count() > 0);
        let scores = vault.decrypt(query.id, &result).unwrap();
        assert_eq!(scores.len(), plain.len());
        let errors = plain.iter().zip(&scores).map(|(p, e)| (p - e).abs());
        let error = errors.fold(0.0, f64::max);
        println!("{:.1} bits", -error.log2());
        assert!(-error.log2() >= bits && error > 1e-9, "{error:e}");
        let levels: Vec<_> = stages.iter().map(|s| s.1).collect();
        assert_eq!(
            levels,
            (0..model.description().layers.len())
                .rev()
                .collect::<Vec<_>>()
        );
    }
}

#[test]
fn the_shape_of_the_digit_reader() {
    let layers = vec![
        conv(32, 7, 3),
        activation([0.1, 0.5, 0.25]),
        dense(2048, 64),
        activation([0.1875, 0.5, 0.2344]),
        dense(64, 10),
    ];
    agree(&network(28, layers, 1), 1, 8.0);
}

#[test]
fn sizes_that_are_no_powers_of_two() {
    // 5 channels of 9 x 9 windows, 12 values, 3 scores
    let layers = vec![
        conv(5, 4, 2),
        activation([0.0, 0.0, 1.0]),
        dense(405, 12),
        activation([-0.3, 0.7, -0.4]),
        dense(12, 3),
    ];
    agree(&network(20, layers, 2), 2, 8.0);
}

#[test]
fn dense_layers_alone_and_growing() {
    let layers = vec![dense(144, 20), activation([0.2, -0.6, 0.5]), dense(20, 50)];
    agree(&network(12, layers, 3), 3, 8.0);
    agree(&network(12, vec![dense(144, 4)], 4), 4, 8.0);
}

/// More scores than one product computes: 2 an extract, and 16; and one layer that is a convolution.
#[test]
fn scores_in_several_extracts() {
    let square = || activation([0.1, 0.5, 0.25]);
    let wide = vec![conv(32, 7, 3), square(), dense(2048, 5)];
    let many = vec![dense(784, 200), square(), dense(200, 20)];
    for (layers, counts) in [(wide, vec![2, 2, 1]), (many, vec![16, 4])] {
        let model = network(28, layers, 11);
        let plan = Plan::new(model.description()).unwrap();
        assert_eq!(plan.score_counts(), counts);
        agree(&model, 11, 10.0);
    }
}

#[test]
fn deeper_and_wider_networks_take_the_larger_ring() {
    let square = || activation([0.1, 0.5, 0.25]);
    let deep = vec![
        conv(4, 7, 3),
        square(),
        dense(256, 16),
        square(),
        dense(16, 16),
        square(),
        dense(16, 4),
    ];
    let wide = vec![conv(8, 2, 1), square(), dense(8 * 729, 4)];
    for (layers, level, bits) in [(deep, 7, 10.0), (wide, 3, 10.0)] {
        let model = network(28, layers, 9);
        let plan = Plan::new(model.description()).unwrap();
        assert_eq!(plan.parameters().degree(), 16384);
        assert_eq!(plan.input_level(), level);
        agree(&model, 9, bits);
    }
}

#[test]
fn networks_without_a_circuit_are_refused() {
    let refused = |layers| Plan::new(network(28, layers, 5).description()).unwrap_err();
    let square = || activation([0.0, 0.0, 1.0]);
    assert!(matches!(
        refused(vec![dense(784, 4), dense(4, 2)]),
        CircuitError::Layer { .. }
    ));
    assert!(matches!(
        refused(vec![dense(784, 4), square(), square(), dense(4, 2)]),
        CircuitError::Layer { .. }
    ));
    // 64 channels of 22 x 22 windows: 64 x 512 slots
    assert!(matches!(
        refused(vec![conv(64, 7, 1), square(), dense(64 * 484, 2)]),
        CircuitError::Slots {
            layer: 0,
            needed: 32768,
            slots: 8192
        }
    ));
    let mut deep = vec![dense(784, 4)];
    for _ in 0..6 {
        deep.extend([square(), dense(4, 4)]);
    }
    assert!(matches!(
        refused(deep),
        CircuitError::Depth {
            needed: 13,
            available: 11
        }
    ));
}

#[test]
fn wrong_messages_are_refused_and_change_nothing() {
    let small = || vec![dense(144, 4), activation([0.0, 0.0, 1.0]), dense(4, 2)];
    let model = network(12, small(), 6);
    let (mut vault, mut session) = sides(&model, Plan::new(model.description()).unwrap(), 6);
    let image = Array2::from_elem((12, 12), 0.5);
    let query = vault.encrypt(image.view()).unwrap();
    let input = query.message;

    let none = |_: inkognito_network::Stage<'_>| {};
    let error = session.infer(&input[..100], none).unwrap_err();
    assert!(
        matches!(error, CircuitError::Wire(WireError::Length { .. })),
        "{error}"
    );
    // a result is no input, an input no key
    let result = session.infer(&input, none).unwrap();
    assert!(matches!(
        session.infer(&result, none).unwrap_err(),
        CircuitError::Wire(WireError::Kind { .. })
    ));
    assert!(session.load_key(&input).is_err());
    assert!(vault.decrypt(query.id, &input).is_err());
    // keys and inputs of a deeper network, at levels that this one never reaches
    let mut deeper = small();
    deeper.extend([activation([0.0, 0.0, 1.0]), dense(2, 2)]);
    let plan = Plan::new(network(12, deeper, 7).description()).unwrap();
    let keyring = Keyring::from_seed(plan.parameters(), &[7; 32]);
    let mut other = Vault::with_keyring(plan, keyring);
    let wrong = other
        .encrypt(Array2::from_elem((12, 12), 0.5).view())
        .unwrap()
        .message;
    assert!(matches!(
        session.infer(&wrong, none).unwrap_err(),
        CircuitError::Ckks(CkksError::Level {
            expected: 3,
            actual: 5
        })
    ));
    let level_at = 25;
    let high: Vec<_> = std::iter::from_fn(|| other.next_key_part())
        .filter(|part| part[level_at] > 3)
        .collect();
    assert!(!high.is_empty());
    for part in high {
        let error = session.load_key(&part).unwrap_err();
        assert!(
            matches!(error, CircuitError::UnexpectedKey { .. }),
            "{error}"
        );
    }
    // another network's scores, or the network's own at another scale
    let more = vec![dense(144, 4), activation([0.0, 0.0, 1.0]), dense(4, 3)];
    let more = network(12, more, 6);
    let (mut others, theirs) = sides(&more, Plan::new(more.description()).unwrap(), 6);
    let asked = others.encrypt(image.view()).unwrap();
    let answer = theirs.infer(&asked.message, none).unwrap();
    assert!(matches!(
        vault.decrypt(query.id, &answer).unwrap_err(),
        VaultError::Scores { expected: 2 }
    ));
    let scale_at = 24..32;
    let mut louder = result.clone();
    louder[scale_at].copy_from_slice(&1e6f64.to_le_bytes());
    assert!(matches!(
        vault.decrypt(query.id, &louder).unwrap_err(),
        VaultError::Ckks(CkksError::Scale { .. })
    ));
    // pixels that are none
    for bad in [f32::NAN, -0.1, 1.1, f32::INFINITY] {
        let image = Array2::from_elem((12, 12), bad);
        assert!(vault.encrypt(image.view()).is_err());
    }
    assert!(vault.encrypt(Array2::zeros((28, 28)).view()).is_err());
    // nothing was lost
    assert!(session.is_ready());
    let scores = vault
        .decrypt(query.id, &session.infer(&input, none).unwrap())
        .unwrap();
    let plain = model.scores(image.view());
    assert!(plain.iter().zip(&scores).all(|(p, e)| (p - e).abs() < 0.01));
}

#[test]
fn keys_that_are_missing_are_named() {
    let square = activation([0.0, 0.0, 1.0]);
    let model = network(12, vec![dense(144, 4), square, dense(4, 2)], 8);
    let plan = Plan::new(model.description()).unwrap();
    let keyring = Keyring::from_seed(plan.parameters(), &[8; 32]);
    let mut vault = Vault::with_keyring(plan, keyring);
    let session = Session::new(Arc::new(Circuit::new(&model).unwrap()));
    let query = vault.encrypt(Array2::zeros((12, 12)).view()).unwrap();
    let error = session.infer(&query.message, |_| {}).unwrap_err();
    assert!(
        matches!(
            error,
            CircuitError::Ckks(CkksError::MissingKey { level: 2, .. })
        ),
        "{error}"
    );
}
