//! Measures on one thread the operations of the scheme that other libraries also have.
//!
//! `cargo bench -p inkognito-bench --bench operations`. The names are `operation/NAME/N`. Each runs
//! at the top level of the parameter set of that degree.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use inkognito_bench::{Operation, Workbench};
use inkognito_ckks::{Parameters, ParametersLiteral};

fn operations(criterion: &mut Criterion) {
    // The evaluator uses rayon's global pool, which has this thread alone.
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread();
    pool.build_global().expect("the first global pool");
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
