//! The operations of the scheme on one thread, as other libraries have them, too.
//!
//! `cargo bench -p inkognito-bench --bench operations`. Names: `operation/NAME/N`; each at the
//! highest level of the shipped parameter set of that degree.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use inkognito_bench::{Operation, Workbench};
use inkognito_ckks::{Parameters, ParametersLiteral};

fn operations(criterion: &mut Criterion) {
    // the evaluator spreads its work over rayon's threads: here there is this one
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread();
    pool.build_global().expect("no pool before");
    let mut group = criterion.benchmark_group("operation");
    for literal in [
        ParametersLiteral::n8192_levels5(),
        ParametersLiteral::n16384_levels11(),
    ] {
        let parameters = Parameters::new(literal).expect("a shipped set");
        let mut workbench = Workbench::new(&parameters, parameters.max_level());
        for operation in Operation::ALL {
            let id = BenchmarkId::new(operation.name(), parameters.degree());
            group.bench_function(id, |bencher| bencher.iter(|| workbench.run(operation)));
        }
    }
    group.finish();
}

criterion_group!(benches, operations);
criterion_main!(benches);
