//! Plays both sides at once: accuracy, precision, reports.
fn main() {}
