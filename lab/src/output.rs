//! The output of an experiment: its report, as JSON or as text.

use serde::Serialize;

/// Prints a report as one JSON object if `json`, and otherwise as text.
///
/// # Errors
///
/// If the report cannot be serialised.
pub(crate) fn print<R: Serialize>(
    report: &R,
    text: impl FnOnce(&R) -> String,
    json: bool,
) -> anyhow::Result<()> {
    if json {
        println!("{}", serde_json::to_string(report)?);
    } else {
        print!("{}", text(report));
    }
    Ok(())
}
