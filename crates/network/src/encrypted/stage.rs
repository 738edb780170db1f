//! The stages of an evaluation, as an observer sees them: name, output and operations.
//!
//! Not for decrypted values, which [`Plan::values`](crate::Plan::values) reads.

use inkognito_ckks::{Ciphertext, Evaluator, OperationCount, TruncatedCiphertext};

/// One stage of an evaluation. There is one for each layer, even if the layer needs no operation.
#[derive(Debug)]
pub struct Stage<'a> {
    /// Name of the layer, such as `conv 7x7/3 x 32` or `square`.
    pub name: &'a str,
    /// The output of the layer.
    pub output: Output<'a>,
    /// The operations that the layer needed.
    pub operations: OperationCount,
}

/// The output of a stage.
#[derive(Debug, Clone, Copy)]
pub enum Output<'a> {
    /// Values in slots. [`Plan::values`](crate::Plan::values) reads them from the decrypted slots.
    Slots(&'a Ciphertext),
    /// The scores in coefficients. They are the output of the last stage.
    Scores(&'a [TruncatedCiphertext]),
}

impl Output<'_> {
    /// Returns the level of the ciphertexts: the number of rescalings that are left.
    pub fn level(&self) -> usize {
        match self {
            Self::Slots(ciphertext) => ciphertext.level(),
            Self::Scores(_) => 0,
        }
    }
}

/// Calls an observer after each stage, with the operations since the stage before.
pub(super) struct Observer<'a> {
    evaluator: &'a Evaluator,
    observe: &'a mut dyn FnMut(Stage<'_>),
}

impl<'a> Observer<'a> {
    /// Starts counting operations.
    pub(super) fn new(evaluator: &'a Evaluator, observe: &'a mut dyn FnMut(Stage<'_>)) -> Self {
        evaluator.take_operation_count();
        Self { evaluator, observe }
    }

    /// Reports the end of a stage.
    pub(super) fn stage(&mut self, name: &str, output: Output<'_>) {
        (self.observe)(Stage {
            name,
            output,
            operations: self.evaluator.take_operation_count(),
        });
    }
}
