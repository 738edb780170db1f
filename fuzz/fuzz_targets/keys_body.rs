//! Checks the body of an upload of evaluation keys, as the companion does. The result must be the
//! same however the body is split into chunks. The first byte of the input says how large the
//! chunks are.
//!
//! Run it with `cargo run --release --bin keys_body -- corpus/keys_body` in `fuzz/`.
#![no_main]

mod smallest_network;

use std::sync::LazyLock;

use inkognito_network::Plan;
use inkognito_server::PartChecker;
use libfuzzer_sys::fuzz_target;

static PLAN: LazyLock<Plan> = LazyLock::new(smallest_network::plan);

/// Returns the error message that the checker has for a body in these chunks.
fn check<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Result<(), String> {
    let mut checker = PartChecker::new(&PLAN);
    let pushed = chunks.into_iter().try_for_each(|chunk| checker.push(chunk));
    let whole = pushed.and_then(|()| checker.finish());
    whole.map_err(|problem| problem.to_string())
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&size, body)) = bytes.split_first() else {
        return;
    };
    // From one byte to 64 KB.
    let size = (usize::from(size) + 1).pow(2);
    assert_eq!(check(body.chunks(size)), check([body]));
});
