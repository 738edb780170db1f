//! The page as it ships, and single operations, in a headless Chromium.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::Bench;
use super::results::{self, Results};
use super::table::{Table, bytes};
use crate::modules::{self, BENCH};
use crate::process::{heading, host_cargo, run as run_command};
use crate::system::{self, Browser};
use crate::{commands, page};

/// Evaluation, from pixels to answer, keys and bytes of the page by itself.
pub(super) fn page(bench: &Bench<'_>) -> Result<()> {
    commands::build(bench.workspace)?;
    let load = results::load();
    let page = drive(bench, "page", &[])?;
    let operations = operations(bench, None)?;
    report(&page);
    report(&operations);
    results::keep(
        &bench.file("browser.json"),
        &bench.command,
        load,
        &[&page, &operations],
    )
}

/// The same with the evaluation at a companion on this machine.
pub(super) fn companion(bench: &Bench<'_>) -> Result<()> {
    commands::build(bench.workspace)?;
    heading("building the companion");
    let mut build = host_cargo();
    build.current_dir(bench.workspace.root());
    run_command(build.args(["build", "--release", "--quiet", "-p", "inkognito-server"]))?;
    let load = results::load();
    let server = bench.workspace.cargo_output("release/inkognito-server");
    let companion = drive(bench, "companion", &[("INKOGNITO_SERVER", &server)])?;
    report(&companion);
    results::keep(
        &bench.file("companion.json"),
        &bench.command,
        load,
        &[&companion],
    )
}

/// Operations of the scheme in a browser: the project's own, written to `ours`; and node-seal's, whose
/// package lies in the folder that is named first, to the file that is named second.
pub(super) fn operations(bench: &Bench<'_>, seal: Option<(&Path, &Path)>) -> Result<Results> {
    let module = bench.file("wasm");
    modules::build_into(bench.workspace, &BENCH, &module)?;
    let ours = bench.file("browser-operations.result.json");
    let mut script = script(bench, "bench/browser/operations.mjs")?;
    script.arg(&ours).arg(module.join(BENCH.folder));
    if let Some((package, theirs)) = seal {
        script.arg(theirs).arg(package);
    }
    run_command(&mut script)?;
    Results::read(&ours)
}

fn drive(bench: &Bench<'_>, part: &str, environment: &[(&str, &Path)]) -> Result<Results> {
    let file = bench.file(&format!("{part}.result.json"));
    let mut script = script(bench, "bench/browser/page.mjs")?;
    script
        .arg(&file)
        .arg(part)
        .envs(environment.iter().copied());
    if bench.quick {
        script.args(["--drawings", "30"]);
    }
    run_command(&mut script)?;
    Results::read(&file)
}

/// A script with a browser to drive.
fn script(bench: &Bench<'_>, path: &str) -> Result<Command> {
    system::require_node()?;
    page::install(bench.workspace)?;
    let browser = Browser::find_or_install()?;
    let mut command = Command::new("node");
    command
        .current_dir(bench.workspace.root())
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
