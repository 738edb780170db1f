//! Linker arguments for threads: the page makes the memory, all threads share it, and wasm-bindgen
//! needs the symbols of thread-local storage to set up each thread. rustc no longer passes these
//! arguments by itself (rust-lang/rust#147225).

use std::env;

/// The largest size of the evaluator's memory in bytes: 512 MiB, because `deep` takes more than 300
/// MB. The browser reserves all of it when the page makes the memory. If the browser refuses, the
/// page makes a memory with a smaller maximum (www/src/evaluator-worker.ts).
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
