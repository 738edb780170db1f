//! The vault in a real browser: the module that the page loads, in a headless Chromium.
//!
//! `cargo xtask test` runs this with `wasm-pack test`.

#![cfg(target_arch = "wasm32")]

use js_sys::WebAssembly;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const MODEL: &[u8] = include_bytes!("../models/digits.safetensors");

fn vault() -> inkognito::Vault {
    inkognito::Vault::new(MODEL).expect("the shipped model has a plan")
}

#[wasm_bindgen_test]
fn memory_is_not_shared() {
    let memory: WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    let name = memory
        .buffer()
        .unchecked_into::<js_sys::Object>()
        .constructor()
        .name();
    assert_eq!(name, "ArrayBuffer");
}

#[wasm_bindgen_test]
fn browser_randomness_makes_every_key_and_encryption_different() {
    let (mut one, mut other) = (vault(), vault());
    assert_ne!(one.next_key_part(), other.next_key_part());
    let blank = ndarray::Array2::zeros((28, 28));
    let first = one.encrypt(blank.view()).expect("a blank image");
    let second = one.encrypt(blank.view()).expect("a blank image");
    assert_ne!(first.message, second.message);
    let query = other.encrypt(blank.view()).expect("a blank image");
    let answer = other.decrypt(query.id, &first.message);
    assert!(answer.is_err(), "an input is no result");
}

#[wasm_bindgen_test]
fn keys_come_in_parts_and_end() {
    let mut vault = vault();
    let parts = std::iter::from_fn(|| vault.next_key_part()).collect::<Vec<_>>();
    assert_eq!(parts.len(), vault.key_part_count());
    assert!(parts.iter().all(|part| part.starts_with(b"INKO")));
}

#[wasm_bindgen_test]
fn simd_is_in_use() {
    let fastest = inkognito_ring::Backend::fastest();
    assert_eq!(fastest.lanes(), 4, "{fastest:?}");
}

/// Compares the transform of four lanes with its definition, as the suite of `crates/ring` does
/// natively for other instruction sets.
#[wasm_bindgen_test]
fn a_transform_is_evaluation_at_roots() {
    use inkognito_ring::{SubRing, ntt_primes_below};
    let log_n = 13;
    for bits in [26, 28, 30] {
        let q = ntt_primes_below(bits, log_n, 1).expect("a prime")[0];
        let sub_ring = SubRing::new(log_n, q).expect("a prime for this degree");
        let (n, q) = (1usize << log_n, u64::from(q));
        let mut roots = vec![0; n];
        roots[1] = 1;
        sub_ring.forward(&mut roots);
        for largest in [false, true] {
            let residue = |i: u64| match largest {
                true => q - 1,
                false => i * i * 2_654_435_761 % q,
            };
            let f: Vec<u32> = (0..n as u64).map(|i| residue(i) as u32).collect();
            let mut values = f.clone();
            sub_ring.forward(&mut values);
            for k in (0..n).step_by(509) {
                let at = |sum, &c| (sum * u64::from(roots[k]) + u64::from(c)) % q;
                assert_eq!(
                    u64::from(values[k]),
                    f.iter().rev().fold(0, at),
                    "{bits} bits, {k}"
                );
            }
            sub_ring.inverse(&mut values);
            assert_eq!(values, f, "{bits} bits");
        }
    }
}

/// Compares the polynomials of a seed with the stream of the `chacha20` crate.
#[wasm_bindgen_test]
fn uniform_polynomials_are_drawn_from_chacha20() {
    use chacha20::ChaCha20Rng;
    use chacha20::rand_core::{Rng, SeedableRng};
    use inkognito_ring::{Basis, ntt_primes_below, uniform};
    let seed: [u8; 32] = std::array::from_fn(|i| 7 * i as u8 + 3);
    let primes = ntt_primes_below(26, 13, 2).expect("two primes");
    let basis = Basis::new(13, &primes).expect("a basis");
    for index in [0, 2] {
        let poly = uniform(&basis, &seed, index);
        for (i, &q) in primes.iter().enumerate() {
            let mut rng = ChaCha20Rng::from_seed(seed);
            rng.set_stream(u64::from(index) << 32 | u64::from(q));
            let words = std::iter::from_fn(|| Some(rng.next_u32() & ((1 << 26) - 1)));
            let expected: Vec<u32> = words.filter(|&x| x < q).take(1 << 13).collect();
            assert_eq!(poly.limb(i), expected);
        }
    }
}

#[wasm_bindgen_test]
fn ciphertexts_of_this_browser_decrypt_to_what_was_encrypted() {
    use inkognito_ckks::wire;
    let mut vault = vault();
    let image = ndarray::Array2::from_shape_fn((28, 28), |(r, c)| ((r * c) % 7) as f32 / 6.0);
    let query = vault.encrypt(image.view()).expect("an image");
    let input = wire::read_input(vault.plan().parameters(), &query.message).expect("an input");
    let slots = vault.keyring().decrypt(&input.expand());
    let packed = vault.plan().pack(image.view()).expect("an image");
    let error = packed
        .iter()
        .zip(&slots)
        .map(|(&p, s)| (s - p).norm())
        .fold(0.0, f64::max);
    assert!(error < 2f64.powi(-15) && error > 0.0, "{error:e}");
}

#[wasm_bindgen_test]
fn drawings_become_images() {
    let mut drawing = inkognito::Drawing::new();
    assert!(drawing.is_blank());
    drawing.begin(0.2, 0.5);
    drawing.extend(0.8, 0.5);
    let pixels = drawing.pixels();
    assert_eq!(pixels.dim(), (28, 28));
    assert!(pixels.sum() > 10.0 && pixels.iter().all(|p| (0.0..=1.0).contains(p)));
}
