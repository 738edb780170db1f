//! Networks of every shape that the circuit supports, encrypted, against their plain twins.

use inkognito_network::{Model, Plan};
use inkognito_test_kit::{
    Random, activation, bits, conv, dense, image, largest_error, network, sides,
};

/// Evaluates two images, with the mask known before and not; checks precision and levels.
fn agree(model: &Model, seed: u8, least_bits: f64) {
    let (mut vault, session) = sides(model, Plan::new(model.description()).unwrap(), seed);
    let side = model.description().input.height;
    let mut random = Random::new(u64::from(seed));
    for _ in 0..2 {
        let image = image(side, &mut random);
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
        // the same answer with fewer operations, if the mask was known before
        session.prepare(&mask, || 0.0).unwrap();
        let (same, report) = session.infer_timed(&query.message, 1, || 0.0).unwrap();
        assert!(same == result);
        assert_eq!(report.prepared.is_some(), vault.key_part_count() > 0);
        let scores = vault.decrypt(query.id, &result).unwrap();
        assert_eq!(scores.len(), plain.len());
        let error = largest_error(&plain, &scores);
        println!("{:.1} bits", bits(error));
        assert!(bits(error) >= least_bits && error > 1e-9, "{error:e}");
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
fn the_shape_of_the_digit_reader_agrees_with_plain_arithmetic() {
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
fn sizes_that_are_no_powers_of_two_agree_with_plain_arithmetic() {
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
fn dense_layers_may_stand_alone_or_grow() {
    let layers = vec![dense(144, 20), activation([0.2, -0.6, 0.5]), dense(20, 50)];
    agree(&network(12, layers, 3), 3, 8.0);
    agree(&network(12, vec![dense(144, 4)], 4), 4, 8.0);
}

/// More scores than one product computes: 2 for each truncated ciphertext, and 16.
#[test]
fn scores_may_fill_several_truncated_ciphertexts() {
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
