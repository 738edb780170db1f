//! Reads Criterion's results: for each benchmark a folder with its name and its samples.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::results::{Results, Time};

#[derive(Deserialize)]
struct Benchmark {
    full_id: String,
}

/// The repetitions of each sample, and the time of all of them together, in nanoseconds.
#[derive(Deserialize)]
struct Sample {
    iters: Vec<f64>,
    times: Vec<f64>,
}

/// Adds the last run of every benchmark under `folder` to `results`, under its full name.
///
/// # Errors
///
/// If a file is missing or is not Criterion's.
pub(crate) fn read(folder: &Path, results: &mut Results) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("no {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if !path.is_dir() {
            continue;
        }
        if path.file_name().is_some_and(|name| name == "new") {
            let (name, time) =
                read_one(&path).with_context(|| format!("cannot read {}", path.display()))?;
            results.times.insert(name, time);
        } else {
            read(&path, results)?;
        }
    }
    Ok(())
}

fn read_one(folder: &Path) -> Result<(String, Time)> {
    let text = |name: &str| fs::read_to_string(folder.join(name));
    let benchmark: Benchmark = serde_json::from_str(&text("benchmark.json")?)?;
    let sample: Sample = serde_json::from_str(&text("sample.json")?)?;
    let each = sample.iters.iter().zip(&sample.times);
    let milliseconds = each.map(|(iters, time)| time / iters / 1e6).collect();
    let time = Time::of(milliseconds).context("no samples")?;
    Ok((benchmark.full_id, time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_run_of_each_benchmark_is_read() {
        let root = tempfile::tempdir().unwrap();
        let leave = |path: &str, id: &str, times: &str| {
            let folder = root.path().join(path);
            fs::create_dir_all(&folder).unwrap();
            fs::write(
                folder.join("benchmark.json"),
                format!(r#"{{"group_id": "g", "full_id": "{id}"}}"#),
            )
            .unwrap();
            let sample =
                format!(r#"{{"sampling_mode": "Flat", "iters": [1, 2, 4], "times": {times}}}"#);
            fs::write(folder.join("sample.json"), sample).unwrap();
        };
        leave("ntt/avx2/8192/new", "ntt/avx2/8192", "[3e6, 2e6, 8e6]");
        leave("ntt/avx2/8192/base", "ntt/avx2/8192", "[9e6, 9e6, 9e6]");
        leave("keys/digits/new", "keys/digits", "[5e6, 10e6, 24e6]");
        let mut results = Results::of("us");
        read(root.path(), &mut results).unwrap();
        assert_eq!(results.times.len(), 2);
        let ntt = results.time("ntt/avx2/8192").unwrap();
        assert_eq!((ntt.median, ntt.least, ntt.samples), (2.0, 1.0, 3));
        assert_eq!(results.time("keys/digits").unwrap().median, 5.0);
        fs::write(root.path().join("keys/digits/new/sample.json"), "{}").unwrap();
        let error = read(root.path(), &mut results).unwrap_err();
        assert!(format!("{error:#}").contains("keys/digits"), "{error:#}");
    }
}
