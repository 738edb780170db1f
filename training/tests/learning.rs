//! All steps on a small invented problem: train, fold, export, read.

use inkognito_dataset::{CLASSES, Dataset, SIDE, Split};
use inkognito_network::{Layer, Model};
use inkognito_training::augment::{PIXELS, Strength};
use inkognito_training::batches::{Source, pixels};
use inkognito_training::card::{Facts, card};
use inkognito_training::error::TrainingError;
use inkognito_training::evaluate::measure;
use inkognito_training::fold::{clean_moments, export};
use inkognito_training::network::{Architecture, Moments, Network, Quadratic};
use inkognito_training::recipe::{RECIPES, Recipe};
use inkognito_training::record::Record;
use inkognito_training::train::{Epoch, Progress, Settings, train};

/// Returns images of ten classes: a square of ink at one of ten positions, and noise.
fn squares(count: usize, salt: u64) -> Split {
    let mut state = salt;
    let mut noise = || {
        // Knuth's linear congruential generator; its upper bits are random enough here.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 58) as u8
    };
    let mut images = [0x0803, count as u32, SIDE as u32, SIDE as u32]
        .map(u32::to_be_bytes)
        .concat();
    let mut labels = [0x0801, count as u32].map(u32::to_be_bytes).concat();
    for index in 0..count {
        let class = index % CLASSES;
        let (top, left) = (5 + 12 * (class / 5), 2 + 5 * (class % 5));
        for at in 0..PIXELS {
            let (y, x) = (at / SIDE, at % SIDE);
            let inside = (top..top + 5).contains(&y) && (left..left + 4).contains(&x);
            images.push(noise() + if inside { 180 } else { 0 });
        }
        labels.push(class as u8);
    }
    Split::from_idx(&images, &labels).expect("a split")
}

const STRENGTH: Strength = Strength {
    rotation: 3.0,
    shear: 0.05,
    scale: 0.03,
    shift: 0.5,
    elastic: 0.3,
    thickness: 0.3,
    contrast: 0.2,
    flip: false,
};

fn settings(epochs: u32) -> Settings {
    Settings {
        epochs,
        batch: 50,
        rate: 5e-3,
        strength: STRENGTH,
        seed: 4,
    }
}

fn network() -> Network {
    let architecture = Architecture::new(7, 3, 4, &[12]).expect("sizes");
    let activation = Quadratic {
        coefficients: [0.1875, 0.5, 0.234_375],
    };
    Network::new(architecture, activation, 4).expect("a network")
}

/// Returns a network after a short run, its moments and the results of the epochs.
fn trained(epochs: u32) -> (Network, Vec<Moments>, Vec<Epoch>) {
    let network = network();
    let mut epoch_results = Vec::new();
    let moments = train(
        &network,
        &squares(500, 1),
        &squares(100, 2),
        settings(epochs),
        |progress| {
            if let Progress::Epoch(epoch) = progress {
                epoch_results.push(epoch);
            }
        },
    );
    (network, moments.expect("a run"), epoch_results)
}

fn exported(network: &Network, moments: &[Moments]) -> Model {
    export(
        network,
        moments,
        "squares",
        Dataset::Mnist,
        &squares(500, 1),
    )
    .expect("a model")
}

#[test]
fn a_small_problem_is_learned() {
    let test = squares(100, 2);
    let accuracy = |network: &Network, moments: &[Moments]| {
        let model = exported(network, moments);
        measure(&model, "squares", test.labels(), |index| test.image(index)).accuracy()
    };
    let (network, moments, epochs) = trained(12);
    assert!(accuracy(&network, &moments) > 0.97);
    assert_eq!(epochs.len(), 12);
    assert!(epochs[11].loss < 0.5 * epochs[0].loss, "{epochs:?}");

    let fresh = self::network();
    let train = squares(500, 1);
    let source = Source {
        split: &train,
        architecture: &fresh.architecture,
        size: 50,
    };
    let moments = clean_moments(&fresh, source, 500).expect("moments");
    assert!(accuracy(&fresh, &moments) < 0.6);
}

#[test]
fn the_same_seed_gives_the_same_model() {
    let bytes = || {
        let (network, moments, _) = trained(2);
        exported(&network, &moments).to_bytes().expect("written")
    };
    assert_eq!(bytes(), bytes());
}

#[test]
fn the_folded_model_gives_the_networks_scores() {
    let (network, moments, _) = trained(2);
    let model = exported(&network, &moments);
    assert_equal_scores(&network, &moments, &model);
}

/// Compares the network in training, normalised by `moments`, with its exported model.
fn assert_equal_scores(network: &Network, moments: &[Moments], model: &Model) {
    let split = squares(60, 3);
    let source = Source {
        split: &split,
        architecture: &network.architecture,
        size: 60,
    };
    let batch = source.clean(60).next().expect("a batch");
    let (windows, _) = batch.into_tensors(&network.architecture).expect("tensors");
    let scores = network
        .forward(&windows, Some(moments))
        .expect("a pass")
        .scores;
    let scores: Vec<Vec<f32>> = scores.to_vec2().expect("scores");
    for (index, expected) in scores.iter().enumerate() {
        let found = model.scores(split.image(index).view());
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                (found - f64::from(*expected)).abs() < 1e-3,
                "{found}, not {expected}"
            );
        }
    }
}

#[test]
fn deeper_networks_are_folded_as_well() {
    let architecture = Architecture::new(7, 3, 4, &[12, 8]).expect("sizes");
    let network = Network::new(architecture, network().activation, 4).expect("a network");
    let moments = train(
        &network,
        &squares(500, 1),
        &squares(100, 2),
        settings(1),
        |_| (),
    )
    .expect("a run");
    assert_eq!(moments.len(), 3);
    let model = exported(&network, &moments);
    assert_eq!(model.description().layers.len(), 7);
    assert_equal_scores(&network, &moments, &model);
}

#[test]
fn clean_moments_are_those_of_one_large_batch() {
    let network = network();
    let split = squares(200, 1);
    let source = |size| Source {
        split: &split,
        architecture: &network.architecture,
        size,
    };
    let moments = clean_moments(&network, source(30), 200).expect("moments");
    // Normalised by its own moments, one batch of all images must come out the same.
    let batch = source(200).clean(200).next().expect("a batch");
    let (windows, _) = batch.into_tensors(&network.architecture).expect("tensors");
    let scores = |moments| {
        let pass = network.forward(&windows, moments).expect("a pass");
        pass.scores
            .flatten_all()
            .and_then(|s| s.to_vec1::<f32>())
            .expect("scores")
    };
    for (found, expected) in scores(Some(&moments)).iter().zip(scores(None)) {
        assert!((found - expected).abs() < 1e-2, "{found}, not {expected}");
    }
}

#[test]
fn ranges_are_the_largest_outputs_on_the_training_images() {
    let (network, moments, _) = trained(1);
    let model = exported(&network, &moments);
    let split = squares(500, 1);
    for (index, layer) in model.description().layers.iter().enumerate() {
        let (Layer::Conv2d { range, .. } | Layer::Dense { range, .. }) = layer else {
            continue;
        };
        let largest = (0..split.len())
            .flat_map(|image| model.trace(split.image(image).view())[index].to_vec())
            .fold(0.0_f64, |largest, value| largest.max(value.abs()));
        assert_eq!(*range, largest);
    }
}

#[test]
fn an_exported_model_is_read_again() {
    let (network, moments, epochs) = trained(1);
    let model = exported(&network, &moments);
    let bytes = model.to_bytes().expect("written");
    assert_eq!(Model::from_bytes(&bytes).expect("read"), model);

    let split = squares(100, 2);
    let measured = measure(&model, "test images", split.labels(), |index| {
        split.image(index)
    });
    let record = Record {
        command: "the command".into(),
        seed: 4,
        batch: 50,
        rate: 5e-3,
        radius: 2.0,
        seconds: 90.0,
        threads: 2,
        epochs,
    };
    let card = card(&Facts {
        recipe: &RECIPES[0],
        record: &record,
        model: &model,
        file_bytes: bytes.len(),
        as_trained: std::slice::from_ref(&measured),
        tolerance: &[],
    });
    for expected in [
        format!("| test images | {} of 100 |", measured.right),
        "convolution 7x7, stride 3, 4 channels -> 0.1875 + 0.5000 x + 0.2344 x^2 -> \
         dense 256 to 12"
            .into(),
        "`the command`".into(),
        "1.5 minutes on 2 threads".into(),
    ] {
        assert!(card.contains(&expected), "{expected} is not in\n{card}");
    }
}

#[test]
fn windows_are_rows_of_pixels_and_a_one() {
    let architecture = Architecture::new(7, 3, 4, &[12]).expect("sizes");
    let split = squares(1, 9);
    let image = pixels(&split, 0);
    let mut rows = Vec::new();
    architecture.windows(&image, &mut rows);
    assert_eq!(rows.len(), 64 * 50);
    // Window (2, 5), tap (3, 4): row 2·3 + 3, column 5·3 + 4.
    assert_eq!(rows[(2 * 8 + 5) * 50 + 3 * 7 + 4], image[9 * SIDE + 19]);
    assert!(rows.chunks(50).all(|row| row[49] == 1.0));
}

#[test]
fn settings_out_of_range_are_refused() {
    assert!(matches!(
        Architecture::new(29, 1, 4, &[4]),
        Err(TrainingError::Kernel { kernel: 29, .. })
    ));
    assert!(matches!(
        Architecture::new(5, 0, 4, &[4]),
        Err(TrainingError::Kernel { stride: 0, .. })
    ));
    assert!(matches!(
        Architecture::new(5, 1, 0, &[4]),
        Err(TrainingError::Setting { actual: 0, .. })
    ));
    for hidden in [&[] as &[usize], &[4, 0]] {
        assert!(matches!(
            Architecture::new(5, 1, 4, hidden),
            Err(TrainingError::Setting { actual: 0, .. })
        ));
    }
    assert!(matches!(
        Recipe::named("none"),
        Err(TrainingError::NoRecipe { known, .. }) if known.contains("digits")
    ));
    let run = |settings| {
        train(
            &network(),
            &squares(100, 1),
            &squares(10, 2),
            settings,
            |_| (),
        )
        .map(|_| ())
    };
    assert!(matches!(
        run(Settings {
            batch: 101,
            ..settings(1)
        }),
        Err(TrainingError::Setting {
            high: 100,
            actual: 101,
            ..
        })
    ));
    assert!(matches!(
        run(settings(0)),
        Err(TrainingError::Setting { actual: 0, .. })
    ));
    assert!(matches!(
        run(Settings {
            rate: 1e20,
            ..settings(3)
        }),
        Err(TrainingError::Diverged { .. })
    ));
}
