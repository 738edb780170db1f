//! The network on ciphertexts.
//!
//! [`Plan`] is what follows from the architecture alone: where values lie in the slots, levels,
//! scales, how rotations are split, which keys are needed. Both sides make the same plan: the page
//! packs, makes keys and reads scores by it, the evaluator's [`Circuit`] adds the weights.

mod activation;
mod circuit;
mod error;
mod folding;
mod inspect;
mod layout;
mod plan;
mod polynomial;
mod report;
mod session;

pub use circuit::{Circuit, OfflineResult, Output, Stage};
pub use error::CircuitError;
pub use inspect::Inspector;
pub use plan::Plan;
pub use report::{LayerReport, OfflineReport, Operations, Report};
pub use session::Session;
