//! Every test, in steps: the quick ones first; the first failure is the last step.

mod browser;
mod native;
mod outcome;
mod prose;
mod release;
mod step;
mod tally;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

use self::outcome::Outcome;
pub(crate) use self::step::Step;
use self::tally::Tally;
use crate::workspace::Workspace;

/// Runs the steps named, or all, and closes with the line `N passed, N failed`. A step that fails
/// is the last.
pub(crate) fn run(workspace: &Workspace, only: &[Step]) -> ExitCode {
    let steps = Step::chosen(only);
    let mut total = Tally::default();
    let mut report = Vec::new();
    for (index, &step) in steps.iter().enumerate() {
        let name = step.name();
        println!("\n==> step {} of {}: {name}", index + 1, steps.len());
        let start = Instant::now();
        let result = step.run(workspace);
        let (counted, verdict) = judge(&result);
        total = total + counted;
        report.push(line(&name, &verdict, start.elapsed()));
        println!("==> {}", report[index].trim());
        if counted.failed > 0 {
            break;
        }
    }
    println!("\n{}", report.join("\n"));
    if report.len() < steps.len() {
        let rest: Vec<_> = steps[report.len()..]
            .iter()
            .map(|step| step.name())
            .collect();
        println!("not run: {}", rest.join(", "));
    }
    println!("{total}");
    if total.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Returns the tests that a step adds to the count, and its verdict in words.
fn judge(result: &Result<Outcome>) -> (Tally, String) {
    match result {
        Ok(Outcome::Checked) => (
            Tally {
                passed: 1,
                failed: 0,
            },
            "passed".into(),
        ),
        Ok(Outcome::Tested(tally)) => (*tally, tally.to_string()),
        Ok(Outcome::Skipped(reason)) => (Tally::default(), format!("skipped, {reason}")),
        Err(error) => (
            Tally {
                passed: 0,
                failed: 1,
            },
            format!("FAILED: {error:#}"),
        ),
    }
}

/// Formats a step's line of the report.
fn line(name: &str, verdict: &str, time: Duration) -> String {
    format!("    {name:<17} {:7.1} s   {verdict}", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_counts_as_one_check_or_as_its_tests() {
        let checked = judge(&Ok(Outcome::Checked));
        assert_eq!((checked.0.passed, checked.0.failed), (1, 0));
        let tally = Tally {
            passed: 3,
            failed: 2,
        };
        assert_eq!(judge(&Ok(Outcome::Tested(tally))).0, tally);
        let (counted, verdict) = judge(&Ok(Outcome::Skipped("no clippy")));
        assert_eq!(counted, Tally::default());
        assert_eq!(verdict, "skipped, no clippy");
        let (counted, verdict) = judge(&Err(anyhow::anyhow!("no Node.js")));
        assert_eq!((counted.passed, counted.failed), (0, 1));
        assert_eq!(verdict, "FAILED: no Node.js");
    }
}
