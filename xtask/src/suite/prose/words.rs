//! Words that the project has replaced by the field's: none of them comes back.

use super::offence::Offence;

/// The files that must name the old words: this one.
pub(super) const DEFINED_IN: [&str; 1] = ["xtask/src/suite/prose/words.rs"];

/// Identifiers that were renamed, and what they are called now.
const RENAMED: [(&str, &str); 21] = [
    ("AHEAD", "P_MARGIN_BITS or PREFETCH_DISTANCE"),
    ("BLACKBOARD", "PLAYGROUND"),
    ("Blackboard", "Playground"),
    ("DivideRound", "ModDown"),
    ("ImageSum", "AutomorphismInnerProduct"),
    ("LAX", "LAZY"),
    ("Lifted", "CiphertextQp"),
    ("NttTable", "SubRing"),
    ("PairSum", "DualInnerProduct"),
    ("Readout", "CoefficientMatVec"),
    ("STRETCH", "CHUNK"),
    ("Surroundings", "Context"),
    ("add_images", "rotate_and_sum"),
    ("at_session", "with_session"),
    ("awake", "with_spinning_workers"),
    ("blackboard", "playground"),
    ("carry_all", "reduce_accumulators"),
    ("lower_ahead", "mod_down_offline"),
    ("naps", "spinning workers"),
    ("square_ahead", "square_offline"),
    ("square_with", "square_online"),
];

/// Files that were renamed, and what they are called now.
const RENAMED_FILES: [(&str, &str); 8] = [
    ("ahead.rs", "offline.rs"),
    ("busy.rs", "thread_meter"),
    ("clear.ts", "plaintext.ts"),
    ("combine.rs", "linear_combination.rs"),
    ("lifted.rs", "ciphertext_qp.rs"),
    ("past.ts", "history.ts"),
    ("special.rs", "special_moduli.rs"),
    ("take.ts", "export_scores.ts"),
];

/// A sentence that says nothing.
const EMPTY: &str = "As there.";

/// Returns the old words in `text`, each with its line.
pub(super) fn check(text: &str) -> Vec<Offence> {
    let mut offences = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let mut report = |what: String| {
            offences.push(Offence {
                line: index + 1,
                what,
            });
        };
        for word in identifiers(line) {
            if let Some((_, new)) = RENAMED.iter().find(|(old, _)| *old == word) {
                report(format!("`{word}` is called {new}"));
            }
        }
        if line.contains(EMPTY) {
            report(format!(
                "\"{EMPTY}\" says nothing: name the errors or panics"
            ));
        }
    }
    offences
}

/// Returns the offence of a file's name, if its name is an old one.
pub(super) fn in_name(file: &str) -> Option<Offence> {
    let name = file.rsplit('/').next()?;
    let (_, new) = RENAMED_FILES.iter().find(|(old, _)| *old == name)?;
    let what = format!("the file is called {new}");
    Some(Offence { line: 0, what })
}

/// Splits a line into identifiers.
fn identifiers(line: &str) -> impl Iterator<Item = &str> {
    line.split(|sign: char| !(sign.is_alphanumeric() || sign == '_'))
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_words_are_found_as_whole_identifiers() {
        let text = "let a = Lifted::new();\nfn unLifted(carry_all_of: u32) {}\n/// As there.\n";
        let found = check(text);
        let lines: Vec<usize> = found.iter().map(|offence| offence.line).collect();
        assert_eq!(lines, [1, 3]);
        assert!(found[0].what.contains("CiphertextQp"));
    }

    #[test]
    fn old_names_of_files_are_found_in_every_folder() {
        assert!(in_name("crates/ckks/src/evaluator/ahead.rs").is_some());
        assert!(in_name("www/src/view/past.ts").is_some());
        assert_eq!(in_name("crates/ckks/src/evaluator/offline.rs"), None);
        assert_eq!(in_name("tests/special.rs.txt"), None);
    }
}
