//! The companion's upload of keys: one verdict, however the body is cut into pieces.
#![no_main]

mod smallest_network;

use std::sync::LazyLock;

use inkognito_network::Plan;
use inkognito_server::PartChecker;
use libfuzzer_sys::fuzz_target;

static PLAN: LazyLock<Plan> = LazyLock::new(smallest_network::plan);

fn verdict<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Result<(), String> {
    let mut checker = PartChecker::new(&PLAN);
    let pushed = pieces.into_iter().try_for_each(|piece| checker.push(piece));
    let whole = pushed.and_then(|()| checker.finish());
    whole.map_err(|problem| problem.to_string())
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&size, body)) = bytes.split_first() else {
        return;
    };
    // pieces from one byte to 64 KB
    let size = (usize::from(size) + 1).pow(2);
    assert_eq!(verdict(body.chunks(size)), verdict([body]));
});
