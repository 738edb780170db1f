//! Trains the approximated network and exports the model file.
fn main() {}
