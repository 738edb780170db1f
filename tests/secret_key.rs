//! Attempts to get a secret key out: each file of `compile_fail` makes one, and does not compile.
//! The `.stderr` file beside it holds the compiler's message, so that it fails for no other reason.

#![cfg(not(target_arch = "wasm32"))]

#[test]
fn a_secret_key_cannot_get_out() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
