//! The companion's upload of keys: one verdict, however the body is cut into pieces.
#![no_main]

use std::sync::LazyLock;

use inkognito_ckks::{Parameters, ParametersLiteral};
use inkognito_network::{Description, FORMAT, Input, Layer, Plan};
use inkognito_server::PartChecker;
use libfuzzer_sys::fuzz_target;

/// Two pixels, a line, one score: a network that needs a single key.
static PLAN: LazyLock<Plan> = LazyLock::new(|| {
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
});

fn verdict<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Result<(), String> {
    let mut checker = PartChecker::new(&PLAN);
    let pushed = pieces.into_iter().try_for_each(|piece| checker.push(piece));
    let whole = pushed.and_then(|()| checker.finish());
    whole.map_err(|problem| problem.to_string())
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&size, body)) = bytes.split_first() else {
        return;
    };
    // pieces from one byte to 64 KB
    let size = (usize::from(size) + 1).pow(2);
    assert_eq!(verdict(body.chunks(size)), verdict([body]));
});
