//! The offline phase of a network: the part of its first layers that depends on the mask alone.
//!
//! The mask is `c_1` of a fresh ciphertext. It is uniform and independent of the message, so that
//! the client can send its seed before there is a message. All key switching of the first linear
//! layer depends on `c_1` alone. So does the relinearisation of a square after it: its third
//! polynomial is the square of the second polynomial of the linear layer's output. Both are
//! computed here, before the message is known. With the result, the online phase ([`first_layers`])
//! computes the same words as without it. (*Composable preprocessing* in Li, Micciancio, Raykova
//! and Schultz-Wu, [*Hintless single-server private information
//! retrieval*](https://eprint.iacr.org/2023/1733), 2023.)
//!
//! Not for a mask that has encrypted a message before: two ciphertexts under one mask reveal the
//! difference of their messages.

use inkognito_activation::Schedule;
use inkognito_ckks::{
    Ciphertext, CiphertextQp, CkksError, Evaluator, Mask, OfflineLinear, OperationCount,
    SeededCiphertext,
};

use super::layer::EncodedLayer;
use super::stage::{Observer, Output};

/// The result of the offline phase for one mask. It is used once.
pub struct OfflineResult {
    mask: Mask,
    scale: f64,
    linear: OfflineLinear,
    /// The relinearised `c_1^2` of the first activation, if that is a square.
    square: Option<CiphertextQp>,
    operations: OperationCount,
}

impl OfflineResult {
    /// Returns whether the result is for the mask and the scale of this input.
    pub(super) fn is_for(&self, input: &SeededCiphertext) -> bool {
        self.mask == input.mask() && self.scale == input.scale
    }

    /// Returns the operations of the offline phase. The online phase needs fewer operations by as
    /// many transforms and key switches.
    pub fn operations(&self) -> OperationCount {
        self.operations
    }
}

/// Runs the offline phase of `layers` for an input with this mask and scale. Returns `None` if the
/// first layer is not a linear layer with key switching.
///
/// # Errors
/// [`CkksError::Level`] for a mask at another level than the first layer's;
/// [`CkksError::MissingKey`] without a key that the plan requests.
pub(super) fn precompute(
    evaluator: &Evaluator,
    layers: &[EncodedLayer],
    mask: &Mask,
    scale: f64,
) -> Result<Option<OfflineResult>, CkksError> {
    let [EncodedLayer::Linear(linear), rest @ ..] = layers else {
        return Ok(None);
    };
    evaluator.take_operation_count();
    let linear = linear.apply_offline(evaluator, mask, scale)?;
    let square = match rest.first() {
        Some(EncodedLayer::Activation(first))
            if matches!(first.schedule, Schedule::Square { .. }) =>
        {
            Some(evaluator.square_offline(&linear)?)
        }
        _ => None,
    };
    Ok(Some(OfflineResult {
        mask: *mask,
        scale,
        linear,
        square,
        operations: evaluator.take_operation_count(),
    }))
}

/// Evaluates the first layers of `layers`: those that an offline result for this input helps with.
/// Returns their output and the layers that remain. Without such a result these are the whole
/// ciphertext and all layers.
///
/// # Errors
/// [`CkksError::Level`] or [`CkksError::Scale`] for an input at another level or scale than the
/// first layer's; [`CkksError::MissingKey`] without a key that the plan requests.
pub(super) fn first_layers<'a>(
    evaluator: &Evaluator,
    layers: &'a [EncodedLayer],
    input: SeededCiphertext,
    offline: Option<OfflineResult>,
    observer: &mut Observer<'_>,
) -> Result<(Ciphertext, &'a [EncodedLayer]), CkksError> {
    let (Some(offline), [EncodedLayer::Linear(linear), rest @ ..]) =
        (offline.filter(|offline| offline.is_for(&input)), layers)
    else {
        return Ok((input.expand(), layers));
    };
    let y = linear.apply_online(evaluator, offline.linear, &input)?;
    observer.stage(&linear.name, Output::Slots(&y));
    let (Some(square), [activation, rest @ ..]) = (offline.square, rest) else {
        return Ok((y, rest));
    };
    let y = evaluator.square_online(&y, square)?;
    observer.stage(activation.name(), Output::Slots(&y));
    Ok((y, rest))
}
