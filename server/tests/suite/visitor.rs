//! Visitors without a secret key: well-formed keys and inputs, and the results expected for them.

use std::sync::{Arc, LazyLock};

use inkognito_ckks::{KeyRequest, Parameters, SeededCiphertext, SeededSwitchingKey, wire};
use inkognito_network::{Circuit, Model, Plan, Session};
use inkognito_ring::{Seed, uniform};

const MODEL: &[u8] = include_bytes!("../../../models/digits.safetensors");

static CIRCUIT: LazyLock<Arc<Circuit>> = LazyLock::new(|| {
    let model = Model::from_bytes(MODEL).expect("a model file");
    Arc::new(Circuit::new(&model).expect("a circuit"))
});

pub(crate) fn plan() -> &'static Plan {
    CIRCUIT.plan()
}

/// A visitor: keys for the upload, and an evaluator that computes the expected results.
pub(crate) struct Visitor {
    seed: u16,
    pub(crate) keys: Vec<u8>,
    session: Session,
}

impl Visitor {
    pub(crate) fn new(seed: u16) -> Self {
        let mut session = Session::new(CIRCUIT.clone());
        let mut keys = Vec::new();
        for message in key_messages(seed) {
            session.load_key(&message).expect("a key that is needed");
            keys.extend(message);
        }
        assert!(session.is_ready());
        Self {
            seed,
            keys,
            session,
        }
    }

    pub(crate) fn id(&self) -> inkognito_server::KeyId {
        inkognito_server::KeyId::of(&self.keys)
    }

    /// Returns the visitor's input with this number, and its result.
    pub(crate) fn input_and_result(&self, number: u16) -> (Vec<u8>, Vec<u8>) {
        let input = input(plan(), number.wrapping_mul(251).wrapping_add(self.seed));
        let result = self.session.infer(&input, |_| {}).expect("a result");
        (input, result)
    }

    /// Returns the same input, and the outputs of all layers.
    pub(crate) fn input_and_layers(&self, number: u16) -> (Vec<u8>, Vec<u8>) {
        let (input, result) = self.input_and_result(number);
        let (layers, _) = self
            .session
            .inspect(&input, 1, || 0.0)
            .expect("the outputs");
        assert!(layers.len() > result.len() && layers.ends_with(&result));
        (input, layers)
    }
}

/// Returns the key messages of a visitor.
pub(crate) fn key_messages(seed: u16) -> impl Iterator<Item = Vec<u8>> {
    let requests = plan().key_requests().into_iter();
    requests.map(move |request| key(plan().parameters(), request, seed))
}

/// Returns a key message with uniform residues.
pub(crate) fn key(parameters: &Parameters, request: KeyRequest, seed: u16) -> Vec<u8> {
    let basis = parameters.qp_basis(request.level);
    let b = (0..parameters.digits(request.level))
        .map(|j| uniform(basis, &expand_seed(seed, 1), j as u32))
        .collect();
    let seed = expand_seed(seed, 2);
    wire::write_evaluation_key(parameters, &SeededSwitchingKey { request, seed, b })
}

/// Returns an input message with uniform residues.
pub(crate) fn input(plan: &Plan, seed: u16) -> Vec<u8> {
    let parameters = plan.parameters();
    let input = SeededCiphertext {
        c0: uniform(
            parameters.q_basis(plan.input_level()),
            &expand_seed(seed, 3),
            0,
        ),
        seed: expand_seed(seed, 4),
        scale: plan.input_scale(),
    };
    wire::write_input(parameters, &input)
}

/// Returns a seed of 32 bytes that differs for each visitor and purpose.
fn expand_seed(seed: u16, purpose: u8) -> Seed {
    let [low, high] = seed.to_le_bytes();
    std::array::from_fn(|i| [low, high, purpose][i % 3])
}
