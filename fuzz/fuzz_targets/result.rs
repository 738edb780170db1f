//! Reads the encrypted scores that an evaluator sends. A message that is read must be written back
//! as the same bytes, and decrypt to finite numbers.
//!
//! Run it with `cargo run --release --bin result -- corpus/result` in `fuzz/`.
#![no_main]

mod smallest_parameters;

use std::sync::LazyLock;

use inkognito::Keyring;
use inkognito_ckks::wire;
use libfuzzer_sys::fuzz_target;
use smallest_parameters::PARAMETERS;

static KEYRING: LazyLock<Keyring> = LazyLock::new(|| Keyring::from_seed(&PARAMETERS, &[7; 32]));

fuzz_target!(|bytes: &[u8]| {
    if let Ok(result) = wire::read_result(&PARAMETERS, bytes) {
        assert_eq!(wire::write_result(&PARAMETERS, &result), bytes);
        let scores = KEYRING.decrypt_truncated(&result);
        assert!(scores.iter().all(|score| score.is_finite()));
    }
});
