//! The companion's upload of keys: one verdict, however the body is cut into pieces.
#![no_main]

mod common;

use std::sync::LazyLock;

use common::PARAMETERS;
use inkognito_network::{Description, FORMAT, Input, Layer, Plan};
use inkognito_server::PartChecker;
use libfuzzer_sys::fuzz_target;

/// Four pixels, one sum: a network of a single level, which needs a single key.
static PLAN: LazyLock<Plan> = LazyLock::new(|| {
    let description = Description {
        format: FORMAT,
        name: "least".into(),
        dataset: "none".into(),
        input: Input {
            height: 1,
            width: 4,
        },
        layers: vec![Layer::Dense {
            inputs: 4,
            outputs: 1,
            range: 1.0,
        }],
        classes: vec!["one".into()],
    };
    Plan::with_parameters(&description, PARAMETERS.clone()).expect("a plan")
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
