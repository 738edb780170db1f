//! Operations on ciphertexts: arithmetic, key switching, and their offline phase.
//!
//! They rely on the parameter set and on evaluation keys. They are not for key generation,
//! encryption or decryption: none of them needs a secret.

use crate::{keys::evaluation_keys::EvaluationKeys, scheme::parameters::Parameters};
use operation_count::{Counters, OperationCount};
use scratch::Scratch;

mod arithmetic;
pub(crate) mod automorphism;
pub(crate) mod ciphertext_qp;
pub(crate) mod key_switch;
pub(crate) mod limbs;
mod linear_combination;
pub(crate) mod offline;
pub(crate) mod operation_count;
pub(crate) mod scratch;

/// Computes on ciphertexts of one key pair.
///
/// An evaluator holds the parameter set, the evaluation keys, counters of the work done, and
/// buffers that its operations reuse.
///
/// # Panics
/// All operands must belong to the evaluator's parameter set. An operation panics if an operand is
/// over another basis than the set has at its level.
///
/// ```
/// use inkognito_ckks::{
///     Ciphertext, CkksError, EvaluationKeys, Evaluator, Parameters, ParametersLiteral,
/// };
/// use inkognito_ring::Poly;
///
/// let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
/// let evaluator = Evaluator::new(parameters.clone(), EvaluationKeys::new());
/// let zero = |level| {
///     let poly = Poly::zero(parameters.q_basis(level));
///     Ciphertext::new([poly.clone(), poly], parameters.scale())
/// };
///
/// let mut sum = zero(2);
/// evaluator.add_assign(&mut sum, &zero(2))?;
/// assert_eq!(evaluator.rescale(sum)?.level(), 1);
///
/// // different levels, a missing key, no level left
/// let refused = evaluator.add_assign(&mut zero(2), &zero(1));
/// assert_eq!(refused, Err(CkksError::Level { expected: 2, actual: 1 }));
/// assert!(matches!(evaluator.rotate(&zero(2), 1), Err(CkksError::MissingKey { level: 2, .. })));
/// assert_eq!(evaluator.rescale(zero(0)), Err(CkksError::LevelsExhausted));
/// # Ok::<(), CkksError>(())
/// ```
pub struct Evaluator {
    parameters: Parameters,
    keys: EvaluationKeys,
    pub(crate) counters: Counters,
    pub(crate) scratch: Scratch,
}

impl Evaluator {
    /// Returns an evaluator for ciphertexts of `parameters`, with the keys that their owner sent.
    pub fn new(parameters: Parameters, keys: EvaluationKeys) -> Self {
        Self {
            parameters,
            keys,
            counters: Counters::default(),
            scratch: Scratch::default(),
        }
    }

    /// Returns the parameter set.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Returns the evaluation keys.
    pub fn keys(&self) -> &EvaluationKeys {
        &self.keys
    }

    /// Returns the evaluation keys, to insert more.
    pub fn keys_mut(&mut self) -> &mut EvaluationKeys {
        &mut self.keys
    }

    /// Returns the operations counted since the last call.
    pub fn take_operation_count(&self) -> OperationCount {
        self.counters.take()
    }
}
