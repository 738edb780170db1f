//! Why a network cannot be evaluated, or one evaluation failed.

use inkognito_ckks::{CkksError, KeyPurpose, ParameterError, wire::WireError};

use crate::ModelError;

/// A network that has no encrypted circuit, or an evaluation that cannot be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CircuitError {
    /// The description or the weights are wrong.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The order or the kind of a layer is one that the circuit does not have.
    #[error("layer {layer} cannot be evaluated encrypted: {reason}")]
    Layer {
        /// The layer, counted from zero.
        layer: usize,
        /// What the circuit asks for.
        reason: &'static str,
    },
    /// More values than slots.
    #[error("layer {layer} needs {needed} slots of {slots}")]
    Slots {
        /// The layer, counted from zero.
        layer: usize,
        /// Slots needed.
        needed: usize,
        /// Slots there.
        slots: usize,
    },
    /// More multiplications in a row than the parameter set allows.
    #[error("the network is {needed} levels deep, the parameters allow {available}")]
    Depth {
        /// Levels needed.
        needed: usize,
        /// Levels there.
        available: usize,
    },
    /// An image of another size than the network reads, or a pixel that is not in 0 ..= 1.
    #[error("not an image of {height} x {width} pixels from 0 to 1")]
    Image {
        /// Rows needed.
        height: usize,
        /// Columns needed.
        width: usize,
    },
    /// An evaluation key that the network has no use for.
    #[error("the network needs no key for {purpose} at level {level}")]
    UnexpectedKey {
        /// What the key is for.
        purpose: KeyPurpose,
        /// Its level.
        level: usize,
    },
    /// A message that cannot be read.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The parameter set cannot be built.
    #[error(transparent)]
    Parameters(#[from] ParameterError),
    /// An operation on ciphertexts failed.
    #[error(transparent)]
    Ckks(#[from] CkksError),
}
