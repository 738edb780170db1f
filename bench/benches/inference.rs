//! Measures an inference from message to message, and the client's work before and after it.
//!
//! `cargo bench -p inkognito-bench --bench inference`. The names:
//!
//! - `inference/MODEL/THREADS`: the whole inference.
//! - `prepare/MODEL/THREADS`: its offline part, which depends on the mask alone.
//! - `prepared/MODEL/THREADS`: its online part, after the offline part.
//! - `keys/MODEL`, `encrypt/MODEL`, `decrypt/MODEL`: the client, on one thread.
//!
//! `MODEL-BACKEND` stands for an instruction set other than the fastest, on one thread.
//! `INKOGNITO_BENCH_MODELS` names models other than `digits`, or model files.

use std::{cell::RefCell, num::NonZero, thread};

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use inkognito::Vault;
use inkognito_network::Session;
use inkognito_threads::with_spinning_workers;

fn inference(criterion: &mut Criterion) {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    for subject in inkognito_bench::models() {
        let (mut vault, session) = subject.sides();
        let (mask, message, result) = subject.query(&mut vault, &session);
        let mut measure =
            |name: &str, threads: usize, session: &Session, mask: &[u8], message: &[u8]| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
                let pool = pool.expect("threads");
                let prepare = || {
                    with_spinning_workers(|| true, || session.prepare(mask, || 0.0))
                        .expect("a mask");
                };
                let infer = || with_spinning_workers(|| true, || session.infer(message, |_| {}));
                let mut group = |group: &str| {
                    let id = format!("{group}/{name}/{threads}");
                    criterion.bench_function(&id, |bencher| match group {
                        "inference" => bencher.iter(|| pool.install(infer)),
                        "prepare" => bencher.iter(|| pool.install(prepare)),
                        _ => {
                            let each = BatchSize::PerIteration;
                            bencher.iter_batched(
                                || pool.install(prepare),
                                |()| pool.install(infer),
                                each,
                            );
                        }
                    });
                };
                // Each offline part is used once: none is left over.
                ["inference", "prepare", "prepared"]
                    .into_iter()
                    .for_each(&mut group);
            };
        let powers = (0..4).map(|bits| 1 << bits);
        for threads in powers.filter(|&threads| threads <= cores) {
            measure(&subject.name, threads, &session, &mask, &message);
        }
        for other in subject.on_other_backends() {
            let (mut vault, session) = other.sides();
            let (mask, message, _) = other.query(&mut vault, &session);
            measure(&other.name, 1, &session, &mask, &message);
        }

        let image = subject.image();
        criterion.bench_function(&format!("encrypt/{}", subject.name), |bencher| {
            bencher.iter(|| vault.encrypt(image.view()));
        });
        let vault = RefCell::new(vault);
        criterion.bench_function(&format!("decrypt/{}", subject.name), |bencher| {
            // Each query is answered once.
            let ask = || {
                vault
                    .borrow_mut()
                    .encrypt(image.view())
                    .expect("an image")
                    .id
            };
            let read = |query| vault.borrow_mut().decrypt(query, &result);
            bencher.iter_batched(ask, read, BatchSize::PerIteration);
        });
        let mut group = criterion.benchmark_group("keys");
        group.sample_size(10);
        group.bench_function(&subject.name, |bencher| {
            let keyring = || inkognito::Keyring::from_seed(subject.plan.parameters(), &[3; 32]);
            bencher.iter(|| {
                let mut vault = Vault::with_keyring(subject.plan.clone(), keyring());
                std::iter::from_fn(|| vault.next_key_part())
                    .map(|part| part.len())
                    .sum::<usize>()
            });
        });
        group.finish();
    }
}

criterion_group!(benches, inference);
criterion_main!(benches);
