//! Whole networks to be measured: a model, its plan, both sides with keys, and an image.

use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use inkognito::{Keyring, Vault};
use inkognito_ckks::{Parameters, ParametersLiteral};
use inkognito_network::{Circuit, Description, FORMAT, Input, Layer, Linear, Model, Plan, Session};
use inkognito_ring::Backend;
use ndarray::{Array1, Array2};

use crate::operations::Numbers;

/// The variable with names of models in models/, or paths of model files, separated by commas.
const MODELS: &str = "INKOGNITO_BENCH_MODELS";

/// A network and its plan.
pub struct Subject {
    /// Its name in the results.
    pub name: String,
    /// The network.
    pub model: Model,
    /// The plan of its circuit, from its shape and the parameter set.
    pub plan: Plan,
}

impl Subject {
    fn new(name: String, model: Model) -> Self {
        let plan = Plan::new(model.description()).expect("a network with a circuit");
        Self { name, model, plan }
    }

    /// Returns the same network on each slower vector backend of this machine. Its name then ends
    /// with that of the backend.
    ///
    /// # Panics
    ///
    /// Never: the parameter set has been checked before.
    pub fn on_other_backends(&self) -> impl Iterator<Item = Self> + '_ {
        let vectors = Backend::available().into_iter();
        let others = vectors.filter(|b| b.lanes() > 1 && *b != Backend::fastest());
        others.map(move |backend| {
            let literal = self.plan.parameters().literal().clone();
            let parameters = Parameters::with_backend(literal, backend).expect("the same set");
            let plan = Plan::with_parameters(self.model.description(), parameters);
            Self {
                name: format!("{}-{backend}", self.name).to_lowercase(),
                model: self.model.clone(),
                plan: plan.expect("the same network"),
            }
        })
    }

    /// Returns client and evaluator, with the evaluation keys loaded.
    ///
    /// # Panics
    ///
    /// If the weights do not fit the plan's scales.
    pub fn sides(&self) -> (Vault, Session) {
        let circuit =
            Circuit::with_plan(self.plan.clone(), &self.model).expect("the weights fit the scales");
        let keyring = Keyring::from_seed(self.plan.parameters(), &[1; 32]);
        let mut vault = Vault::with_keyring(self.plan.clone(), keyring);
        let mut session = Session::new(Arc::new(circuit));
        while let Some(part) = vault.next_key_part() {
            session
                .load_key(&part)
                .expect("the session asks for this key");
        }
        (vault, session)
    }

    /// Returns an image of the network's input size.
    pub fn image(&self) -> Array2<f32> {
        let input = self.model.description().input;
        let pixel = |(row, column)| ((31 * row + 17 * column) % 97) as f32 / 96.0;
        Array2::from_shape_fn((input.height, input.width), pixel)
    }

    /// Encrypts and evaluates an image. Returns the message with its mask, the encrypted image and
    /// the answer.
    ///
    /// # Panics
    ///
    /// If the decrypted scores differ from the plain network's by more than 1 % of the largest:
    /// a fast evaluation must also be correct.
    pub fn query(&self, vault: &mut Vault, session: &Session) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
        let image = self.image();
        let mask = vault.next_mask().expect("a mask");
        let query = vault.encrypt(image.view()).expect("an image of its size");
        let result = session
            .infer(&query.message, |_| {})
            .expect("all keys are loaded");
        let read = vault.decrypt(query.id, &result).expect("an answer");
        let plain = self.model.scores(image.view());
        let largest = plain
            .iter()
            .fold(1.0, |max: f64, score| max.max(score.abs()));
        for (read, plain) in read.iter().zip(&plain) {
            let error = (read - plain).abs() / largest;
            assert!(error < 0.01, "{}: {read} instead of {plain}", self.name);
        }
        (mask, query.message, result)
    }
}

/// Returns the models that `INKOGNITO_BENCH_MODELS` names, or `digits` if it is not set.
///
/// # Panics
///
/// If a model cannot be read.
pub fn models() -> Vec<Subject> {
    let names = env::var(MODELS).unwrap_or_else(|_| "digits".into());
    names
        .split(',')
        .map(|name| {
            let path = if name.ends_with(".safetensors") {
                PathBuf::from(name)
            } else {
                Path::new(env!("CARGO_MANIFEST_DIR"))
                    .join("../models")
                    .join(name)
                    .with_extension("safetensors")
            };
            let bytes =
                fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let model = Model::from_bytes(&bytes).expect("a model file");
            let stem = path.file_stem().unwrap_or_default();
            Subject::new(stem.to_string_lossy().into_owned(), model)
        })
        .collect()
}

/// Returns networks with the shape of `digits`, 4 to 64 channels and random weights.
pub fn by_channels() -> Vec<Subject> {
    [4, 8, 16, 32, 64]
        .map(|channels| Subject::new(channels.to_string(), network(channels)))
        .into()
}

/// Returns one network at the degrees 8192, 16384 and 32768, with the moduli sizes of the default
/// parameter set.
///
/// # Panics
///
/// Never: the sets are within the bound on `log2 QP`.
pub fn by_degree() -> Vec<Subject> {
    [13, 14, 15]
        .map(|log_n| {
            let parameters = Parameters::new(ParametersLiteral {
                log_n,
                ..ParametersLiteral::n8192_levels5()
            });
            let parameters = parameters.expect("a set within the security bound");
            let model = network(32);
            let plan = Plan::with_parameters(model.description(), parameters);
            Subject {
                name: (1 << log_n).to_string(),
                plan: plan.expect("a network with a circuit"),
                model,
            }
        })
        .into()
}

/// Returns a network with the shape of `digits` and random weights.
fn network(channels: usize) -> Model {
    let square = || Layer::Polynomial {
        coefficients: vec![0.0, 0.0, 1.0],
    };
    let dense = |inputs, outputs| Layer::Dense {
        inputs,
        outputs,
        range: 10.0,
    };
    let layers = vec![
        Layer::Conv2d {
            outputs: channels,
            kernel: 7,
            stride: 3,
            range: 4.0,
        },
        square(),
        dense(64 * channels, 64),
        square(),
        dense(64, 10),
    ];
    let mut numbers = Numbers::new();
    let mut next = || (2.0 * numbers.next() - 1.0) as f32;
    let linears = layers.iter().filter_map(Layer::tensor_shapes);
    let linears = linears.map(|(weight, _)| {
        let (outputs, inputs) = (weight[0], weight[1..].iter().product::<usize>());
        let size = (inputs as f32).sqrt().recip();
        Linear {
            weight: Array2::from_shape_simple_fn((outputs, inputs), || next() * size),
            bias: Array1::from_shape_simple_fn(outputs, &mut next),
        }
    });
    let linears = linears.collect();
    let description = Description {
        format: FORMAT,
        name: "random".into(),
        dataset: "none".into(),
        input: Input {
            height: 28,
            width: 28,
        },
        layers,
        classes: (0..10).map(|class| class.to_string()).collect(),
    };
    Model::new(description, linears).expect("weights of the right shapes")
}
