//! Every test, in steps: the quick ones first, the first failure is the last step.

mod tally;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use self::tally::Tally;
use crate::modules::{self, EVALUATOR, EVALUATOR_SINGLE, Module, VAULT};
use crate::process::{describe, host_cargo, run as run_command};
use crate::system::Browser;
use crate::toolchain::Toolchain;
use crate::tools::{TEST_RUNNER, WASM_PACK};
use crate::workspace::Workspace;
use crate::{commands, page};

/// A step of `cargo xtask test`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Step {
    /// The formatting of all Rust code.
    Format,
    /// Lints, as errors, for this machine.
    Lints,
    /// The tests for this machine, documentation included.
    Native,
    /// The export of a PyTorch model, where there is a Python with PyTorch.
    Pytorch,
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

/// The tests for this machine, but for those of this program.
const NATIVE: [&str; 4] = ["test", "--workspace", "--exclude", "xtask"];

/// How a step ended that did not fail.
enum Outcome {
    /// A check that passes or fails as a whole.
    Checked,
    /// Tests that were counted.
    Tested(Tally),
    /// Nothing was done; the reason.
    Skipped(&'static str),
}

/// Runs the steps named, or all, and closes with the line `N passed, N failed`.
pub(crate) fn run(workspace: &Workspace, only: &[Step]) -> ExitCode {
    let chosen = |step: &&Step| only.is_empty() || only.contains(step);
    let steps: Vec<Step> = Step::value_variants()
        .iter()
        .filter(chosen)
        .copied()
        .collect();
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

/// What a step adds to the count, and how to say it.
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

fn line(name: &str, verdict: &str, time: Duration) -> String {
    format!("    {name:<17} {:7.1} s   {verdict}", time.as_secs_f64())
}

impl Step {
    fn name(self) -> String {
        self.to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned())
    }

    fn run(self, workspace: &Workspace) -> Result<Outcome> {
        let cargo = || {
            let mut command = host_cargo();
            command.current_dir(workspace.root());
            command
        };
        match self {
            Self::Format => check(cargo().args(["fmt", "--all", "--check"])),
            Self::Lints => check(cargo().args([
                "clippy",
                "--workspace",
                "--all-targets",
                "--",
                "--deny",
                "warnings",
            ])),
            Self::Native => {
                let tests = ["test", "--no-fail-fast"];
                let rest = test(cargo().args(NATIVE).arg("--no-fail-fast"))?;
                // In the profile that this program was compiled in: its dependencies are many.
                let own = test(
                    cargo()
                        .args(tests)
                        .args(["--profile", "tool", "-p", "xtask"]),
                )?;
                Ok(Outcome::Tested(rest + own))
            }
            Self::Pytorch => test_pytorch(cargo()),
            Self::Build => commands::build(workspace).map(|()| Outcome::Checked),
            Self::Types => {
                page::install(workspace)?;
                check(&mut page::types(workspace))
            }
            Self::WasmLints => wasm_lints(workspace),
            Self::Vault => test_vault(workspace).map(Outcome::Tested),
            Self::Evaluator => test_evaluator(workspace, &EVALUATOR).map(Outcome::Tested),
            Self::EvaluatorSingle => {
                test_evaluator(workspace, &EVALUATOR_SINGLE).map(Outcome::Tested)
            }
            Self::EndToEnd => test_page(workspace).map(Outcome::Tested),
        }
    }
}

/// The tests that the native step leaves out, because they run PyTorch.
fn test_pytorch(mut cargo: Command) -> Result<Outcome> {
    let python = env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
    let found = Command::new(python)
        .args(["-c", "import torch, safetensors"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !found.is_ok_and(|status| status.success()) {
        return Ok(Outcome::Skipped(
            "no Python with torch and safetensors (PYTHON names another than python3)",
        ));
    }
    let arguments = ["test", "--test", "pytorch", "--", "--ignored"];
    test(cargo.args(arguments)).map(Outcome::Tested)
}

fn wasm_lints(workspace: &Workspace) -> Result<Outcome> {
    let toolchain = Toolchain::find_or_install()?;
    for module in modules::ALL {
        let Some(mut command) = toolchain.clippy(module.threads) else {
            return Ok(Outcome::Skipped(
                "the toolchain for WebAssembly has no released clippy",
            ));
        };
        module.select(workspace, &mut command);
        run_command(command.args(["--release", "--all-targets", "--", "--deny", "warnings"]))?;
    }
    Ok(Outcome::Checked)
}

fn test_vault(workspace: &Workspace) -> Result<Tally> {
    let toolchain = Toolchain::find_or_install()?;
    let wasm_pack = WASM_PACK.find_or_install(workspace)?;
    let runner = TEST_RUNNER.find_or_install(workspace)?;
    let browser = Browser::find_or_install()?;
    let folders: Vec<_> = runner.parent().into_iter().collect();
    let mut command = toolchain.command(wasm_pack, VAULT.threads);
    command
        .current_dir(workspace.root())
        .env("CARGO_TARGET_DIR", VAULT.cargo_output(workspace))
        .env("PATH", toolchain.search_path(&folders))
        // wasm-pack is not to install anything by itself.
        .args([
            "test",
            "--headless",
            "--chrome",
            "--release",
            "--mode",
            "no-install",
        ])
        .arg("--chromedriver")
        .arg(browser.driver);
    test(&mut command)
}

fn test_evaluator(workspace: &Workspace, module: &Module) -> Result<Tally> {
    let toolchain = Toolchain::find_or_install()?;
    let runner = TEST_RUNNER.find_or_install(workspace)?;
    let browser = Browser::find_or_install()?;
    let mut command = toolchain.cargo(module.threads);
    module
        .select(workspace, command.arg("test"))
        .args(["--release", "--tests"])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
        .env("CHROMEDRIVER", browser.driver);
    test(&mut command)
}

fn test_page(workspace: &Workspace) -> Result<Tally> {
    if !workspace.dist().join("index.html").is_file() {
        bail!("dist/ holds no page: run `cargo xtask build` first");
    }
    page::install(workspace)?;
    let browser = Browser::find_or_install()?;
    // The companion's program, as its own tests have it: built by then, where those were run.
    let mut tests = host_cargo();
    tests.current_dir(workspace.root()).args(NATIVE);
    run_command(tests.args(["--no-run", "--quiet"]))?;
    let files = test_files(&workspace.root().join("tests/e2e"))?;
    let mut command = Command::new("node");
    command
        .current_dir(workspace.root())
        .env("CHROMIUM", browser.chromium)
        .env(
            "INKOGNITO_SERVER",
            workspace.cargo_output("debug/inkognito-server"),
        )
        // One page at a time: each wants all processors.
        .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .args(files);
    test(&mut command)
}

/// The test files in `folder`, in order. (`node --test FOLDER` means something else from one
/// version of Node.js to the next.)
fn test_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("no {}", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        if name.is_some_and(|name| name.ends_with(".test.mjs") || name.ends_with(".test.js")) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn check(command: &mut Command) -> Result<Outcome> {
    run_command(command)?;
    Ok(Outcome::Checked)
}

/// Runs tests, showing and counting them. Tests of which none ran have not passed.
fn test(command: &mut Command) -> Result<Tally> {
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
