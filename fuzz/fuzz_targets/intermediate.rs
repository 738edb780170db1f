//! Reads a ciphertext from between two layers. A message that is read must be written back as the
//! same bytes, and decrypt to finite numbers.
//!
//! Run it with `cargo run --release --bin intermediate -- corpus/intermediate` in `fuzz/`.
#![no_main]

mod smallest_parameters;

use std::sync::LazyLock;

use inkognito::Keyring;
use inkognito_ckks::wire;
use libfuzzer_sys::fuzz_target;
use smallest_parameters::PARAMETERS;

static KEYRING: LazyLock<Keyring> = LazyLock::new(|| Keyring::from_seed(&PARAMETERS, &[7; 32]));

fuzz_target!(|bytes: &[u8]| {
    if let Ok((stage, ciphertext)) = wire::read_intermediate(&PARAMETERS, bytes) {
        let written = wire::write_intermediate(&PARAMETERS, stage, &ciphertext);
        assert_eq!(written, bytes);
        let slots = KEYRING.decrypt(&ciphertext);
        assert!(slots.iter().all(|slot| slot.is_finite()));
    }
});
