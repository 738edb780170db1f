//! Reads an evaluation key. A message that is read must be written back as the same bytes.
//!
//! Run it with `cargo run --release --bin evaluation_key -- corpus/evaluation_key` in `fuzz/`.
#![no_main]

mod smallest_parameters;

use inkognito_ckks::wire;
use libfuzzer_sys::fuzz_target;
use smallest_parameters::PARAMETERS;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(key) = wire::read_evaluation_key(&PARAMETERS, bytes) {
        assert_eq!(wire::write_evaluation_key(&PARAMETERS, &key), bytes);
    }
});
