//! The network that the corpus of uploads is for.

use inkognito_ckks::{Parameters, ParametersLiteral};
use inkognito_network::{Description, FORMAT, Input, Layer, Plan};

/// Two pixels, a line, one score: it needs a single key.
pub(crate) fn plan() -> Plan {
    let parameters = Parameters::new(ParametersLiteral {
        log_n: 12,
        moduli_q_bits: vec![20, 20, 20],
        special_moduli_bits: vec![22, 22],
        log_scale: 20,
    });
    let dense = |inputs| Layer::Dense {
        inputs,
        outputs: 1,
        range: 1.0,
    };
    let line = Layer::Polynomial {
        coefficients: vec![0.0, 1.0],
    };
    let description = Description {
        format: FORMAT,
        name: "least".into(),
        dataset: "none".into(),
        input: Input {
            height: 1,
            width: 2,
        },
        layers: vec![dense(2), line, dense(1)],
        classes: vec!["one".into()],
    };
    Plan::with_parameters(&description, parameters.expect("a valid set")).expect("a plan")
}
