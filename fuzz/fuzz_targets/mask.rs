//! Reads a mask, the c_1 of a drawing that is not drawn yet. A message that is read must be written
//! back as the same bytes.
//!
//! Run it with `cargo run --release --bin mask -- corpus/mask` in `fuzz/`.
#![no_main]

mod smallest_parameters;

use inkognito_ckks::wire;
use libfuzzer_sys::fuzz_target;
use smallest_parameters::PARAMETERS;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(mask) = wire::read_mask(&PARAMETERS, bytes) {
        assert_eq!(wire::write_mask(&PARAMETERS, &mask), bytes);
    }
});
