//! What the linker must be told when this crate is compiled for threads: the memory is made by the
//! page and shared by all threads, and wasm-bindgen needs the symbols of thread-local storage to
//! set up each of them. rustc passes none of this on its own account any more
//! (rust-lang/rust#147225).

use std::env;

/// The largest memory that the evaluator may grow to, in bytes: 512 MiB, because `deep` takes more
/// than 300 MB. All of it is reserved as soon as the page makes the memory; where that is refused,
/// the page makes one that may grow to less (www/src/evaluator-worker.ts).
const MAX_MEMORY: u32 = 512 << 20;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let features = env::var("CARGO_CFG_TARGET_FEATURE").unwrap_or_default();
    let is_wasm = env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32");
    if !is_wasm || !features.split(',').any(|feature| feature == "atomics") {
        return;
    }
    println!("cargo:rustc-link-arg=--shared-memory");
    println!("cargo:rustc-link-arg=--import-memory");
    println!("cargo:rustc-link-arg=--max-memory={MAX_MEMORY}");
    for symbol in [
        "__heap_base",
        "__wasm_init_tls",
        "__tls_size",
        "__tls_align",
        "__tls_base",
    ] {
        println!("cargo:rustc-link-arg=--export={symbol}");
    }
}
