//! The smallest network, whose evaluation keys the corpus of `keys_body` contains. It needs one
//! key.

use inkognito_ckks::{Parameters, ParametersLiteral};
use inkognito_network::{Description, FORMAT, Input, Layer, Plan};

/// Returns the plan of a network with two pixels and one score: dense, polynomial, dense.
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
    let identity = Layer::Polynomial {
        coefficients: vec![0.0, 1.0],
    };
    let description = Description {
        format: FORMAT,
        name: "smallest".into(),
        dataset: "none".into(),
        input: Input {
            height: 1,
            width: 2,
        },
        layers: vec![dense(2), identity, dense(1)],
        classes: vec!["one".into()],
    };
    Plan::with_parameters(&description, parameters.expect("a valid set")).expect("a plan")
}
