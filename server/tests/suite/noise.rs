//! Visitors without a secret: well-formed keys and inputs, and the answers they must get.

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

/// A visitor: keys as they are uploaded, and an evaluator of its own.
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

    /// The visitor's input of this number, and the answer to it.
    pub(crate) fn question(&self, number: u16) -> (Vec<u8>, Vec<u8>) {
        let input = input(plan(), number.wrapping_mul(251).wrapping_add(self.seed));
        let answer = self.session.infer(&input, |_| {}).expect("an answer");
        (input, answer)
    }

    /// The same input, and what comes out of every layer.
    pub(crate) fn inspection(&self, number: u16) -> (Vec<u8>, Vec<u8>) {
        let (input, answer) = self.question(number);
        let (layers, _) = self
            .session
            .inspect(&input, 1, || 0.0)
            .expect("the answers");
        assert!(layers.len() > answer.len() && layers.ends_with(&answer));
        (input, layers)
    }
}

pub(crate) fn key_messages(seed: u16) -> impl Iterator<Item = Vec<u8>> {
    let requests = plan().key_requests().into_iter();
    requests.map(move |request| key(plan().parameters(), request, seed))
}

pub(crate) fn key(parameters: &Parameters, request: KeyRequest, seed: u16) -> Vec<u8> {
    let basis = parameters.qp_basis(request.level);
    let b = (0..parameters.digits(request.level))
        .map(|j| uniform(basis, &spread(seed, 1), j as u32))
        .collect();
    let seed = spread(seed, 2);
    wire::write_evaluation_key(parameters, &SeededSwitchingKey { request, seed, b })
}

pub(crate) fn input(plan: &Plan, seed: u16) -> Vec<u8> {
    let parameters = plan.parameters();
    let input = SeededCiphertext {
        c0: uniform(parameters.q_basis(plan.input_level()), &spread(seed, 3), 0),
        seed: spread(seed, 4),
        scale: plan.input_scale(),
    };
    wire::write_input(parameters, &input)
}

fn spread(seed: u16, purpose: u8) -> Seed {
    let [low, high] = seed.to_le_bytes();
    std::array::from_fn(|i| [low, high, purpose][i % 3])
}
