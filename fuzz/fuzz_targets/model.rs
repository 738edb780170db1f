//! Model files: one that is read can be written and read again, and its plan is made or refused.
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
        assert_eq!(Model::from_bytes(&written).expect("and read again"), model);
        assert_eq!(header.as_ref().ok(), Some(model.description()));
    }
    if let Ok(description) = header {
        let _ = Plan::with_parameters(&description, PARAMETERS.clone());
    }
});
