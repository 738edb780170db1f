//! Reads a model file. A model that is read must be the same when it is written and read again. A
//! plan for it is made or refused.
//!
//! Run it with `cargo run --release --bin model -- corpus/model` in `fuzz/`.
#![no_main]

use std::sync::LazyLock;

use inkognito_ckks::{Parameters, ParametersLiteral};
use inkognito_network::{Description, Model, Plan};
use libfuzzer_sys::fuzz_target;

static PARAMETERS: LazyLock<Parameters> =
    LazyLock::new(|| Parameters::new(ParametersLiteral::n8192_levels5()).expect("a valid set"));

fuzz_target!(|bytes: &[u8]| {
    let header = Description::from_bytes(bytes);
    if let Ok(model) = Model::from_bytes(bytes) {
        let written = model
            .to_bytes()
            .expect("a model that was read can be written");
        assert_eq!(
            Model::from_bytes(&written).expect("a model that was written can be read"),
            model
        );
        assert_eq!(header.as_ref().ok(), Some(model.description()));
    }
    if let Ok(description) = header {
        let _ = Plan::with_parameters(&description, PARAMETERS.clone());
    }
});
