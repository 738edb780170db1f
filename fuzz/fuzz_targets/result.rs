//! The evaluator's answers: what is read at all is written back as the same bytes, and decrypts to
//! numbers.
#![no_main]

mod common;

use std::sync::LazyLock;

use common::PARAMETERS;
use inkognito::Keyring;
use inkognito_ckks::wire;
use libfuzzer_sys::fuzz_target;

static KEYRING: LazyLock<Keyring> = LazyLock::new(|| Keyring::from_seed(&PARAMETERS, &[7; 32]));

fuzz_target!(|bytes: &[u8]| {
    if let Ok(result) = wire::read_result(&PARAMETERS, bytes) {
        assert_eq!(wire::write_result(&PARAMETERS, &result), bytes);
        let scores = KEYRING.decrypt_truncated(&result);
        assert!(scores.iter().all(|score| score.is_finite()));
    }
});
