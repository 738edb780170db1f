//! The errors of planning and evaluating an encrypted network.

use inkognito_ckks::{CkksError, KeyPurpose, ParameterError, wire::WireError};

use crate::error::ModelError;

/// A network has no encrypted circuit, or an evaluation failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CircuitError {
    /// The description or the weights are not valid.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The circuit cannot evaluate a layer of this kind at this point of the network.
    #[error("layer {layer} cannot be evaluated on ciphertexts: {reason}")]
    Layer {
        /// Index of the layer, counted from zero.
        layer: usize,
        /// The requirement that the layer does not meet.
        reason: &'static str,
    },
    /// A layer has more values than there are slots.
    #[error("layer {layer} needs {needed} slots, the parameters have {slots}")]
    Slots {
        /// Index of the layer, counted from zero.
        layer: usize,
        /// Slots that the layer needs.
        needed: usize,
        /// Slots that the parameter set has.
        slots: usize,
    },
    /// The network needs more levels than the parameter set has.
    #[error("the network needs {needed} levels, the parameters have {available}")]
    Depth {
        /// Levels that the network needs.
        needed: usize,
        /// Levels that the parameter set has.
        available: usize,
    },
    /// The image has another size than the network's input, or a pixel that is not in 0 ..= 1.
    #[error("the input is not an image of {height} x {width} pixels from 0 to 1")]
    Image {
        /// Rows of the network's input.
        height: usize,
        /// Columns of the network's input.
        width: usize,
    },
    /// The plan was made for a network with other layers than the model has.
    #[error("the plan was made for another network")]
    OtherPlan,
    /// The network does not need this evaluation key.
    #[error("the network needs no key for {purpose} at level {level}")]
    UnexpectedKey {
        /// The operation of the key.
        purpose: KeyPurpose,
        /// The level of the key.
        level: usize,
    },
    /// A message cannot be read.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The parameter set cannot be built.
    #[error(transparent)]
    Parameters(#[from] ParameterError),
    /// An operation on ciphertexts failed.
    #[error(transparent)]
    Ckks(#[from] CkksError),
}
