//! A network trained and exported by PyTorch: the plain forward pass gives PyTorch's scores, and so
//! does the encrypted network.
//!
//! The command `python3 training/pytorch/example.py tests/pytorch` made the files in
//! `tests/pytorch/`, with the version of PyTorch and the seed that `bars.json` names; see
//! docs/pytorch.md.

#![cfg(not(target_arch = "wasm32"))]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use inkognito_network::{Layer, Model, Plan};
use inkognito_test_kit::{largest_error, sides};
use ndarray::Array2;
use serde_json::Value;

/// Bound on the difference from PyTorch, which sums some 100 terms in 32-bit floats.
const PLAIN_ERROR: f64 = 1e-4;
/// Bound on the encrypted network's error, for scores of magnitude ten.
const ENCRYPTED_ERROR: f64 = 0.05;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// One image with its label and PyTorch's scores.
struct Example {
    image: Array2<f32>,
    label: usize,
    scores: Vec<f64>,
}

fn examples(folder: &Path) -> Vec<Example> {
    let text = fs::read_to_string(folder.join("bars.json")).unwrap();
    let record: Value = serde_json::from_str(&text).unwrap();
    assert!(record["accuracy"].as_f64().unwrap() > 0.98);
    let numbers = |value: &Value| -> Vec<f64> {
        let values = value.as_array().unwrap().iter();
        values.map(|x| x.as_f64().unwrap()).collect()
    };
    let images = record["images"].as_array().unwrap();
    let rest = images.iter().zip(record["labels"].as_array().unwrap());
    let examples: Vec<_> = rest
        .zip(record["scores"].as_array().unwrap())
        .map(|((image, label), scores)| {
            let rows: Vec<Vec<f64>> = image.as_array().unwrap().iter().map(numbers).collect();
            Example {
                image: Array2::from_shape_fn((rows.len(), rows[0].len()), |(y, x)| {
                    rows[y][x] as f32
                }),
                label: label.as_u64().unwrap() as usize,
                scores: numbers(scores),
            }
        })
        .collect();
    assert!(examples.len() >= 3);
    examples
}

fn largest(scores: &[f64]) -> usize {
    (0..scores.len())
        .max_by(|&a, &b| scores[a].total_cmp(&scores[b]))
        .unwrap()
}

fn close(expected: &[f64], found: &[f64], bound: f64) {
    let error = largest_error(expected, found);
    println!("largest error {error:.2e}");
    assert!(error < bound, "{expected:?} against {found:?}");
}

/// Compares the plain and the encrypted network with PyTorch.
fn agrees_with_pytorch(folder: &Path) {
    let model = Model::from_bytes(&fs::read(folder.join("bars.safetensors")).unwrap()).unwrap();
    let plan = Plan::new(model.description()).unwrap();
    let (mut vault, session) = sides(&model, plan, 17);
    for Example {
        image,
        label,
        scores,
    } in examples(folder)
    {
        let plain = model.scores(image.view()).to_vec();
        close(&scores, &plain, PLAIN_ERROR);
        let query = vault.encrypt(image.view()).unwrap();
        let result = session.infer(&query.message, |_| {}).unwrap();
        let encrypted = vault.decrypt(query.id, &result).unwrap();
        close(&scores, &encrypted, ENCRYPTED_ERROR);
        assert_eq!((largest(&scores), largest(&encrypted)), (label, label));
    }
}

#[test]
fn the_exported_model_gives_the_scores_of_pytorch() {
    let folder = root().join("tests/pytorch");
    agrees_with_pytorch(&folder);
    // trained polynomials, not the ones that training started from
    let model = Model::from_bytes(&fs::read(folder.join("bars.safetensors")).unwrap()).unwrap();
    let polynomials = model
        .description()
        .layers
        .iter()
        .filter_map(|layer| match layer {
            Layer::Polynomial { coefficients } => Some(coefficients),
            _ => None,
        });
    for coefficients in polynomials {
        assert_eq!(coefficients.len(), 3);
        assert_ne!(coefficients, &[0.1875, 0.5, 0.234_375]);
    }
}

/// Runs the script itself. `cargo xtask test` runs this test if there is a Python with torch and
/// safetensors, and reports it as skipped otherwise.
#[test]
#[ignore = "needs Python with torch and safetensors: cargo xtask test --only pytorch"]
fn the_script_trains_and_exports() {
    let folder = tempfile::tempdir().unwrap();
    let python = env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    let status = Command::new(python)
        .arg("-B")
        .arg(root().join("training/pytorch/example.py"))
        .arg(folder.path())
        .args(["--seed", "2"])
        .status()
        .unwrap();
    assert!(status.success());
    agrees_with_pytorch(folder.path());
}
