//! The network on ciphertexts.
//!
//! A [`Plan`] holds everything that follows from the architecture alone: the packing into slots,
//! the levels and scales, the split of rotations, the evaluation keys. The client and the evaluator
//! make the same plan. The client packs images, makes keys and reads scores by it. The evaluator's
//! [`Circuit`] adds the weights.
//!
//! It relies on `inkognito-ckks` for the scheme. It is not for encryption and decryption.

mod activation;
mod alternation;
mod circuit;
mod error;
mod folding;
mod inspect;
mod layer;
mod layout;
mod offline;
mod plan;
mod polynomial;
mod report;
mod session;
mod stage;

pub use circuit::Circuit;
pub use error::CircuitError;
pub use inspect::Inspector;
pub use offline::OfflineResult;
pub use plan::Plan;
pub use report::{LayerReport, OfflineReport, Operations, Report};
pub use session::Session;
pub use stage::{Output, Stage};
