//! The kernels under every other operation, on every backend of this machine.
//!
//! `cargo bench -p inkognito-ring`. Names: `KERNEL/BACKEND/N`.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use inkognito_ring::{Backend, SubRing, ntt_primes_below};

/// log2 of the degrees of the shipped parameter sets.
const LOG_N: [u32; 2] = [13, 14];
/// Size of most ciphertext moduli.
const MODULUS_BITS: u32 = 26;
/// Terms of an inner product: the number of digits of a decomposition, and of diagonals of a giant
/// step.
const TERMS: [usize; 2] = [3, 8];

/// Runs `measure` on a ring of each degree and backend, with residues to work on.
fn each_ring(mut measure: impl FnMut(&str, &SubRing, &[u32])) {
    for log_n in LOG_N {
        let q = ntt_primes_below(MODULUS_BITS, log_n, 1).expect("such primes exist")[0];
        for backend in Backend::available() {
            let sub_ring = SubRing::with_backend(log_n, q, backend).expect("a prime of the degree");
            measure(backend.name(), &sub_ring, &residues(1 << log_n, q));
        }
    }
}

/// Returns residues that look random.
fn residues(n: usize, q: u32) -> Vec<u32> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32 % q
    };
    std::iter::repeat_with(next).take(n).collect()
}

fn transforms(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ntt_forward");
    each_ring(|backend, sub_ring, residues| {
        // in place, again and again: an output is as good an input
        let mut data = residues.to_vec();
        group.throughput(Throughput::Elements(data.len() as u64));
        group.bench_function(BenchmarkId::new(backend, data.len()), |bencher| {
            bencher.iter(|| sub_ring.forward(&mut data));
        });
    });
    group.finish();
    let mut group = criterion.benchmark_group("ntt_inverse");
    each_ring(|backend, sub_ring, residues| {
        let mut data = residues.to_vec();
        group.throughput(Throughput::Elements(data.len() as u64));
        group.bench_function(BenchmarkId::new(backend, data.len()), |bencher| {
            bencher.iter(|| sub_ring.inverse(&mut data));
        });
    });
    group.finish();
}

fn inner_products(criterion: &mut Criterion) {
    for terms in TERMS {
        let mut group = criterion.benchmark_group(format!("inner_product_{terms}"));
        each_ring(|backend, sub_ring, residues| {
            let operands: Vec<_> = (0..2 * terms)
                .map(|shift| {
                    let mut operand = residues.to_vec();
                    operand.rotate_left(shift);
                    operand
                })
                .collect();
            let pairs: Vec<[&[u32]; 2]> = operands
                .chunks_exact(2)
                .map(|pair| [&pair[0][..], &pair[1]])
                .collect();
            let mut out = vec![0; residues.len()];
            group.throughput(Throughput::Elements((terms * out.len()) as u64));
            group.bench_function(BenchmarkId::new(backend, out.len()), |bencher| {
                bencher.iter(|| sub_ring.inner_product(&mut out, &pairs));
            });
        });
        group.finish();
    }
}

criterion_group!(benches, transforms, inner_products);
criterion_main!(benches);
