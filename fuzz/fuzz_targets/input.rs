//! Reads an encrypted drawing. A message that is read must be written back as the same bytes.
//!
//! Run it with `cargo run --release --bin input -- corpus/input` in `fuzz/`.
#![no_main]

mod smallest_parameters;

use inkognito_ckks::wire;
use libfuzzer_sys::fuzz_target;
use smallest_parameters::PARAMETERS;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(input) = wire::read_input(&PARAMETERS, bytes) {
        assert_eq!(wire::write_input(&PARAMETERS, &input), bytes);
    }
});
