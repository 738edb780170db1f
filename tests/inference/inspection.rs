//! Inspection: every stage decrypts to the plain network's layer, once, and nothing else is
//! decrypted in its name.

use inkognito::{QueryId, Vault, VaultError};
use inkognito_ckks::{Ciphertext, CkksError, wire};
use inkognito_network::{Model, Plan, Session};
use inkognito_test_kit::{Random, activation, bits, conv, dense, largest_error, network, sides};
use ndarray::Array2;

/// Splits bytes into the messages that they consist of.
fn split(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut messages = vec![];
    while let Some(header) = bytes.first_chunk() {
        let length = wire::message_len(header).unwrap();
        let (message, rest) = bytes.split_at(length as usize);
        messages.push(message);
        bytes = rest;
    }
    assert!(bytes.is_empty());
    messages
}

fn image(side: usize, seed: u64) -> Array2<f32> {
    inkognito_test_kit::image(side, &mut Random::new(seed))
}

/// Encrypts an image for inspection and evaluates it; returns the messages of all stages.
fn inspect(vault: &mut Vault, session: &Session, image: &Array2<f32>) -> (QueryId, Vec<Vec<u8>>) {
    let query = vault.encrypt_to_inspect(image.view()).unwrap();
    let (messages, report) = session.inspect(&query.message, 3, || 1.0).unwrap();
    assert_eq!(messages.len(), vault.plan().inspection_len());
    let messages: Vec<_> = split(&messages).into_iter().map(<[u8]>::to_vec).collect();
    assert_eq!(report.layers.len(), messages.len());
    assert_eq!(report.threads, 3);
    (query.id, messages)
}

/// Compares every stage with the plain layer.
fn agree(model: &Model, seed: u8, least_bits: f64) {
    let plan = Plan::new(model.description()).unwrap();
    let (mut vault, session) = sides(model, plan, seed);
    let image = image(model.description().input.height, u64::from(seed));
    let trace = model.trace(image.view());
    let (query, messages) = inspect(&mut vault, &session, &image);
    assert_eq!(messages.len(), trace.len());
    let mut levels = vec![];
    for (stage, (message, plain)) in messages.iter().zip(&trace).enumerate() {
        let opened = vault.open_stage(query, stage, message).unwrap();
        assert_eq!(opened.values.len(), plain.len());
        let error = largest_error(plain, &opened.values);
        println!(
            "stage {stage}: {:.1} bits, {:.1} left",
            bits(error),
            opened.bits_left
        );
        assert!(bits(error) >= least_bits && error > 1e-9, "{error:e}");
        assert!(opened.bits_left > 0.5 && opened.bits_left < opened.log_modulus);
        assert!(opened.log_scale > 10.0 && opened.log_scale < opened.log_modulus);
        levels.push(opened.level);
    }
    assert_eq!(levels, (0..trace.len()).rev().collect::<Vec<_>>());
}

#[test]
fn the_shipped_network_is_decrypted_layer_by_layer() {
    let model = Model::from_bytes(include_bytes!("../../models/digits.safetensors")).unwrap();
    agree(&model, 1, 7.0);
}

#[test]
fn a_deeper_network_is_decrypted_on_the_larger_ring() {
    let model = Model::from_bytes(include_bytes!("../../models/deep.safetensors")).unwrap();
    agree(&model, 2, 7.0);
}

/// Activations whose affine parts are folded into the layers around them.
#[test]
fn values_are_the_networks_where_affine_parts_are_folded() {
    let layers = vec![
        conv(3, 5, 3),
        activation([-0.3, 0.7, -0.4]),
        dense(75, 6),
        activation([0.1, 0.5, 0.0]),
        dense(6, 2),
    ];
    let model = network(17, layers, 5);
    let plan = Plan::new(model.description()).unwrap();
    let (mut vault, session) = sides(&model, plan, 5);
    let image = image(17, 5);
    let (query, messages) = inspect(&mut vault, &session, &image);
    for (stage, plain) in model.trace(image.view()).iter().enumerate() {
        let opened = vault.open_stage(query, stage, &messages[stage]).unwrap();
        let error = largest_error(plain, &opened.values);
        assert!(error < 0.01, "stage {stage}: {error:e}");
    }
}

fn small() -> (Vault, Session) {
    let layers = vec![dense(144, 4), activation([0.0, 0.0, 1.0]), dense(4, 2)];
    let model = network(12, layers, 6);
    let plan = Plan::new(model.description()).unwrap();
    sides(&model, plan, 6)
}

#[test]
fn each_stage_is_decrypted_once_and_nothing_is_released() {
    let (mut vault, session) = small();
    let (query, messages) = inspect(&mut vault, &session, &image(12, 1));
    let closed = |error: VaultError, query: QueryId, stage: usize| {
        let expected = (query, stage);
        matches!(error, VaultError::StageClosed { query, stage } if (query, stage) == expected)
    };
    for (stage, message) in messages.iter().enumerate() {
        assert!(vault.open_stage(query, stage, message).is_ok());
        let again = vault.open_stage(query, stage, message).unwrap_err();
        assert!(closed(again, query, stage));
    }
    let beyond = vault.open_stage(query, 3, &messages[2]).unwrap_err();
    assert!(closed(beyond, query, 3));

    // its scores are not decrypted as a usual answer, and they are not released
    assert!(matches!(
        vault.decrypt(query, &messages[2]),
        Err(VaultError::QueryClosed { .. })
    ));
    assert!(matches!(
        vault.release(query),
        Err(VaultError::ScoresUnavailable { .. })
    ));
    // a usual query is not inspected
    let usual = vault.encrypt(image(12, 1).view()).unwrap();
    let error = vault.open_stage(usual.id, 0, &messages[0]).unwrap_err();
    assert!(closed(error, usual.id, 0));
    let result = session.infer(&usual.message, |_| {}).unwrap();
    assert!(vault.decrypt(usual.id, &result).is_ok());

    // the next inspected query replaces the one before
    let (first, messages) = inspect(&mut vault, &session, &image(12, 2));
    let (second, _) = inspect(&mut vault, &session, &image(12, 2));
    let error = vault.open_stage(first, 0, &messages[0]).unwrap_err();
    assert!(closed(error, first, 0));
    assert!(vault.open_stage(second, 0, &messages[0]).is_ok());
}

#[test]
fn ciphertexts_of_another_stage_are_refused_and_leave_it_open() {
    let (mut vault, session) = small();
    let (query, messages) = inspect(&mut vault, &session, &image(12, 3));
    let parameters = vault.plan().parameters().clone();
    let (stage, first) = wire::read_intermediate(&parameters, &messages[0]).unwrap();
    assert_eq!(stage, 0);
    let (_, second) = wire::read_intermediate(&parameters, &messages[1]).unwrap();

    let error = vault.open_stage(query, 0, &messages[1]).unwrap_err();
    assert!(matches!(
        error,
        VaultError::Stage {
            expected: 0,
            actual: 1
        }
    ));
    // a result is no intermediate, an intermediate no result
    for (stage, message) in [(0, &messages[2]), (2, &messages[0])] {
        let error = vault.open_stage(query, stage, message).unwrap_err();
        assert!(matches!(error, VaultError::Wire(_)), "{error}");
    }
    // another stage's ciphertext under this one's name
    let renamed = wire::write_intermediate(&parameters, 0, &second);
    let error = vault.open_stage(query, 0, &renamed).unwrap_err();
    assert!(matches!(error, VaultError::Ckks(CkksError::Level { .. })));
    // the right ciphertext with another scale
    let scaled = Ciphertext::new(first.polys().clone(), 2.0 * first.scale());
    let scaled = wire::write_intermediate(&parameters, 0, &scaled);
    let error = vault.open_stage(query, 0, &scaled).unwrap_err();
    assert!(matches!(error, VaultError::Ckks(CkksError::Scale { .. })));
    for (stage, message) in messages.iter().enumerate() {
        assert!(vault.open_stage(query, stage, message).is_ok());
    }
}
