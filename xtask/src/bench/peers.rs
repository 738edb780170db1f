//! Benchmarks of other libraries at the same work, on the same machine, in the same run.
//!
//! Each library is fetched into `target/bench/` by its own package manager when it is first needed,
//! and is never part of the project. The reason why one is left out is printed in one line.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, io};

use anyhow::{Context, Result, bail};

use super::job::Job;
use super::results::{self, Results};
use super::table::{Table, bytes, compare, ratio};
use super::{browser, native};
use crate::process::{heading, host_cargo, query, run as run_command};
use crate::system;

const TENSEAL: &str = "tenseal==0.3.18";
const OPENFHE: &str = "openfhe==1.6.1.0.22.4";
const NUMPY: &str = "numpy";
const NODE_SEAL: &str = "node-seal@7.0.0";

/// The operations in words, and by the name that all results use.
const OPERATIONS: [(&str, &str); 7] = [
    ("encode and encrypt", "encrypt"),
    ("decrypt and decode", "decrypt"),
    ("rotate", "rotate"),
    ("multiply with an encoded vector", "multiply_plain"),
    ("rescale", "rescale"),
    ("square, relinearise, rescale", "square"),
    ("key for one rotation", "galois_key"),
];

/// Measures one library after another.
pub(super) fn run(job: &Job<'_>) -> Result<()> {
    let load = results::load();
    let mut all = Vec::new();
    for (peer, remedy, measure) in PEERS {
        heading(&format!("peer: {peer}"));
        match measure(job) {
            Ok(results) => all.extend(results),
            Err(error) => println!("    {peer} is left out: {error:#}; {remedy}"),
        }
    }
    if all.is_empty() {
        bail!("no other library could be measured");
    }
    let all: Vec<&Results> = all.iter().collect();
    results::keep(&job.file("peers.json"), &job.command, load, &all)
}

type Measure = fn(&Job<'_>) -> Result<Vec<Results>>;

/// The libraries, each with its requirements.
const PEERS: [(&str, &str, Measure); 4] = [
    (
        "TenSEAL",
        "it needs Python 3.8 to 3.13 with venv, and PyPI",
        tenseal,
    ),
    ("node-seal", "it needs the npm registry", node_seal),
    (
        "OpenFHE",
        "its packages are for Python 3.10 (OPENFHE_PYTHON names one), from PyPI",
        openfhe,
    ),
    ("fhe.rs", "it needs crates.io", fhe_rs),
];

/// Measures the network of TenSEAL's tutorial in TenSEAL and here, with the same weights.
fn tenseal(job: &Job<'_>) -> Result<Vec<Results>> {
    let python = venv(job, "venv", Path::new("python3"), &[TENSEAL, NUMPY])?;
    let model = job.file("tutorial.safetensors");
    run_command(python_script(job, &python, "tutorial.py").arg(&model))?;
    let ours = native::inference(job, &model)?;
    let file = job.file("tenseal.result.json");
    run_command(
        python_script(job, &python, "tenseal_network.py")
            .arg(&model)
            .arg(&file),
    )?;
    let theirs = Results::read(&file)?;
    let names = [
        (
            "whole inference, one thread",
            "inference/tutorial/1",
            "inference",
        ),
        ("all keys", "keys/tutorial", "keys"),
        ("image to ciphertext", "encrypt/tutorial", "encrypt"),
        ("ciphertext to scores", "decrypt/tutorial", "decrypt"),
    ];
    println!("\n{}", compare(&ours, &theirs, &names));
    let mut table = Table::new(&["", &ours.subject, &theirs.subject, "times"]);
    for (what, our, their) in [
        ("evaluation keys", "keys/tutorial", "keys"),
        ("encrypted image", "drawing/tutorial", "drawing"),
    ] {
        if let (Some(&our), Some(&their)) = (ours.sizes.get(our), theirs.sizes.get(their)) {
            let times = ratio(their as f64, our as f64);
            table.row(&[what.to_owned(), bytes(our), bytes(their), times]);
        }
    }
    println!("{table}");
    Ok(vec![ours, theirs])
}

/// Measures node-seal's operations in the same browser.
fn node_seal(job: &Job<'_>) -> Result<Vec<Results>> {
    system::require_node()?;
    let npm = job.file("npm");
    fs::create_dir_all(&npm)?;
    heading(&format!("fetching {NODE_SEAL} into {}", npm.display()));
    run_command(
        Command::new("npm")
            .args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"])
            .arg(&npm)
            .arg(NODE_SEAL),
    )?;
    let package = npm.join("node_modules/node-seal");
    let file = job.file("node-seal.result.json");
    let ours = browser::operations(job, Some((&package, &file)))?;
    let theirs = Results::read(&file)?;
    println!("\n{}", compare(&ours, &theirs, &same_names("%")));
    Ok(vec![ours, theirs])
}

/// Measures OpenFHE's operations on this machine.
fn openfhe(job: &Job<'_>) -> Result<Vec<Results>> {
    let python = venv(job, "venv-openfhe", &python_of_openfhe()?, &[OPENFHE])?;
    let ours = native::operations(job)?;
    let file = job.file("openfhe.result.json");
    let mut script = python_script(job, &python, "openfhe_operations.py");
    run_command(script.arg(&file).env("OMP_NUM_THREADS", "1"))?;
    let theirs = Results::read(&file)?;
    println!(
        "\n{}",
        compare(&ours, &theirs, &same_names("operation/%/8192"))
    );
    Ok(vec![ours, theirs])
}

/// Measures fhe.rs, which is compiled here. It has no CKKS, but its rotations are the same work.
/// (poulpy-ckks has CKKS, but needs a nightly compiler.)
fn fhe_rs(job: &Job<'_>) -> Result<Vec<Results>> {
    let file = job.file("fhe-rs.result.json");
    let mut command = host_cargo();
    command
        .current_dir(job.workspace.root().join("bench/peers/fhe_rs"))
        .env("CARGO_TARGET_DIR", job.file("fhe-rs"))
        .args(["run", "--quiet", "--release", "--"])
        .arg(&file);
    run_command(&mut command)?;
    let ours = native::operations(job)?;
    let theirs = Results::read(&file)?;
    println!(
        "\n{}",
        compare(&ours, &theirs, &same_names("operation/%/8192"))
    );
    Ok(vec![ours, theirs])
}

/// Returns the operations in words, with their names in this project's results (a pattern with `%`
/// for the name) and in others'.
fn same_names(ours: &str) -> Vec<(&'static str, String, &'static str)> {
    let names = OPERATIONS.iter();
    names
        .map(|&(words, name)| (words, ours.replace('%', name), name))
        .collect()
}

/// Makes a virtual environment with these packages, if there is none, and returns its Python.
fn venv(job: &Job<'_>, name: &str, python: &Path, packages: &[&str]) -> Result<PathBuf> {
    let folder = job.file(name);
    let own = folder.join("bin/python");
    if query(Command::new(&own).arg("--version")).is_none() {
        run_command(Command::new(python).args(["-m", "venv"]).arg(&folder))?;
    }
    heading(&format!(
        "fetching {} into {}",
        packages.join(", "),
        folder.display()
    ));
    let mut pip = Command::new(&own);
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]);
    run_command(pip.args(packages))?;
    Ok(own)
}

fn python_script(job: &Job<'_>, python: &Path, name: &str) -> Command {
    let mut command = Command::new(python);
    command.arg(job.workspace.root().join("bench/peers").join(name));
    command
}

/// Finds the Python for which OpenFHE's package is compiled.
fn python_of_openfhe() -> Result<PathBuf> {
    let named = env::var_os("OPENFHE_PYTHON").map(PathBuf::from);
    let installed = pyenv("3.10").unwrap_or_default();
    let mut candidates = named
        .into_iter()
        .chain(["python3.10".into()])
        .chain(installed);
    let works = |python: &PathBuf| {
        let mut command = Command::new(python);
        command.arg("--version").stderr(Stdio::null());
        query(&mut command).is_some_and(|version| version.contains(" 3.10."))
    };
    candidates.find(works).context("there is no Python 3.10")
}

/// Returns the Pythons of a version that pyenv has installed.
fn pyenv(version: &str) -> io::Result<Vec<PathBuf>> {
    let root = env::var_os("PYENV_ROOT").map(PathBuf::from);
    let home = env::var_os("HOME").map(|home| Path::new(&home).join(".pyenv"));
    let versions = root.or(home).unwrap_or_default().join("versions");
    let folders = fs::read_dir(versions)?.filter_map(Result::ok);
    let fitting =
        folders.filter(|folder| folder.file_name().to_string_lossy().starts_with(version));
    Ok(fitting
        .map(|folder| folder.path().join("bin/python"))
        .collect())
}
