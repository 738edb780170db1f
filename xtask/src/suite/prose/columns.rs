//! The length of lines: at most 100 columns of text or code.
//!
//! A line may be longer where it cannot be broken: a row of a table and a line of a code block in
//! Markdown, a string in TOML, an attribute in HTML, and anywhere a line that consists of one link
//! or one word.

use super::offence::Offence;

/// The most columns of a line.
const MOST: usize = 100;

/// The kind of a file, which determines how its lines are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Code, styles, markup.
    Code,
    /// Settings, whose strings are lines.
    Toml,
    /// Markdown, with tables and code blocks.
    Markdown,
}

impl Kind {
    /// Returns the kind of a file by its name; `None` for data, pictures and generated files.
    pub(super) fn of(file: &str) -> Option<Self> {
        let (_, extension) = file.rsplit_once('.')?;
        match extension {
            "rs" | "ts" | "mjs" | "js" | "css" | "html" | "py" => Some(Self::Code),
            "toml" => Some(Self::Toml),
            "md" => Some(Self::Markdown),
            _ => None,
        }
    }
}

/// Returns the lines of `text` that are too long.
pub(super) fn check(kind: Kind, text: &str) -> Vec<Offence> {
    let mut in_block = false;
    let mut offences = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if kind == Kind::Markdown {
            let start = line.trim_start();
            if start.starts_with("```") {
                in_block = !in_block;
            }
            if in_block || start.starts_with('|') {
                continue;
            }
        }
        if kind == Kind::Toml && is_string(line) {
            continue;
        }
        let columns = line.chars().count();
        if columns > MOST && !is_unbreakable(line) {
            offences.push(Offence {
                line: index + 1,
                what: format!("{columns} columns, {MOST} at most"),
            });
        }
    }
    offences
}

/// Returns whether a line is one link or one word, after the signs of a comment, a list or a
/// quotation.
fn is_unbreakable(line: &str) -> bool {
    let text =
        line.trim_start_matches(|sign: char| sign.is_whitespace() || "/!*#->".contains(sign));
    let text = text.trim_end();
    !text.contains(char::is_whitespace) || is_link(text) || is_attribute(text)
}

/// Returns whether `text` is one attribute of HTML, `name="value"`, perhaps with the end of its
/// tag.
fn is_attribute(text: &str) -> bool {
    let value = text.trim_end_matches(['/', '>']).split_once("=\"");
    value.is_some_and(|(name, value)| {
        let value = value.strip_suffix('"');
        name.chars()
            .all(|sign| sign.is_ascii_lowercase() || sign == '-')
            && value.is_some_and(|value| !value.contains('"'))
    })
}

/// Returns whether a line of TOML gives a key one string, `key = "text"`.
fn is_string(line: &str) -> bool {
    let value = line.split_once(" = ").map(|(_, value)| value.trim_end());
    let text = value.and_then(|value| value.strip_prefix('"')?.strip_suffix('"'));
    text.is_some_and(|text| !text.contains('"'))
}

/// Returns whether `text` is one link of Markdown, `[words](address)` or `[words]: address`.
fn is_link(text: &str) -> bool {
    let Some((words, rest)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        return false;
    };
    let address = rest.strip_prefix('(').or_else(|| rest.strip_prefix(": "));
    !words.contains('[') && address.is_some_and(|address| !address.contains(char::is_whitespace))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(kind: Kind, text: &str) -> Vec<usize> {
        let offences = check(kind, text).into_iter();
        offences.map(|offence| offence.line).collect()
    }

    #[test]
    fn an_attribute_of_html_is_not_broken() {
        let content = format!("  content=\"{}\">", "a b ".repeat(40));
        assert_eq!(lines(Kind::Code, &content), [0; 0]);
        let two = format!("  id=\"x\" content=\"{}\">", "a b ".repeat(40));
        assert_eq!(lines(Kind::Code, &two), [1]);
    }

    #[test]
    fn the_hundredth_column_is_the_last() {
        let words = |columns: usize| format!("a {}", "b".repeat(columns - 2));
        assert_eq!(lines(Kind::Code, &words(100)), [0; 0]);
        assert_eq!(lines(Kind::Code, &format!("\n{}", words(101))), [2]);
        // Columns are characters, not bytes.
        assert_eq!(lines(Kind::Code, &words(100).replace('b', "µ")), [0; 0]);
    }

    #[test]
    fn tables_and_blocks_of_markdown_may_be_wide() {
        let wide = "word ".repeat(30);
        let text = format!("| {wide} |\n```sh\n{wide}\n```\n{wide}\n");
        assert_eq!(lines(Kind::Markdown, &text), [5]);
        assert_eq!(lines(Kind::Code, &text), [1, 3, 5]);
    }

    #[test]
    fn a_link_may_be_longer_than_a_line() {
        let address = format!("https://example.org/{}", "a".repeat(100));
        for line in [
            address.clone(),
            format!("//! <{address}>"),
            format!("- [the words of a link]({address})."),
            format!("![a picture]({address})"),
            format!("[the words]: {address}"),
        ] {
            assert_eq!(lines(Kind::Markdown, &line), [0; 0], "{line}");
        }
        let sentence = format!("See {address} for more.");
        assert_eq!(lines(Kind::Markdown, &sentence), [1]);
        let two = format!("[one]({address}) [two]({address})");
        assert_eq!(lines(Kind::Markdown, &two), [1]);
    }

    #[test]
    fn a_string_of_toml_may_be_longer_than_a_line() {
        let words = "word ".repeat(30);
        assert_eq!(lines(Kind::Toml, &format!("key = \"{words}\"")), [0; 0]);
        assert_eq!(lines(Kind::Toml, &format!("key = [\"{words}\"]")), [1]);
        assert_eq!(
            lines(Kind::Toml, &format!("key = \"a\" # \"{words}\"")),
            [1]
        );
        assert_eq!(lines(Kind::Code, &format!("key = \"{words}\"")), [1]);
    }

    #[test]
    fn data_and_pictures_are_not_text() {
        for file in ["Cargo.lock", "models/digits.svg", "a.json", "LICENSE-MIT"] {
            assert_eq!(Kind::of(file), None, "{file}");
        }
        assert_eq!(Kind::of("www/src/main.ts"), Some(Kind::Code));
        assert_eq!(Kind::of("README.md"), Some(Kind::Markdown));
    }
}
