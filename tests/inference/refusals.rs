//! Networks without a circuit, and messages that a vault or a session refuses.

use std::sync::Arc;

use inkognito::{Keyring, Vault, VaultError};
use inkognito_ckks::{CkksError, wire::WireError};
use inkognito_network::{Circuit, CircuitError, Layer, Model, Plan, Session, Stage};
use inkognito_test_kit::{activation, conv, dense, largest_error, network, sides};
use ndarray::Array2;

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

/// Returns layers for images of 12 x 12 pixels.
fn small() -> Vec<Layer> {
    vec![dense(144, 4), activation([0.0, 0.0, 1.0]), dense(4, 2)]
}

fn sides_of(model: &Model) -> (Vault, Session) {
    sides(model, Plan::new(model.description()).unwrap(), 6)
}

fn grey() -> Array2<f32> {
    Array2::from_elem((12, 12), 0.5)
}

fn unobserved(_: Stage<'_>) {}

#[test]
fn messages_of_another_kind_are_refused_and_change_nothing() {
    let model = network(12, small(), 6);
    let (mut vault, mut session) = sides_of(&model);
    let image = grey();
    let query = vault.encrypt(image.view()).unwrap();
    let input = query.message;

    let error = session.infer(&input[..100], unobserved).unwrap_err();
    assert!(
        matches!(error, CircuitError::Wire(WireError::Length { .. })),
        "{error}"
    );
    // a result is no input, an input no key
    let result = session.infer(&input, unobserved).unwrap();
    assert!(matches!(
        session.infer(&result, unobserved).unwrap_err(),
        CircuitError::Wire(WireError::Kind { .. })
    ));
    assert!(session.load_key(&input).is_err());
    assert!(vault.decrypt(query.id, &input).is_err());
    // nothing was lost
    assert!(session.is_ready());
    let result = session.infer(&input, unobserved).unwrap();
    let scores = vault.decrypt(query.id, &result).unwrap();
    assert!(largest_error(&model.scores(image.view()), &scores) < 0.01);
}

/// Keys and inputs of a deeper network, at levels that this one never reaches.
#[test]
fn messages_of_a_deeper_network_are_refused_and_change_nothing() {
    let model = network(12, small(), 6);
    let (mut vault, mut session) = sides_of(&model);
    let mut deeper = small();
    deeper.extend([activation([0.0, 0.0, 1.0]), dense(2, 2)]);
    let plan = Plan::new(network(12, deeper, 7).description()).unwrap();
    let keyring = Keyring::from_seed(plan.parameters(), &[7; 32]);
    let mut other = Vault::with_keyring(plan, keyring);
    let wrong = other.encrypt(grey().view()).unwrap().message;
    assert!(matches!(
        session.infer(&wrong, unobserved).unwrap_err(),
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
    // nothing was lost
    assert!(session.is_ready());
    let query = vault.encrypt(grey().view()).unwrap();
    let result = session.infer(&query.message, unobserved).unwrap();
    let scores = vault.decrypt(query.id, &result).unwrap();
    assert!(largest_error(&model.scores(grey().view()), &scores) < 0.01);
}

#[test]
fn answers_that_are_not_the_networks_are_refused_and_change_nothing() {
    let model = network(12, small(), 6);
    let (mut vault, session) = sides_of(&model);
    let image = grey();
    let query = vault.encrypt(image.view()).unwrap();
    let result = session.infer(&query.message, unobserved).unwrap();
    // another network's scores
    let more = vec![dense(144, 4), activation([0.0, 0.0, 1.0]), dense(4, 3)];
    let (mut other, evaluator) = sides_of(&network(12, more, 6));
    let message = other.encrypt(image.view()).unwrap().message;
    let answer = evaluator.infer(&message, unobserved).unwrap();
    assert!(matches!(
        vault.decrypt(query.id, &answer).unwrap_err(),
        VaultError::Scores { expected: 2 }
    ));
    // the network's own scores at another scale
    let scale_at = 24..32;
    let mut rescaled = result.clone();
    rescaled[scale_at].copy_from_slice(&1e6f64.to_le_bytes());
    assert!(matches!(
        vault.decrypt(query.id, &rescaled).unwrap_err(),
        VaultError::Ckks(CkksError::Scale { .. })
    ));
    // nothing was lost
    let scores = vault.decrypt(query.id, &result).unwrap();
    assert!(largest_error(&model.scores(image.view()), &scores) < 0.01);
}

#[test]
fn images_of_another_size_or_range_are_refused() {
    let model = network(12, small(), 6);
    let (mut vault, _) = sides_of(&model);
    for bad in [f32::NAN, -0.1, 1.1, f32::INFINITY] {
        let image = Array2::from_elem((12, 12), bad);
        assert!(vault.encrypt(image.view()).is_err());
    }
    assert!(vault.encrypt(Array2::zeros((28, 28)).view()).is_err());
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
