//! Benchmarks on this machine, by Criterion: kernels, operations, inferences and their growth.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::criterion;
use super::job::Job;
use super::results::{self, Results};
use super::table::{Table, bytes, duration, ratio};
use crate::process::{host_cargo, query, run as run_command};

/// The variable that names the models to measure; see `bench/src/subject.rs`.
const MODELS: &str = "INKOGNITO_BENCH_MODELS";
const DEFAULT_MODEL: &str = "digits";

/// One of Criterion's benchmark programs, or those of its benchmarks whose names match.
#[derive(Clone, Copy)]
struct Target<'a> {
    package: &'a str,
    name: &'a str,
    filter: &'a str,
    environment: &'a [(&'a str, String)],
}

const fn target<'a>(package: &'a str, name: &'a str) -> Target<'a> {
    Target {
        package,
        name,
        filter: "",
        environment: &[],
    }
}

const KERNELS: Target<'_> = target("inkognito-ring", "kernels");
const OPERATIONS: Target<'_> = target("inkognito-bench", "operations");
const INFERENCE: Target<'_> = target("inkognito-bench", "inference");
const GROWTH: Target<'_> = target("inkognito-bench", "growth");

/// Measures kernels, operations and inferences, and prints the time of an inference over its floor.
pub(super) fn run(job: &Job<'_>) -> Result<()> {
    let load = results::load();
    let mut results = Results::of("Inkognito");
    measure(job, KERNELS, &mut results)?;
    measure(job, OPERATIONS, &mut results)?;
    measure(job, INFERENCE, &mut results)?;
    let costs = costs(job)?;
    add_costs(&costs, DEFAULT_MODEL, &mut results)?;
    println!("\n{}", Table::of_times(&results, |_| true));
    println!("{}", floor(&results, DEFAULT_MODEL)?);
    results::keep(&job.file("native.json"), &job.command, load, &[&results])
}

/// Measures how the cost grows with degree, level and channels.
pub(super) fn growth(job: &Job<'_>) -> Result<()> {
    let load = results::load();
    let mut results = Results::of("Inkognito");
    measure(job, GROWTH, &mut results)?;
    let costs = costs(job)?;
    for sweep in ["by_degree", "by_channels"] {
        let mut table = Table::new(&[sweep, "median", "least", "NTTs", "key switches", "keys"]);
        for each in list(&costs, sweep)? {
            let name = text(each, "/name")?;
            let time = results.time(&format!("{sweep}/{name}"))?;
            table.row(&[
                name.to_owned(),
                duration(time.median),
                duration(time.least),
                number(each, "/operations/ntt")?.to_string(),
                number(each, "/operations/keySwitch")?.to_string(),
                bytes(number(each, "/bytes/keys")?),
            ]);
        }
        println!("\n{table}");
    }
    println!(
        "{}",
        Table::of_times(&results, |name| name.starts_with("by_level"))
    );
    results.facts.insert("costs".into(), costs);
    results::keep(&job.file("growth.json"), &job.command, load, &[&results])
}

/// Measures inferences with one model file.
pub(super) fn inference(job: &Job<'_>, model: &Path) -> Result<Results> {
    let mut results = Results::of("Inkognito");
    let models = [(MODELS, model.to_string_lossy().into_owned())];
    let target = Target {
        environment: &models,
        ..INFERENCE
    };
    measure(job, target, &mut results)?;
    let name = model.file_stem().unwrap_or_default().to_string_lossy();
    let costs = costs_with(job, &models)?;
    add_costs(&costs, &name, &mut results)?;
    Ok(results)
}

/// Measures the scheme's operations at N = 8192.
pub(super) fn operations(job: &Job<'_>) -> Result<Results> {
    let mut results = Results::of("Inkognito");
    let target = Target {
        filter: "/8192",
        ..OPERATIONS
    };
    measure(job, target, &mut results)?;
    Ok(results)
}

/// Runs one of Criterion's benchmark programs, and adds its results.
fn measure(job: &Job<'_>, target: Target<'_>, results: &mut Results) -> Result<()> {
    let home = job.file("criterion").join(target.name);
    if home.exists() {
        // All results in the folder are then of this run.
        fs::remove_dir_all(&home)?;
    }
    let mut command = cargo_bench(job, target.package, target.name);
    command
        .env("CRITERION_HOME", &home)
        .envs(target.environment.iter().map(|(name, value)| (name, value)))
        .arg("--noplot");
    if !target.filter.is_empty() {
        command.arg(target.filter);
    }
    if job.quick {
        command.args(["--warm-up-time", "0.3", "--measurement-time", "1"]);
        command.args(["--sample-size", "20"]);
    } else {
        command.args(["--warm-up-time", "1", "--measurement-time", "3"]);
    }
    run_command(&mut command)?;
    criterion::read(&home, results)
}

fn cargo_bench(job: &Job<'_>, package: &str, name: &str) -> Command {
    let mut command = host_cargo();
    command
        .current_dir(job.workspace.root())
        .args(["bench", "--quiet", "-p", package, "--bench", name, "--"]);
    command
}

/// Counts operations and bytes, which do not depend on a clock.
fn costs(job: &Job<'_>) -> Result<Value> {
    costs_with(job, &[])
}

fn costs_with(job: &Job<'_>, environment: &[(&str, String)]) -> Result<Value> {
    let mut command = cargo_bench(job, "inkognito-bench", "costs");
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    let output = query(&mut command).context("the costs could not be counted")?;
    Ok(serde_json::from_str(&output)?)
}

/// Adds the counts and sizes of a model to the results.
fn add_costs(costs: &Value, name: &str, results: &mut Results) -> Result<()> {
    let models = list(costs, "models")?;
    let model = models.iter().find(|model| model["name"] == name);
    let model = model.with_context(|| format!("no costs of {name}"))?;
    for kind in ["drawing", "scores", "keys"] {
        let size = number(model, &format!("/bytes/{kind}"))?;
        results.sizes.insert(format!("{kind}/{name}"), size);
    }
    let facts = [
        ("inference", &model["operations"]),
        ("prepared", &model["prepared"]["after"]),
        ("parameters", &model["parameters"]),
    ];
    for (kind, fact) in facts {
        let name = format!("{kind}/{name}");
        results.facts.insert(name, fact.clone());
    }
    Ok(())
}

/// Compares inferences on one thread with their floor, the number of transforms times the time of
/// one transform, and with inferences on two threads.
///
/// The same for `prepared`, the online part of an inference whose offline part was done before.
fn floor(results: &Results, model: &str) -> Result<Table> {
    let degree = number(&results.facts[&format!("parameters/{model}")], "/degree")?;
    // Inferences run on the fastest instruction set.
    let suffix = format!("/{degree}");
    let transforms = results.times.iter();
    let transforms =
        transforms.filter(|(name, _)| name.starts_with("ntt_forward/") && name.ends_with(&suffix));
    let (name, transform) = transforms
        .min_by(|(_, a), (_, b)| a.least.total_cmp(&b.least))
        .with_context(|| format!("no transform of {degree} points was measured"))?;
    let mut table = Table::new(&["", "by medians", "by least"]);
    let mut row = |what: &str, [median, least]: [String; 2]| {
        table.row(&[what.to_owned(), median, least]);
    };
    row(
        &format!("one {name}"),
        [transform.median, transform.least].map(duration),
    );
    for kind in ["inference", "prepared"] {
        let one = results.time(&format!("{kind}/{model}/1"))?;
        let count = number(&results.facts[&format!("{kind}/{model}")], "/ntt")?;
        let [median, least] = [transform.median, transform.least].map(|time| time * count as f64);
        row(
            &format!("floor: {count} of them"),
            [median, least].map(duration),
        );
        row(
            &format!("{kind}/{model}/1"),
            [one.median, one.least].map(duration),
        );
        row(
            "measured over floor",
            [ratio(one.median, median), ratio(one.least, least)],
        );
        if let Ok(two) = results.time(&format!("{kind}/{model}/2")) {
            let gains = [ratio(one.median, two.median), ratio(one.least, two.least)];
            row("two threads are faster by", gains);
        }
    }
    for (name, size) in &results.sizes {
        row(name, [bytes(*size), String::new()]);
    }
    Ok(table)
}

fn list<'a>(value: &'a Value, name: &str) -> Result<&'a Vec<Value>> {
    let list = value[name].as_array();
    list.with_context(|| format!("the costs have no list {name}"))
}

fn number(value: &Value, pointer: &str) -> Result<u64> {
    let number = value.pointer(pointer).and_then(Value::as_u64);
    number.with_context(|| format!("the costs have no number {pointer}"))
}

fn text<'a>(value: &'a Value, pointer: &str) -> Result<&'a str> {
    let text = value.pointer(pointer).and_then(Value::as_str);
    text.with_context(|| format!("the costs have no text {pointer}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::results::Time;
    use super::*;

    fn measured(times: &[(&str, f64)]) -> Results {
        let mut results = Results::of("we");
        for &(name, median) in times {
            let least = median / 2.0;
            let samples = 9;
            let time = Time {
                median,
                least,
                samples,
            };
            results.times.insert(name.into(), time);
        }
        let costs = json!({ "models": [{
            "name": "digits", "operations": { "ntt": 100 }, "parameters": { "degree": 8192 },
            "prepared": { "before": { "ntt": 50 }, "after": { "ntt": 50 } },
            "bytes": { "drawing": 1, "scores": 2, "keys": 3000 },
        }] });
        add_costs(&costs, "digits", &mut results).unwrap();
        assert!(add_costs(&costs, "fashion", &mut results).is_err());
        results
    }

    #[test]
    fn the_floor_is_that_of_the_fastest_transform_of_the_models_degree() {
        let results = measured(&[
            ("ntt_forward/scalar/8192", 0.08),
            ("ntt_forward/avx2/8192", 0.02),
            ("ntt_forward/avx2/16384", 0.001),
            ("ntt_inverse/avx2/8192", 0.001),
            ("inference/digits/1", 3.0),
            ("inference/digits/2", 2.0),
            ("prepared/digits/1", 2.0),
        ]);
        let table = floor(&results, "digits").unwrap().to_string();
        let row = |name: &str| {
            let line = table.lines().find(|line| line.contains(name)).unwrap();
            line.split('|').map(str::trim).collect::<Vec<_>>().join(" ")
        };
        assert!(row("floor: 50").ends_with("1.00 ms 500 us "), "{table}");
        assert!(row("one ntt").contains("avx2/8192"), "{table}");
        assert!(row("floor").ends_with("2.00 ms 1.00 ms "), "{table}");
        assert!(row("over floor").ends_with("1.50 1.50 "), "{table}");
        assert!(row("two threads").ends_with("1.50 1.50 "), "{table}");
        assert!(row("keys/digits").contains("3.00 KB"), "{table}");
    }

    #[test]
    fn what_is_missing_is_named() {
        let results = measured(&[("inference/digits/1", 3.0)]);
        let Err(error) = floor(&results, "digits") else {
            panic!("there is no transform");
        };
        assert!(error.to_string().contains("8192"), "{error}");
    }
}
