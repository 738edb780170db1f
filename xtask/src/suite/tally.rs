//! Counts tests by the output of their runners.

use std::fmt;
use std::ops::Add;

/// How many tests passed and how many failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
}

impl Tally {
    /// Adds the numbers of a line of output, if it is a summary.
    ///
    /// Rust's test harness and wasm-bindgen's runner print one line for each test program. Node.js
    /// prints a line for each kind of outcome at the end.
    pub(crate) fn observe(&mut self, line: &str) {
        let line = line.trim();
        if let Some(summary) = line.strip_prefix("test result: ") {
            let (_, counts) = summary.split_once(". ").unwrap_or_default();
            for count in counts.split(';') {
                match count.trim().split_once(' ') {
                    Some((number, "passed")) => self.passed += number.parse().unwrap_or(0),
                    Some((number, "failed")) => self.failed += number.parse().unwrap_or(0),
                    _ => {}
                }
            }
        } else if let Some(summary) = line.strip_prefix("ℹ ") {
            match summary.split_once(' ') {
                Some(("pass", number)) => self.passed += number.parse().unwrap_or(0),
                Some(("fail" | "cancelled", number)) => {
                    self.failed += number.parse().unwrap_or(0);
                }
                _ => {}
            }
        }
    }
}

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    fn count(output: &str) -> Tally {
        let mut tally = Tally::default();
        output.lines().for_each(|line| tally.observe(line));
        tally
    }

    #[test]
    fn every_test_program_of_rust_is_added() {
        let output = "running 2 tests\n\
            test a ... ok\n\
            test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; \
            finished in 0.00s\n\
            \n\
            test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; \
            finished in 0.10s\n";
        assert_eq!(
            count(output),
            Tally {
                passed: 5,
                failed: 1
            }
        );
    }

    #[test]
    fn node_sums_up_once() {
        let output = "✔ draws (5.1ms)\n✖ fails (1ms)\nℹ tests 4\nℹ suites 0\n\
            ℹ pass 2\nℹ fail 1\nℹ cancelled 1\nℹ skipped 0\nℹ todo 0\nℹ duration_ms 51.2\n";
        assert_eq!(
            count(output),
            Tally {
                passed: 2,
                failed: 2
            }
        );
    }

    #[test]
    fn other_lines_count_for_nothing() {
        assert_eq!(
            count("3 passed\npass 3\ntest result:\ntest result: ok\nno tests to run!\n"),
            Tally::default()
        );
    }

    #[test]
    fn the_sum_reads_as_promised() {
        let tally = Tally {
            passed: 40,
            failed: 0,
        } + Tally {
            passed: 2,
            failed: 3,
        };
        assert_eq!(tally.to_string(), "42 passed, 3 failed");
    }
}
