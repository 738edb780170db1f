//! The dependency rule: arrows only point down, only the vault names the secret key, and only tests
//! use the test kit.
//!
//! A table lists the dependencies that each crate may have; it is compared with the manifests.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

const VAULT: &str = "inkognito";

/// The crate that only tests may depend on.
const TEST_KIT: &str = "inkognito-test-kit";

/// Every crate of the workspace, and the crates of the workspace that it may depend on, whether to
/// run, to build or to test.
const LAYERS: &[(&str, &[&str])] = &[
    ("inkognito-ring", &[]),
    ("inkognito-threads", &[]),
    ("inkognito-ckks", &["inkognito-ring", "inkognito-threads"]),
    ("inkognito-activation", &[]),
    ("inkognito-dataset", &[]),
    (
        "inkognito-network",
        &[
            "inkognito-activation",
            "inkognito-ckks",
            "inkognito-ring",
            "inkognito-threads",
        ],
    ),
    (
        VAULT,
        &[
            "inkognito-activation",
            "inkognito-ckks",
            "inkognito-network",
            "inkognito-ring",
            TEST_KIT,
        ],
    ),
    (TEST_KIT, &[VAULT, "inkognito-ckks", "inkognito-network"]),
    (
        "inkognito-worker",
        &[
            "inkognito-ckks",
            "inkognito-network",
            "inkognito-ring",
            "inkognito-threads",
        ],
    ),
    (
        "inkognito-playground",
        &[
            "inkognito-activation",
            "inkognito-ckks",
            "inkognito-network",
            "inkognito-ring",
        ],
    ),
    (
        "inkognito-server",
        &[
            "inkognito-ckks",
            "inkognito-network",
            "inkognito-ring",
            "inkognito-threads",
        ],
    ),
    (
        "inkognito-training",
        &[
            "inkognito-activation",
            "inkognito-dataset",
            "inkognito-network",
        ],
    ),
    (
        "inkognito-lab",
        &[
            VAULT,
            "inkognito-activation",
            "inkognito-ckks",
            "inkognito-dataset",
            "inkognito-network",
            "inkognito-ring",
            "inkognito-server",
            "inkognito-worker",
        ],
    ),
    (
        "inkognito-bench",
        &[
            VAULT,
            "inkognito-ckks",
            "inkognito-network",
            "inkognito-ring",
            "inkognito-threads",
        ],
    ),
    ("xtask", &[]),
];

/// Crates that must not reach the vault, over any number of steps.
const OUTSIDE: &[&str] = &[
    "inkognito-worker",
    "inkognito-server",
    "inkognito-playground",
];

/// The type that only the vault's folder names. It is concatenated, so that this file does not name
/// it.
const SECRET_TYPE: &str = concat!("Secret", "Key");

/// Folders of the checkout that hold no source of the project. `compile_fail` holds the attempts to
/// get a key out, which do not compile; `peers` holds benchmarks of other libraries, which have
/// keys of their own.
const NOT_SOURCE: &[&str] = &[
    "target",
    "dist",
    "data",
    "node_modules",
    "compile_fail",
    "peers",
];

type Dependencies = BTreeMap<String, BTreeSet<String>>;

/// A dependency that a manifest declares.
#[derive(Clone)]
struct Arrow {
    from: String,
    to: String,
    /// Whether only tests, examples and benchmarks have it.
    is_dev: bool,
}

#[test]
fn every_arrow_points_down() {
    let arrows = declared_dependencies();
    assert!(
        arrows["inkognito-ckks"].contains("inkognito-ring"),
        "the manifests were not read: {arrows:?}"
    );
    assert_eq!(violations(&arrows), Vec::<String>::new());
}

#[test]
fn no_crate_outside_reaches_the_vault() {
    let arrows = declared_dependencies();
    assert!(
        arrows.contains_key("inkognito-worker"),
        "the manifests were not read: {arrows:?}"
    );
    for outsider in OUTSIDE {
        assert!(
            !reachable(&arrows, outsider).contains(VAULT),
            "{outsider} reaches {VAULT}"
        );
    }
}

#[test]
fn the_table_itself_keeps_the_vault_out_of_reach() {
    let allowed: Dependencies = LAYERS
        .iter()
        .map(|(name, may_use)| ((*name).to_owned(), owned(may_use)))
        .collect();
    for outsider in OUTSIDE {
        assert!(
            !reachable(&allowed, outsider).contains(VAULT),
            "{outsider} may reach {VAULT}"
        );
    }
}

#[test]
fn only_tests_use_the_test_kit() {
    let arrows = declared_arrows();
    assert!(
        arrows.iter().any(|arrow| arrow.to == TEST_KIT),
        "the manifests were not read"
    );
    assert_eq!(users_outside_tests(&arrows), Vec::<String>::new());
}

#[test]
fn only_the_vault_names_the_secret_key() {
    let root = checkout();
    assert_eq!(
        files_naming(SECRET_TYPE, &root, &root.join("src")),
        Vec::<PathBuf>::new()
    );
}

#[test]
fn a_planted_dependency_is_found() {
    let mut arrows = declared_dependencies();
    arrows
        .get_mut("inkognito-ring")
        .unwrap()
        .insert("inkognito-ckks".into());
    assert_eq!(violations(&arrows), ["inkognito-ring uses inkognito-ckks"]);

    let mut arrows = declared_dependencies();
    arrows
        .get_mut("inkognito-ring")
        .unwrap()
        .insert(VAULT.into());
    arrows
        .get_mut("inkognito-worker")
        .unwrap()
        .insert("inkognito-ring".into());
    assert!(reachable(&arrows, "inkognito-worker").contains(VAULT));

    let mut arrows = declared_dependencies();
    arrows.insert("inkognito-newcomer".into(), BTreeSet::new());
    assert_eq!(
        violations(&arrows),
        ["inkognito-newcomer is not in the table"]
    );

    let mut arrows = declared_arrows();
    arrows.push(Arrow {
        from: "inkognito-lab".into(),
        to: TEST_KIT.into(),
        is_dev: false,
    });
    assert_eq!(users_outside_tests(&arrows), ["inkognito-lab"]);
}

#[test]
fn a_planted_name_is_found() {
    let root = tempfile::tempdir().unwrap();
    let plant = |path: &str, text: &str| {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let text = format!("use inkognito::{SECRET_TYPE};");
    plant("src/keys.rs", &text);
    plant("worker/src/deep/down.rs", &text);
    plant("www/src/main.ts", &text);
    plant("www/src/other.ts", "// Says nothing.");
    plant("target/generated.rs", &text);
    plant("crates/ckks/notes.md", &text);
    let found = files_naming(SECRET_TYPE, root.path(), &root.path().join("src"));
    let expected = ["worker/src/deep/down.rs", "www/src/main.ts"];
    assert_eq!(found, expected.map(|path| root.path().join(path)));
}

/// Returns the checkout that the test runs in. Cargo sets the variable at run time, so that the
/// test works in a checkout that was moved.
fn checkout() -> PathBuf {
    env::var_os("CARGO_MANIFEST_DIR").map_or(env!("CARGO_MANIFEST_DIR").into(), PathBuf::from)
}

/// Reads the dependencies between crates of the workspace, of every kind and for every platform.
fn declared_dependencies() -> Dependencies {
    let mut dependencies = Dependencies::new();
    for package in workspace_packages() {
        dependencies.insert(name(&package).to_owned(), BTreeSet::new());
    }
    for arrow in declared_arrows() {
        dependencies.entry(arrow.from).or_default().insert(arrow.to);
    }
    dependencies
}

/// Reads each dependency of a crate of the workspace on another, with its kind.
fn declared_arrows() -> Vec<Arrow> {
    let packages = workspace_packages();
    let members: BTreeSet<&str> = packages.iter().map(name).collect();
    let mut arrows = Vec::new();
    for package in &packages {
        let dependencies = package["dependencies"]
            .as_array()
            .expect("a list of dependencies");
        let inside = dependencies
            .iter()
            .filter(|dependency| members.contains(name(dependency)));
        arrows.extend(inside.map(|dependency| Arrow {
            from: name(package).to_owned(),
            to: name(dependency).to_owned(),
            is_dev: dependency["kind"] == "dev",
        }));
    }
    arrows
}

/// Returns cargo's description of the packages of the workspace.
fn workspace_packages() -> Vec<Value> {
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(checkout())
        .output()
        .expect("cargo starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    packages.clone()
}

fn name(package: &Value) -> &str {
    package["name"].as_str().expect("a name")
}

/// Returns the crates that depend on the test kit for more than their tests.
fn users_outside_tests(arrows: &[Arrow]) -> Vec<String> {
    let users = arrows
        .iter()
        .filter(|arrow| arrow.to == TEST_KIT && !arrow.is_dev);
    users.map(|arrow| arrow.from.clone()).collect()
}

fn owned(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Returns the dependencies that the table does not allow.
fn violations(arrows: &Dependencies) -> Vec<String> {
    let mut found = Vec::new();
    for (name, uses) in arrows {
        let Some((_, may_use)) = LAYERS.iter().find(|(known, _)| known == name) else {
            found.push(format!("{name} is not in the table"));
            continue;
        };
        for used in uses.difference(&owned(may_use)) {
            found.push(format!("{name} uses {used}"));
        }
    }
    found
}

/// Returns all crates that `start` depends on, directly or through others.
fn reachable(arrows: &Dependencies, start: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![start.to_owned()];
    while let Some(name) = open.pop() {
        for used in arrows.get(&name).into_iter().flatten() {
            if found.insert(used.clone()) {
                open.push(used.clone());
            }
        }
    }
    found
}

/// Returns the Rust and TypeScript files under `folder` that contain `word`, except those under
/// `allowed`.
fn files_naming(word: &str, folder: &Path, allowed: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            if path != allowed && !name.starts_with('.') && !NOT_SOURCE.contains(&name.as_str()) {
                found.extend(files_naming(word, &path, allowed));
            }
        } else if path
            .extension()
            .is_some_and(|extension| extension == "rs" || extension == "ts")
            && fs::read_to_string(&path).expect("a text").contains(word)
        {
            found.push(path);
        }
    }
    found.sort();
    found
}
