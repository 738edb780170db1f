//! What cannot be done with a secret key: each file of `compile_fail` tries, and the compiler refuses.
//! Beside each stands what it says, which must not change for another reason.

#![cfg(not(target_arch = "wasm32"))]

#[test]
fn a_secret_key_cannot_get_out() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
