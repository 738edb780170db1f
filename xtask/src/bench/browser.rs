//! Benchmarks in a headless Chromium: the built page, and single operations.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::job::Job;
use super::results::{self, Results};
use super::table::{Table, bytes};
use crate::modules::{self, BENCH};
use crate::process::{heading, host_cargo, run as run_command};
use crate::system::{self, Browser};
use crate::{commands, page};

/// Measures the page by itself: evaluation, from pixels to answer, keys, bytes.
pub(super) fn page(job: &Job<'_>) -> Result<()> {
    commands::build(job.workspace)?;
    let load = results::load();
    let page = drive(job, "page", &[])?;
    let operations = operations(job, None)?;
    report(&page);
    report(&operations);
    results::keep(
        &job.file("browser.json"),
        &job.command,
        load,
        &[&page, &operations],
    )
}

/// Measures the page with a companion on this machine as evaluator.
pub(super) fn companion(job: &Job<'_>) -> Result<()> {
    commands::build(job.workspace)?;
    heading("building the companion");
    let mut build = host_cargo();
    build.current_dir(job.workspace.root());
    run_command(build.args(["build", "--release", "--quiet", "-p", "inkognito-server"]))?;
    let load = results::load();
    let server = job.workspace.cargo_output("release/inkognito-server");
    let companion = drive(job, "companion", &[("INKOGNITO_SERVER", &server)])?;
    report(&companion);
    results::keep(
        &job.file("companion.json"),
        &job.command,
        load,
        &[&companion],
    )
}

/// Measures operations of the scheme in a browser and returns this project's results.
///
/// `seal` names the folder of node-seal's package and the file for its results. If it is given,
/// measurements of node-seal's operations alternate with those of this project's.
pub(super) fn operations(job: &Job<'_>, seal: Option<(&Path, &Path)>) -> Result<Results> {
    let module = job.file("wasm");
    modules::build_into(job.workspace, &BENCH, &module)?;
    let ours = job.file("browser-operations.result.json");
    let mut script = script(job, "bench/browser/operations.mjs")?;
    script.arg(&ours).arg(module.join(BENCH.folder));
    if let Some((package, theirs)) = seal {
        script.arg(theirs).arg(package);
    }
    run_command(&mut script)?;
    Results::read(&ours)
}

fn drive(job: &Job<'_>, part: &str, environment: &[(&str, &Path)]) -> Result<Results> {
    let file = job.file(&format!("{part}.result.json"));
    let mut script = script(job, "bench/browser/page.mjs")?;
    script
        .arg(&file)
        .arg(part)
        .envs(environment.iter().copied());
    if job.quick {
        script.args(["--drawings", "30"]);
    }
    run_command(&mut script)?;
    Results::read(&file)
}

/// Returns the command that runs a script, with a browser for it to drive.
fn script(job: &Job<'_>, path: &str) -> Result<Command> {
    system::require_node()?;
    page::install(job.workspace)?;
    let browser = Browser::find_or_install()?;
    let mut command = Command::new("node");
    command
        .current_dir(job.workspace.root())
        .env("CHROMIUM", browser.chromium)
        .arg(path);
    Ok(command)
}

fn report(results: &Results) {
    println!("\n{}", Table::of_times(results, |_| true));
    if results.sizes.is_empty() {
        return;
    }
    let mut table = Table::new(&["", "bytes", ""]);
    for (name, &size) in &results.sizes {
        table.row(&[name.clone(), size.to_string(), bytes(size)]);
    }
    println!("{table}");
}
