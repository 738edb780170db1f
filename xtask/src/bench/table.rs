//! Tables in Markdown, which can be pasted into a document.

use std::fmt::Write;

use super::results::{Results, Time};

/// A table, row by row.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Returns a table with these columns and no rows.
    pub(crate) fn new(columns: &[&str]) -> Self {
        Self {
            rows: vec![columns.iter().map(|&column| column.to_owned()).collect()],
        }
    }

    /// Appends a row.
    pub(crate) fn row(&mut self, cells: &[String]) {
        self.rows.push(cells.to_vec());
    }

    /// Returns a table with a row for each time of a wanted name, in the order of the names.
    pub(crate) fn of_times(results: &Results, wanted: impl Fn(&str) -> bool) -> Self {
        let mut table = Self::new(&["", "median", "least", "samples"]);
        for (name, time) in results.times.iter().filter(|(name, _)| wanted(name)) {
            let Time {
                median,
                least,
                samples,
            } = *time;
            table.row(&[
                name.clone(),
                duration(median),
                duration(least),
                samples.to_string(),
            ]);
        }
        table
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let columns = self.rows.first().map_or(0, Vec::len);
        let cell = |row: &Vec<String>, column: usize| row.get(column).cloned().unwrap_or_default();
        let width = |column| {
            let cells = self
                .rows
                .iter()
                .map(|row| cell(row, column).chars().count());
            cells.max().unwrap_or(0).max(3)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for (number, row) in self.rows.iter().enumerate() {
            let mut line = String::from("|");
            for (column, &width) in widths.iter().enumerate() {
                // Words to the left, numbers to the right.
                let text = cell(row, column);
                if column == 0 {
                    write!(line, " {text:<width$} |")?;
                } else {
                    write!(line, " {text:>width$} |")?;
                }
            }
            writeln!(f, "{line}")?;
            if number == 0 {
                let rules = widths.iter().enumerate().map(|(column, &width)| {
                    let end = if column == 0 { "-" } else { ":" };
                    format!(" {}{end} |", "-".repeat(width - 1))
                });
                writeln!(f, "|{}", rules.collect::<String>())?;
            }
        }
        Ok(())
    }
}

/// Compares two sets of results: for each name both medians, and theirs divided by ours.
pub(crate) fn compare(
    ours: &Results,
    theirs: &Results,
    names: &[(&str, impl AsRef<str>, &str)],
) -> Table {
    let mut table = Table::new(&[
        "",
        &ours.subject,
        &theirs.subject,
        "times, medians",
        "times, least",
    ]);
    for (what, our_name, their_name) in names {
        let our = ours.times.get(our_name.as_ref());
        let (Some(our), Some(their)) = (our, theirs.times.get(*their_name)) else {
            continue;
        };
        table.row(&[
            (*what).to_owned(),
            duration(our.median),
            duration(their.median),
            ratio(their.median, our.median),
            ratio(their.least, our.least),
        ]);
    }
    table
}

/// Formats `a / b` with three digits.
pub(crate) fn ratio(a: f64, b: f64) -> String {
    three_digits(a / b)
}

/// Formats milliseconds in the unit that suits them.
pub(crate) fn duration(milliseconds: f64) -> String {
    match milliseconds {
        ms if ms < 1.0 => format!("{} us", three_digits(ms * 1e3)),
        ms if ms < 1e3 => format!("{} ms", three_digits(ms)),
        ms => format!("{} s", three_digits(ms / 1e3)),
    }
}

/// Formats bytes in the unit that suits them.
pub(crate) fn bytes(bytes: u64) -> String {
    let bytes = bytes as f64;
    match bytes {
        b if b < 1e3 => format!("{b} B"),
        b if b < 1e6 => format!("{} KB", three_digits(b / 1e3)),
        b => format!("{} MB", three_digits(b / 1e6)),
    }
}

fn three_digits(number: f64) -> String {
    // Rounding may add a digit.
    let digits = match number {
        n if n < 9.995 => 2,
        n if n < 99.95 => 1,
        _ => 0,
    };
    format!("{number:.digits$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits_and_a_unit() {
        let shown = [0.01234, 0.9, 1.2345, 9.996, 99.96, 1234.5].map(duration);
        let expected = [
            "12.3 us", "900 us", "1.23 ms", "10.0 ms", "100 ms", "1.23 s",
        ];
        assert_eq!(shown, expected);
        assert_eq!(
            [17, 196_673, 21_367_960].map(bytes),
            ["17 B", "197 KB", "21.4 MB"]
        );
        assert_eq!([ratio(3.0, 2.0), ratio(3000.0, 2.0)], ["1.50", "1500"]);
    }

    #[test]
    fn a_comparison_says_how_much_longer_the_other_takes() {
        let results = |subject: &str, name: &str, median, least| {
            let mut results = Results::of(subject);
            let samples = 5;
            let time = Time {
                median,
                least,
                samples,
            };
            results.times.insert(name.into(), time);
            results
        };
        let ours = results("we", "a", 2.0, 1.0);
        let theirs = results("they 1.0", "b", 20.0, 15.0);
        let table = compare(
            &ours,
            &theirs,
            &[("rotate", "a", "b"), ("absent", "a", "c")],
        );
        let expected = "\
|        |      we | they 1.0 | times, medians | times, least |
| ------ | ------: | -------: | -------------: | -----------: |
| rotate | 2.00 ms |  20.0 ms |           10.0 |         15.0 |
";
        assert_eq!(table.to_string(), expected);
    }

    #[test]
    fn times_are_listed_by_name() {
        let mut results = Results::of("we");
        for name in ["b", "a", "not this"] {
            let time = Time::of(vec![1.0, 2.0]).unwrap();
            results.times.insert(name.into(), time);
        }
        let table = Table::of_times(&results, |name| !name.starts_with("not")).to_string();
        let rows: Vec<_> = table.lines().skip(2).collect();
        assert_eq!(
            rows,
            [
                "| a   | 1.50 ms | 1.00 ms |       2 |",
                "| b   | 1.50 ms | 1.00 ms |       2 |"
            ]
        );
    }
}
