//! `cargo xtask bench`: measures time and size, and those of other libraries at the same work.
//!
//! It builds, starts the programs that measure (Criterion's benchmarks, scripts that drive a
//! browser, other libraries' scripts), reads their results and prints tables. This program itself
//! measures nothing.

mod browser;
mod criterion;
mod job;
mod native;
mod peers;
mod results;
mod table;

use std::fs;

use anyhow::{Context, Result};
use clap::ValueEnum;

use self::job::Job;
use crate::process::heading;
use crate::workspace::Workspace;

/// A part of the benchmarks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Part {
    /// Kernels, operations and whole inferences on this machine, by Criterion.
    Native,
    /// How the cost grows with degree, level and channels.
    Growth,
    /// The built page, in a headless Chromium.
    Browser,
    /// The page with the companion, on this machine.
    Companion,
    /// Other libraries at the same work (as with --peers).
    Peers,
}

/// The parts to measure, and the duration.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Measure this part alone (may be given more than once).
    #[arg(long, value_enum, value_name = "PART")]
    only: Vec<Part>,
    /// Measure other libraries at the same work as well; missing ones are fetched into
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

    /// Returns the command that measures a part again.
    fn command(&self, part: Part) -> String {
        let name = part.to_possible_value();
        let name = name.as_ref().map_or("", |value| value.get_name());
        let quick = if self.quick { " --quick" } else { "" };
        format!("cargo xtask bench --only {name}{quick}")
    }
}

/// Measures the chosen parts, one after another.
///
/// # Errors
///
/// If something that is needed is missing or fails. A library of others that cannot be installed
/// is no error: it is left out, and the reason is printed.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let folder = workspace.bench();
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    println!("{}", results::machine());
    if let Some(load) = results::load().filter(|load| *load > 0.5) {
        println!("the machine is busy (load average {load}): compare least times, not medians");
    }
    for part in options.parts() {
        let job = Job {
            workspace,
            folder: folder.clone(),
            quick: options.quick,
            command: options.command(part),
        };
        heading(&format!("bench: {}", job.command));
        match part {
            Part::Native => native::run(&job)?,
            Part::Growth => native::growth(&job)?,
            Part::Browser => browser::page(&job)?,
            Part::Companion => browser::companion(&job)?,
            Part::Peers => peers::run(&job)?,
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
