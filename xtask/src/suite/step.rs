//! The steps of `cargo xtask test`, quick ones first.

use anyhow::Result;
use clap::ValueEnum;

use super::outcome::{Outcome, check};
use super::{browser, native, prose, release};
use crate::modules::{EVALUATOR, EVALUATOR_SINGLE};
use crate::workspace::Workspace;
use crate::{commands, page};

/// A step of `cargo xtask test`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Step {
    /// The formatting of all Rust code.
    Format,
    /// The length of lines and the project's words, in every tracked text file.
    Prose,
    /// The format and the lints of the page's code.
    PageLint,
    /// Lints, as errors, for this machine.
    Lints,
    /// The documentation of every crate, without warnings.
    Docs,
    /// The tests for this machine, documentation included.
    Native,
    /// The export of a PyTorch model, where there is a Python with PyTorch.
    Pytorch,
    /// The packages of the libraries, each built from the files that it would publish.
    Package,
    /// The libraries' interfaces against the last release, where there is one to compare with.
    Semver,
    /// The page, built.
    Build,
    /// The types of the page's scripts.
    Types,
    /// Lints, as errors, for the browser.
    WasmLints,
    /// The vault's tests in a browser.
    Vault,
    /// The threaded evaluator's tests in a browser.
    Evaluator,
    /// The single-threaded evaluator's tests in a browser.
    EvaluatorSingle,
    /// The built page's tests, from the first stroke to the answer.
    EndToEnd,
}

impl Step {
    /// Returns the steps named, or all of them, in the order in which they run.
    pub(super) fn chosen(only: &[Self]) -> Vec<Self> {
        let all = Self::value_variants().iter().copied();
        all.filter(|step| only.is_empty() || only.contains(step))
            .collect()
    }

    /// Returns the step's name on the command line.
    pub(super) fn name(self) -> String {
        self.to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// Runs the step.
    ///
    /// # Errors
    ///
    /// If a check fails, or something that the step needs cannot be had.
    pub(super) fn run(self, workspace: &Workspace) -> Result<Outcome> {
        match self {
            Self::Format => native::format(workspace),
            Self::Prose => prose::run(workspace),
            Self::PageLint => {
                page::install(workspace)?;
                check(&mut page::lint(workspace))
            }
            Self::Lints => native::lints(workspace),
            Self::Docs => native::docs(workspace),
            Self::Native => native::tests(workspace),
            Self::Pytorch => native::pytorch(workspace),
            Self::Package => release::package(workspace),
            Self::Semver => release::semver(workspace),
            Self::Build => commands::build(workspace).map(|()| Outcome::Checked),
            Self::Types => {
                page::install(workspace)?;
                check(&mut page::types(workspace))
            }
            Self::WasmLints => browser::lints(workspace),
            Self::Vault => browser::vault(workspace).map(Outcome::Tested),
            Self::Evaluator => browser::evaluator(workspace, &EVALUATOR).map(Outcome::Tested),
            Self::EvaluatorSingle => {
                browser::evaluator(workspace, &EVALUATOR_SINGLE).map(Outcome::Tested)
            }
            Self::EndToEnd => browser::end_to_end(workspace).map(Outcome::Tested),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_run_in_their_own_order_whatever_the_command_names_first() {
        assert!(Step::chosen(&[]) == Step::value_variants());
        let two = Step::chosen(&[Step::Native, Step::Format]);
        assert!(two == [Step::Format, Step::Native]);
        assert_eq!(Step::EndToEnd.name(), "end-to-end");
    }
}
