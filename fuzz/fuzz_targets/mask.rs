//! Masks of drawings to come: what is read at all is written back as the same bytes.
#![no_main]

mod smallest_parameters;

use smallest_parameters::PARAMETERS;
use inkognito_ckks::wire;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(mask) = wire::read_mask(&PARAMETERS, bytes) {
        assert_eq!(wire::write_mask(&PARAMETERS, &mask), bytes);
    }
});
