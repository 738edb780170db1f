//! The outcome of a step, and the two ways to run a command: as one check, or as counted tests.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::tally::Tally;
use crate::process::{describe, run as run_command};

/// The end of a step that did not fail.
#[derive(Debug)]
pub(super) enum Outcome {
    /// A check that passes or fails as a whole.
    Checked,
    /// Tests that were counted.
    Tested(Tally),
    /// Nothing was done; the reason in one line.
    Skipped(&'static str),
}

/// Runs a command that checks something.
///
/// # Errors
///
/// If the command cannot be started or fails.
pub(super) fn check(command: &mut Command) -> Result<Outcome> {
    run_command(command)?;
    Ok(Outcome::Checked)
}

/// Runs a command that runs tests; shows its output and counts the tests.
///
/// # Errors
///
/// If the command cannot be started, fails although no test did, or runs no test.
pub(super) fn test(command: &mut Command) -> Result<Tally> {
    let name = describe(command);
    let start = || format!("cannot start {name}");
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(start)?;
    let mut tally = Tally::default();
    let output = child.stdout.take().context("no output")?;
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        tally.observe(&line);
    }
    let status = child.wait()?;
    if !status.success() && tally.failed == 0 {
        bail!("{name} failed ({status}) after {} tests", tally.passed);
    }
    if tally == Tally::default() {
        bail!("{name} ran no test");
    }
    Ok(tally)
}
