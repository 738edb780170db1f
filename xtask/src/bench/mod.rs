//! `cargo xtask bench`: what it costs, measured; and the same work by others, side by side.
//!
//! It builds, starts what measures (criterion's benches, scripts that drive a browser, other libraries'
//! scripts), reads what they write, and prints tables. Nothing here has a number of its own.

mod browser;
mod criterion;
mod native;
mod peers;
mod results;
mod table;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::process::heading;
use crate::workspace::Workspace;

/// A part of the benchmarks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Part {
    /// Kernels, operations and whole inferences on this machine, by criterion.
    Native,
    /// How the cost grows with degree, level and channels.
    Growth,
    /// The page as it ships, in a headless Chromium.
    Browser,
    /// The page with the companion, on this machine.
    Companion,
    /// Other libraries at the same work (also chosen by --peers).
    Peers,
}

/// What to measure, and for how long.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Measure this part alone (may be given more than once).
    #[arg(long, value_enum, value_name = "PART")]
    only: Vec<Part>,
    /// Measure other libraries at the same work, too; what of them is not there is fetched into
    /// target/bench/.
    #[arg(long)]
    peers: bool,
    /// Measure for a shorter time.
    #[arg(long)]
    quick: bool,
}

impl Options {
    fn parts(&self) -> Vec<Part> {
        let all = Part::value_variants().iter().copied();
        all.filter(|part| {
            if *part == Part::Peers {
                self.peers || self.only.contains(part)
            } else {
                self.only.contains(part) || (self.only.is_empty() && *part != Part::Growth)
            }
        })
        .collect()
    }

    /// The command that measures this part again.
    fn command(&self, part: Part) -> String {
        let name = part.to_possible_value();
        let name = name.as_ref().map_or("", |value| value.get_name());
        let quick = if self.quick { " --quick" } else { "" };
        format!("cargo xtask bench --only {name}{quick}")
    }
}

/// Where results are kept, and what the benchmarks need besides.
struct Bench<'a> {
    workspace: &'a Workspace,
    folder: PathBuf,
    quick: bool,
    /// The command that is measured by, for the record.
    command: String,
}

impl Bench<'_> {
    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Measures what is asked for, part by part.
///
/// # Errors
/// If something that is needed is missing or fails; a library that cannot be had is only told.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let folder = workspace.bench();
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    println!("{}", results::machine());
    if let Some(load) = results::load().filter(|load| *load > 0.5) {
        println!(
            "this machine is busy (load average {load}): look at the least times, not at the medians"
        );
    }
    for part in options.parts() {
        let bench = Bench {
            workspace,
            folder: folder.clone(),
            quick: options.quick,
            command: options.command(part),
        };
        heading(&format!("bench: {}", bench.command));
        match part {
            Part::Native => native::run(&bench)?,
            Part::Growth => native::growth(&bench)?,
            Part::Browser => browser::page(&bench)?,
            Part::Companion => browser::companion(&bench)?,
            Part::Peers => peers::run(&bench)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_and_growth_are_measured_when_asked_for() {
        let parts = |only: &[Part], peers| {
            let only = only.to_vec();
            let quick = false;
            let options = Options { only, peers, quick };
            options.parts()
        };
        let usual = [Part::Native, Part::Browser, Part::Companion];
        assert!(parts(&[], false) == usual);
        assert!(parts(&[], true) == [&usual[..], &[Part::Peers]].concat());
        assert!(parts(&[Part::Growth], false) == [Part::Growth]);
        assert!(parts(&[Part::Peers], false) == [Part::Peers]);
        assert!(parts(&[Part::Native], true) == [Part::Native, Part::Peers]);
    }
}
