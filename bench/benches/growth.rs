//! Measures on one thread how the cost grows with the degree, the level and the channels.
//!
//! `cargo bench -p inkognito-bench --bench growth`. The names are `by_degree/N` and
//! `by_channels/CHANNELS` for inferences, and `by_level_OPERATION/LEVEL` for one operation.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use inkognito_bench::{Operation, Subject, Workbench};
use inkognito_ckks::{Parameters, ParametersLiteral};

fn growth(criterion: &mut Criterion) {
    // The evaluator uses rayon's global pool, which has this thread alone.
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread();
    pool.build_global().expect("the first global pool");
    networks(criterion, "by_degree", inkognito_bench::by_degree());
    networks(criterion, "by_channels", inkognito_bench::by_channels());
    levels(criterion);
}

fn networks(criterion: &mut Criterion, sweep: &str, subjects: Vec<Subject>) {
    let mut group = criterion.benchmark_group(sweep);
    group.sample_size(20);
    for subject in subjects {
        let (mut vault, session) = subject.sides();
        let (_, message, _) = subject.query(&mut vault, &session);
        group.bench_function(&subject.name, |bencher| {
            bencher.iter(|| session.infer(&message, |_| {}));
        });
    }
    group.finish();
}

fn levels(criterion: &mut Criterion) {
    let literal = ParametersLiteral::n8192_levels5();
    let parameters = Parameters::new(literal).expect("a shipped set");
    for operation in [Operation::Rotate, Operation::Square, Operation::GaloisKey] {
        let mut group = criterion.benchmark_group(format!("by_level_{}", operation.name()));
        for level in 1..=parameters.max_level() {
            let mut workbench = Workbench::new(&parameters, level);
            group.bench_function(BenchmarkId::from_parameter(level), |bencher| {
                bencher.iter(|| workbench.run(operation));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, growth);
criterion_main!(benches);
