//! The format of numbers in tables.

/// Formats a number with five decimals, or in scientific notation if it is below 1/1000.
pub(super) fn number(value: f64) -> String {
    if value == 0.0 || value >= 1e-3 {
        format!("{value:.5}")
    } else {
        format!("{value:.3e}")
    }
}
