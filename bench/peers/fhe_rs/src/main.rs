//! fhe.rs (crates.io: `fhe`), lattice cryptography in pure Rust: the operations that its scheme shares
//! with CKKS, under the names that the project's own bench gives them, one thread.
//!
//! It implements BFV, not CKKS. A rotation is the same work in both: an automorphism, then a key switch of
//! one polynomial of N = 8192 over a modulus of 158 bits, here of three primes (it computes in words of 64
//! bits). So is the making of its key, and so, but for the encoding, is a symmetric encryption.
//!
//! `cargo run --release -- RESULT.json`

use std::time::{Duration, Instant};
use std::{env, error::Error, fs, hint::black_box};

use fhe::bfv::{
    BfvParametersBuilder, Ciphertext, Encoding, EvaluationKeyBuilder, Plaintext, SecretKey,
};
use fhe_traits::{FheDecoder, FheDecrypter, FheEncoder, FheEncrypter};
use serde_json::{Map, Value, json};

const DEGREE: usize = 8192;
const MODULI_SIZES: [usize; 3] = [53, 53, 52];
/// A prime that is 1 modulo 2N, so that there are slots.
const PLAINTEXT_MODULUS: u64 = 65537;
const ROUNDS: usize = 15;
const ROUND: Duration = Duration::from_millis(30);

fn main() -> Result<(), Box<dyn Error>> {
    let out = env::args().nth(1).ok_or("usage: peer-fhe-rs RESULT.json")?;
    let mut random = rand::rng();
    let parameters = BfvParametersBuilder::new()
        .set_degree(DEGREE)
        .set_moduli_sizes(&MODULI_SIZES)
        .set_plaintext_modulus(PLAINTEXT_MODULUS)
        .build_arc()?;
    let secret = SecretKey::random(&parameters, &mut random);
    let rotation = EvaluationKeyBuilder::new(&secret)?
        .enable_column_rotation(1)?
        .build(&mut random)?;
    let values: Vec<u64> = (0..DEGREE as u64).collect();
    let plain = Plaintext::try_encode(&values, Encoding::simd(), &parameters)?;
    let fresh: Ciphertext = secret.try_encrypt(&plain, &mut random)?;

    // What is timed must also be right.
    let rotated = secret.try_decrypt(&rotation.rotates_columns_by(&fresh, 1)?)?;
    let rotated = Vec::<u64>::try_decode(&rotated, Encoding::simd())?;
    if rotated[0] != values[1] {
        return Err("the rotation went wrong".into());
    }

    let mut times = Map::new();
    let mut time = |name: &str, work: &mut dyn FnMut()| {
        let time = clock(work);
        eprintln!(
            "    fhe.rs: {name}, {:.3} ms",
            time["median"].as_f64().unwrap_or(0.0)
        );
        times.insert(name.to_owned(), time);
    };
    time("rotate", &mut || {
        black_box(rotation.rotates_columns_by(&fresh, 1)).expect("it has just worked");
    });
    time("galois_key", &mut || {
        let builder = EvaluationKeyBuilder::new(&secret);
        let builder = builder.and_then(|mut builder| {
            builder.enable_column_rotation(1)?;
            builder.build(&mut random)
        });
        black_box(builder).expect("it has just worked");
    });
    time("encrypt", &mut || {
        let plain = Plaintext::try_encode(&values, Encoding::simd(), &parameters);
        let plain = plain.expect("it has just worked");
        let fresh: fhe::Result<Ciphertext> = secret.try_encrypt(&plain, &mut rand::rng());
        black_box(fresh).expect("it has just worked");
    });
    let result =
        json!({ "subject": "fhe.rs 0.1.1 (BFV)", "times": times, "sizes": {}, "facts": {} });
    fs::write(out, format!("{result:#}\n"))?;
    Ok(())
}

/// Times `work`, repeated until a round is long enough for the clock; that warms up, too.
fn clock(work: &mut dyn FnMut()) -> Value {
    let mut run = |times: u32| {
        let begun = Instant::now();
        (0..times).for_each(|_| work());
        begun.elapsed()
    };
    let mut times = 1;
    while run(times) < ROUND {
        times *= 2;
    }
    let round = |_| run(times).as_secs_f64() * 1e3 / f64::from(times);
    let mut samples: Vec<f64> = (0..ROUNDS).map(round).collect();
    samples.sort_by(f64::total_cmp);
    json!({ "median": samples[ROUNDS / 2], "least": samples[0], "samples": ROUNDS })
}
