//! Common parts of the tests of several packages: both sides of an evaluation in one process,
//! seeded random numbers, bounds on errors, and small networks.
//!
//! Only tests may depend on this crate (`tests/layers.rs` checks it): it reaches the vault, and its
//! functions panic where a test should fail.

mod bounds;
mod networks;
mod random;
mod scheme;
mod sides;

pub use bounds::{SIGMAS, bits, largest_error, largest_slot_error, root_mean_square_error};
pub use networks::{activation, conv, dense, image, network};
pub use random::Random;
pub use scheme::SchemeSides;
pub use sides::{exchange_keys, sides};
