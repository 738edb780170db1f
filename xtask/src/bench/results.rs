//! The results of a benchmark: times, sizes and facts by name. Scripts write them in this form, and
//! `target/bench/` keeps them in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A summary of repeated measurements, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Time {
    /// The median, which other programs on the machine lengthen.
    pub(crate) median: f64,
    /// The least. On a machine that runs other programs it is the one to compare.
    pub(crate) least: f64,
    pub(crate) samples: usize,
}

impl Time {
    /// Sums up samples; `None` if there are none.
    pub(crate) fn of(mut samples: Vec<f64>) -> Option<Self> {
        samples.sort_by(f64::total_cmp);
        let middle = samples.len() / 2;
        let upper = *samples.get(middle)?;
        let median = if samples.len() % 2 == 1 {
            upper
        } else {
            f64::midpoint(samples[middle - 1], upper)
        };
        Some(Self {
            median,
            least: samples[0],
            samples: samples.len(),
        })
    }
}

/// All measurements of one program or library.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Results {
    /// The name of the program or library, with its version.
    pub(crate) subject: String,
    #[serde(default)]
    pub(crate) times: BTreeMap<String, Time>,
    /// In bytes.
    #[serde(default)]
    pub(crate) sizes: BTreeMap<String, u64>,
    #[serde(default)]
    pub(crate) facts: BTreeMap<String, Value>,
}

impl Results {
    /// Returns results without any measurement.
    pub(crate) fn of(subject: &str) -> Self {
        Self {
            subject: subject.into(),
            ..Self::default()
        }
    }

    /// Reads the results that a script wrote.
    ///
    /// # Errors
    ///
    /// If the file is missing, or holds something else.
    pub(crate) fn read(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file).with_context(|| format!("no {}", file.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is no result", file.display()))
    }

    /// Returns the time of that name.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub(crate) fn time(&self, name: &str) -> Result<Time> {
        let time = self.times.get(name).copied();
        time.with_context(|| format!("{} was not measured at {name}", self.subject))
    }
}

/// The file that keeps a part of the benchmarks: results, and how they were measured.
#[derive(Serialize)]
struct Kept<'a> {
    machine: &'a str,
    command: &'a str,
    /// The load average of the last minute, before and after. Times are too long if other
    /// programs ran, too.
    load: [Option<f64>; 2],
    results: &'a [&'a Results],
}

/// Writes results as JSON.
///
/// # Errors
///
/// If the file cannot be written.
pub(crate) fn keep(
    file: &Path,
    command: &str,
    load_before: Option<f64>,
    results: &[&Results],
) -> Result<()> {
    let kept = Kept {
        machine: &machine(),
        command,
        load: [load_before, load()],
        results,
    };
    let text = serde_json::to_string_pretty(&kept)? + "\n";
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))?;
    println!("    kept in {}", file.display());
    Ok(())
}

/// Returns the load average of the last minute, where the system reports it.
pub(crate) fn load() -> Option<f64> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    text.split(' ').next()?.parse().ok()
}

/// Describes this machine: processor, widest instruction set, number of cores.
pub(crate) fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    describe(
        &fs::read_to_string("/proc/cpuinfo").unwrap_or_default(),
        cores,
    )
}

fn describe(cpuinfo: &str, cores: usize) -> String {
    let value = |name: &str| {
        let line = cpuinfo.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim())
    };
    let processor = value("model name").unwrap_or(std::env::consts::ARCH);
    let flags = value("flags").unwrap_or_default();
    let has = |flag| flags.split(' ').any(|each| each == flag);
    let widest = if has("avx512f") {
        "AVX-512"
    } else if has("avx2") {
        "AVX2, no AVX-512"
    } else {
        "no AVX2"
    };
    format!("{processor}, {widest}, {cores} cores")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_the_middle_and_the_least() {
        assert_eq!(Time::of(vec![]), None);
        let time = |samples: &[f64]| Time::of(samples.to_vec()).unwrap();
        let odd = time(&[5.0, 1.0, 3.0]);
        assert_eq!((odd.median, odd.least, odd.samples), (3.0, 1.0, 3));
        let even = time(&[4.0, 10.0, 2.0, 3.0]);
        assert_eq!((even.median, even.least, even.samples), (3.5, 2.0, 4));
    }

    #[test]
    fn what_a_script_writes_is_read_and_what_it_misspells_is_not() {
        let text = r#"{"subject": "x 1", "times": {"a": {"median": 2, "least": 1.5, "samples": 3}},
            "sizes": {"b": 7}, "facts": {"c": "d"}}"#;
        let results: Results = serde_json::from_str(text).unwrap();
        assert_eq!(results.time("a").unwrap().least, 1.5);
        let error = results.time("z").unwrap_err().to_string();
        assert!(error.contains("x 1") && error.contains('z'), "{error}");
        assert!(serde_json::from_str::<Results>(&text.replace("sizes", "seizes")).is_err());
    }

    #[test]
    fn a_machine_is_described_by_processor_and_instruction_set() {
        let with = |flags: &str| describe(&format!("model name\t: A B\nflags\t\t: {flags}\n"), 2);
        assert_eq!(with("sse2 avx2 avx512f fma"), "A B, AVX-512, 2 cores");
        assert_eq!(with("sse2 avx2 fma"), "A B, AVX2, no AVX-512, 2 cores");
        assert_eq!(with("sse2"), "A B, no AVX2, 2 cores");
    }
}
