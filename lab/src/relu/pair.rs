//! Two numbers as an option of the command line.

/// Reads `A,B` as two numbers; `None` if it is anything else.
pub(super) fn pair(text: &str) -> Option<(f64, f64)> {
    let (a, b) = text.split_once(',')?;
    Some((a.trim().parse().ok()?, b.trim().parse().ok()?))
}
