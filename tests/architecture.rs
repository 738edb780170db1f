//! The documents name files, and `docs/architecture.md` also functions and types, in the form
//! `` `Type::function` (`path/to/file`) ``. All of them must exist.

#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::Path;

/// The document walks a whole drawing: with fewer names than this, it was not read.
const FEWEST_NAMES: usize = 30;

/// A name of the document, and the file that the document says it is in.
#[derive(Debug, PartialEq)]
struct Mention<'a> {
    name: &'a str,
    path: &'a str,
}

/// Returns all mentions in a text, in order.
fn mentions(text: &str) -> Vec<Mention<'_>> {
    let spans: Vec<&str> = text.split('`').collect();
    // the backticks of a mention have only " (" between them, across a line's end or not
    let joined = |between: &str| between.split_whitespace().eq(["("]);
    spans
        .windows(4)
        .skip(1)
        .step_by(2)
        .filter(|window| joined(window[1]) && window[3].starts_with(')'))
        .map(|window| Mention {
            name: window[0],
            path: window[2],
        })
        .collect()
}

/// Returns whether a source text defines a name: `function`, `Type`, `Type::function` or, in
/// TypeScript, `Class.method`.
fn defines(source: &str, name: &str) -> bool {
    name.split([':', '.'])
        .filter(|part| !part.is_empty())
        .all(|part| {
            source
                .lines()
                .any(|line| defines_part(line.trim_start(), part))
        })
}

/// Returns whether a line of source defines one part of a name, or implements that type.
fn defines_part(line: &str, part: &str) -> bool {
    const BEFORE: [&str; 11] = [
        "fn",
        "struct",
        "enum",
        "trait",
        "type",
        "const",
        "mod",
        "class",
        "function",
        "interface",
        "macro_rules!",
    ];
    let words: Vec<&str> = line
        .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '#' || c == '!'))
        .filter(|word| !word.is_empty())
        .collect();
    if words
        .windows(2)
        .any(|pair| BEFORE.contains(&pair[0]) && pair[1] == part)
    {
        return true;
    }
    // a method's definition in TypeScript, or `impl Type` and `impl Trait for Type` in Rust
    let method = line
        .trim_start_matches("async ")
        .trim_start_matches("static ")
        .strip_prefix(part)
        .is_some_and(|rest| rest.starts_with('(') && line.trim_end().ends_with('{'));
    method || (words.first() == Some(&"impl") && words.contains(&part))
}

#[test]
fn every_name_of_the_walk_exists_in_the_file_that_it_names() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("docs/architecture.md")).expect("the document");
    let mentions = mentions(&text);
    assert!(
        mentions.len() >= FEWEST_NAMES,
        "only {} names were read",
        mentions.len()
    );
    let missing: Vec<String> = mentions
        .iter()
        .filter_map(
            |Mention { name, path }| match fs::read_to_string(root.join(path)) {
                Err(error) => Some(format!("{name}: {path}: {error}")),
                Ok(source) if !defines(&source, name) => Some(format!("{name} is not in {path}")),
                Ok(_) => None,
            },
        )
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}

/// Folders at the top of the project. A text between backticks that begins with one is a path.
const FOLDERS: [&str; 16] = [
    "bench/",
    "crates/",
    "deploy/",
    "docs/",
    "examples/",
    "fuzz/",
    "lab/",
    "models/",
    "playground/",
    "server/",
    "src/",
    "tests/",
    "training/",
    "worker/",
    "www/",
    "xtask/",
];

#[test]
fn every_path_in_the_documents_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed = fs::read_dir(root.join("docs")).expect("the documents");
    let mut documents: Vec<_> = listed
        .map(|entry| entry.expect("an entry").path())
        .collect();
    documents.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    documents.extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| root.join(name)));
    let (mut found, mut missing) = (0, Vec::new());
    for document in documents {
        let text = fs::read_to_string(&document).expect("a document");
        for path in text.split('`').skip(1).step_by(2) {
            let is_path = FOLDERS.iter().any(|folder| path.starts_with(folder))
                && !path.contains(|sign: char| sign.is_whitespace() || "{*<".contains(sign));
            if is_path {
                found += 1;
                if !root.join(path).exists() {
                    missing.push(format!("{}: {path}", document.display()));
                }
            }
        }
    }
    assert!(found >= FEWEST_NAMES, "only {found} paths were read");
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn names_are_found_and_missed() {
    let text = "a `one` and `Two::three` (`src/two.rs`), then `Four.five`\n(`www/four.ts`).";
    let expected = [
        Mention {
            name: "Two::three",
            path: "src/two.rs",
        },
        Mention {
            name: "Four.five",
            path: "www/four.ts",
        },
    ];
    assert_eq!(mentions(text), expected);
    let rust = "pub struct Two;\nimpl Two {\n    pub(crate) fn three(&self) {}\n}";
    assert!(defines(rust, "Two::three") && defines(rust, "three"));
    assert!(!defines(rust, "Two::four") && !defines(rust, "Three::three"));
    let script = "export class Four {\n  async five(x: number): Promise<void> {\n  }\n}";
    assert!(defines(script, "Four.five") && !defines(script, "Four.six"));
}
