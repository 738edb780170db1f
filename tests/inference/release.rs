//! Scores that leave the vault: each answer is decrypted once, and released scores are flooded with
//! noise that covers every error of an honest evaluation.

use inkognito::{FLOODING_FACTOR, Flooding, Keyring, MAX_RELEASES, QueryId, Vault, VaultError};
use inkognito_network::{Model, Plan, Session};
use inkognito_test_kit::largest_error;
use ndarray::Array2;

const MODEL: &[u8] = include_bytes!("../../models/digits.safetensors");

/// Makes both sides of the shipped network, with keys exchanged.
fn sides(model: &Model) -> (Vault, Session) {
    inkognito_test_kit::sides(model, Plan::new(model.description()).unwrap(), 9)
}

/// Draws a bar of ink, another for each `i`.
fn image(i: usize) -> Array2<f32> {
    Array2::from_shape_fn((28, 28), |(row, column)| {
        let along = (row * (i + 1) + column) % 28;
        if (12..15).contains(&along) { 1.0 } else { 0.0 }
    })
}

/// Encrypts and evaluates an image; returns the name of the query and its scores.
fn ask(vault: &mut Vault, session: &Session, image: &Array2<f32>) -> (QueryId, Vec<f64>) {
    let query = vault.encrypt(image.view()).unwrap();
    let result = session.infer(&query.message, |_| {}).unwrap();
    (query.id, vault.decrypt(query.id, &result).unwrap())
}

#[test]
fn each_query_is_decrypted_once() {
    let (mut vault, session) = sides(&Model::from_bytes(MODEL).unwrap());
    let query = vault.encrypt(image(0).view()).unwrap();
    let result = session.infer(&query.message, |_| {}).unwrap();

    let stranger = QueryId::from_number(query.id.number() + 1);
    let closed = |answer: Result<Vec<f64>, VaultError>, expected: QueryId| match answer {
        Err(VaultError::QueryClosed { query }) => query == expected,
        _ => false,
    };
    assert!(closed(vault.decrypt(stranger, &result), stranger));
    // a message that cannot be read leaves the query open
    let error = vault.decrypt(query.id, &result[1..]).unwrap_err();
    assert!(matches!(error, VaultError::Wire(_)), "{error}");
    assert!(vault.decrypt(query.id, &result).is_ok());
    assert!(closed(vault.decrypt(query.id, &result), query.id));
    // the same message for another query is another decryption, under that query's name
    let next = vault.encrypt(image(1).view()).unwrap();
    assert!(vault.decrypt(next.id, &result).is_ok());
    assert!(closed(vault.decrypt(next.id, &result), next.id));
}

#[test]
fn released_scores_are_flooded_rounded_and_few() {
    let model = Model::from_bytes(MODEL).unwrap();
    let (mut vault, session) = sides(&model);
    let Flooding {
        error,
        deviation,
        grid,
    } = vault.flooding();
    assert_eq!(deviation, FLOODING_FACTOR * error);
    assert!((deviation..2.0 * deviation).contains(&grid) && grid.log2().fract() == 0.0);

    let nothing = vault.release(QueryId::from_number(0));
    assert!(matches!(nothing, Err(VaultError::ScoresUnavailable { .. })));
    let mut noise = vec![];
    let mut last = None;
    for i in 0..MAX_RELEASES as usize {
        let image = image(i);
        let (query, scores) = ask(&mut vault, &session, &image);
        // the bound holds, and it is not too loose
        let plain = model.scores(image.view());
        let largest = largest_error(&plain, &scores);
        assert!(
            largest < error && largest > error / 64.0,
            "{largest:e} {error:e}"
        );

        let released = vault.release(query).unwrap();
        assert!(released.iter().all(|r| (r / grid).fract() == 0.0));
        assert_eq!(
            vault.release(query).unwrap(),
            released,
            "no second noise to average"
        );
        noise.extend(released.iter().zip(&scores).map(|(r, s)| r - s));
        if let Some(earlier) = last.replace(query) {
            let gone = vault.release(earlier);
            assert!(matches!(gone, Err(VaultError::ScoresUnavailable { .. })));
        }
    }
    // 160 Gaussian numbers, rounded: mean and deviation within four standard errors
    let count = noise.len() as f64;
    let expected = deviation.powi(2) + grid.powi(2) / 12.0;
    let mean = noise.iter().sum::<f64>() / count;
    let variance = noise.iter().map(|n| n * n).sum::<f64>() / count;
    assert!(mean.abs() < 4.0 * (expected / count).sqrt(), "{mean}");
    let slack = 4.0 * (2.0 / count).sqrt();
    assert!(
        (variance / expected - 1.0).abs() < slack,
        "{variance} {expected}"
    );

    let (query, _) = ask(&mut vault, &session, &image(0));
    assert!(matches!(
        vault.release(query),
        Err(VaultError::TooManyReleases)
    ));
}

/// The figure in the documentation of `src/release.rs`.
#[test]
fn all_releases_together_give_the_documented_advantage() {
    let plan = Plan::new(Model::from_bytes(MODEL).unwrap().description()).unwrap();
    let Flooding {
        error, deviation, ..
    } = Vault::with_keyring(
        plan.clone(),
        Keyring::from_seed(plan.parameters(), &[1; 32]),
    )
    .flooding();
    let divergence = 10.0 * error.powi(2) / (2.0 * deviation.powi(2)) * f64::from(MAX_RELEASES);
    let advantage = (divergence / 2.0).sqrt();
    assert!((advantage - 0.0988).abs() < 1e-3, "{advantage}");
}
