//! On this machine, by criterion: kernels, operations, whole inferences, and how they grow.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::results::{self, Results};
use super::table::{Table, bytes, duration, ratio};
use super::{Bench, criterion};
use crate::process::{host_cargo, query, run as run_command};

/// Names the models to measure to the benches; see `bench/src/subject.rs`.
const MODELS: &str = "INKOGNITO_BENCH_MODELS";
const DEFAULT_MODEL: &str = "digits";

/// One of criterion's benches, or those of it whose names match.
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

/// Kernels, operations, inferences; and the measured time of one over its floor.
pub(super) fn run(bench: &Bench<'_>) -> Result<()> {
    let load = results::load();
    let mut results = Results::of("Inkognito");
    measure(bench, KERNELS, &mut results)?;
    measure(bench, OPERATIONS, &mut results)?;
    measure(bench, INFERENCE, &mut results)?;
    let costs = costs(bench)?;
    note_model(&costs, DEFAULT_MODEL, &mut results)?;
    println!("\n{}", Table::of_times(&results, |_| true));
    println!("{}", floor(&results, DEFAULT_MODEL)?);
    results::keep(
        &bench.file("native.json"),
        &bench.command,
        load,
        &[&results],
    )
}

/// How the cost grows.
pub(super) fn growth(bench: &Bench<'_>) -> Result<()> {
    let load = results::load();
    let mut results = Results::of("Inkognito");
    measure(bench, GROWTH, &mut results)?;
    let costs = costs(bench)?;
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
    results::keep(
        &bench.file("growth.json"),
        &bench.command,
        load,
        &[&results],
    )
}

/// Inferences on one model file.
pub(super) fn inference(bench: &Bench<'_>, model: &Path) -> Result<Results> {
    let mut results = Results::of("Inkognito");
    let models = [(MODELS, model.to_string_lossy().into_owned())];
    let target = Target {
        environment: &models,
        ..INFERENCE
    };
    measure(bench, target, &mut results)?;
    let name = model.file_stem().unwrap_or_default().to_string_lossy();
    let costs = costs_with(bench, &models)?;
    note_model(&costs, &name, &mut results)?;
    Ok(results)
}

/// The scheme's operations at N = 8192.
pub(super) fn operations(bench: &Bench<'_>) -> Result<Results> {
    let mut results = Results::of("Inkognito");
    let target = Target {
        filter: "/8192",
        ..OPERATIONS
    };
    measure(bench, target, &mut results)?;
    Ok(results)
}

/// Runs one of criterion's benches, and adds what it leaves.
fn measure(bench: &Bench<'_>, target: Target<'_>, results: &mut Results) -> Result<()> {
    let home = bench.file("criterion").join(target.name);
    if home.exists() {
        // What it leaves is then of this run.
        fs::remove_dir_all(&home)?;
    }
    let mut command = cargo_bench(bench, target.package, target.name);
    command
        .env("CRITERION_HOME", &home)
        .envs(target.environment.iter().map(|(name, value)| (name, value)))
        .arg("--noplot");
    if !target.filter.is_empty() {
        command.arg(target.filter);
    }
    if bench.quick {
        command.args(["--warm-up-time", "0.3", "--measurement-time", "1"]);
        command.args(["--sample-size", "20"]);
    } else {
        command.args(["--warm-up-time", "1", "--measurement-time", "3"]);
    }
    run_command(&mut command)?;
    criterion::read(&home, results)
}

fn cargo_bench(bench: &Bench<'_>, package: &str, name: &str) -> Command {
    let mut command = host_cargo();
    command
        .current_dir(bench.workspace.root())
        .args(["bench", "--quiet", "-p", package, "--bench", name, "--"]);
    command
}

/// What does not depend on a clock.
fn costs(bench: &Bench<'_>) -> Result<Value> {
    costs_with(bench, &[])
}

fn costs_with(bench: &Bench<'_>, environment: &[(&str, String)]) -> Result<Value> {
    let mut command = cargo_bench(bench, "inkognito-bench", "costs");
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    let output = query(&mut command).context("the costs could not be counted")?;
    Ok(serde_json::from_str(&output)?)
}

/// Notes the counts and sizes of a model.
fn note_model(costs: &Value, name: &str, results: &mut Results) -> Result<()> {
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

/// The measured time of an inference on one thread over its floor: the number of transforms times the
/// time of one. And what a second thread brings. The same for what is left of it where the mask was known before.
fn floor(results: &Results, model: &str) -> Result<Table> {
    let degree = number(&results.facts[&format!("parameters/{model}")], "/degree")?;
    // whichever instruction set is the fastest: it is the one that inferences run on
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
        note_model(&costs, "digits", &mut results).unwrap();
        assert!(note_model(&costs, "fashion", &mut results).is_err());
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
