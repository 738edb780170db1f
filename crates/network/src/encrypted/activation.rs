//! Activations between two linear layers. The weights around them absorb one part, and the circuit
//! evaluates the other part on ciphertexts.
//!
//! - The weights absorb an affine activation as a whole.
//! - A quadratic `a x^2 + b x + c` is `a (x + b / 2a)^2 + c - b^2 / 4a`. The bias of the layer
//!   before absorbs the shift. The weights and the bias of the layer after absorb the factor `a`
//!   and the constant. The circuit evaluates one square.
//! - Any other activation is a series of Chebyshev polynomials of t. The weights of the layer
//!   before absorb the affine map from the layer's range to t in -1 ..= 1.
//!
//! Relies on `inkognito-activation` for schedules and on `polynomial.rs` for their evaluation. Not
//! for the choice of an approximation, which a description states.

use std::cell::RefCell;

use inkognito_activation::{Interval, Polynomial, Schedule};
use inkognito_ckks::{Ciphertext, CkksError, Evaluator, Parameters};

use super::alternation::ALTERNATES;
use super::error::CircuitError;
use super::polynomial::{Arithmetic, LevelScale, Simulator, evaluate};
use crate::layer::Layer;

const CONSTANT: &str = "an activation must depend on its input";
const NO_INTERVAL: &str = "an activation needs inputs from a finite interval";

/// The affine map `factor x + offset`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Affine {
    pub(super) factor: f64,
    pub(super) offset: f64,
}

/// The evaluation of one activation in a network.
#[derive(Debug, Clone)]
pub(super) struct ActivationPlan {
    /// Name of the stage, which observers see.
    pub(super) name: String,
    pub(super) schedule: Schedule,
    /// Level at which each product is relinearised.
    pub(super) relinearizations: Vec<usize>,
    /// Level and scale of the result.
    pub(super) output: LevelScale,
}

/// Returns the schedule by which the activation at index `layer` is evaluated. `previous` is the
/// layer before it.
///
/// # Errors
/// [`CircuitError::Layer`] if `previous` is no linear layer or `activation` is one, or if the
/// activation is constant or has no valid interval.
pub(super) fn schedule(
    layer: usize,
    activation: &Layer,
    previous: &Layer,
) -> Result<Schedule, CircuitError> {
    let error = |reason| CircuitError::Layer { layer, reason };
    let (&Layer::Conv2d { range, .. } | &Layer::Dense { range, .. }) = previous else {
        return Err(error(ALTERNATES));
    };
    let schedule = match activation {
        Layer::Polynomial { coefficients } => {
            let inputs = Interval::symmetric(range).map_err(|_| error(NO_INTERVAL))?;
            Schedule::of_polynomial(&Polynomial::new(coefficients.clone()), inputs)
        }
        Layer::Composition { .. } => {
            let composition = activation.composition();
            composition.ok_or_else(|| error(NO_INTERVAL))?.schedule()
        }
        Layer::Conv2d { .. } | Layer::Dense { .. } => return Err(error(ALTERNATES)),
    };
    match schedule {
        Schedule::Constant => Err(error(CONSTANT)),
        schedule => Ok(schedule),
    }
}

/// Returns the map that the linear layer before the activation absorbs: the circuit computes this
/// function of x instead of x.
pub(super) fn absorbed_before(schedule: &Schedule) -> Affine {
    match schedule {
        Schedule::Constant | Schedule::Affine { .. } => Affine::IDENTITY,
        Schedule::Square { shift, .. } => Affine {
            factor: 1.0,
            offset: *shift,
        },
        Schedule::Chain(chain) => Affine {
            factor: chain.input.radius().recip(),
            offset: -chain.input.centre() / chain.input.radius(),
        },
    }
}

/// Returns the map that the linear layer after the activation absorbs: it maps the value that the
/// circuit evaluates to the activation's value.
pub(super) fn absorbed_after(schedule: &Schedule) -> Affine {
    match *schedule {
        Schedule::Constant => Affine::IDENTITY,
        Schedule::Affine { factor, offset } | Schedule::Square { factor, offset, .. } => {
            Affine { factor, offset }
        }
        Schedule::Chain(ref chain) => Affine {
            factor: chain.factor,
            offset: 0.0,
        },
    }
}

impl Affine {
    pub(super) const IDENTITY: Self = Self {
        factor: 1.0,
        offset: 0.0,
    };
}

impl ActivationPlan {
    /// Simulates the evaluation on levels and scales alone. The level of the input must be at least
    /// the schedule's depth.
    ///
    /// # Errors
    /// [`CkksError::LevelsExhausted`] if a chain of polynomials is deeper than the input's level.
    pub(super) fn new(
        parameters: &Parameters,
        schedule: Schedule,
        input: LevelScale,
    ) -> Result<Self, CkksError> {
        let simulator = Simulator {
            parameters,
            relinearizations: RefCell::default(),
        };
        let output = run(&simulator, parameters, &schedule, &input)?;
        Ok(Self {
            name: name(&schedule),
            schedule,
            relinearizations: simulator.relinearizations.into_inner(),
            output,
        })
    }

    /// Evaluates the part that the linear layers do not absorb on a ciphertext.
    ///
    /// # Errors
    /// [`CkksError::MissingKey`] without a relinearisation key that the plan requests;
    /// [`CkksError::LevelsExhausted`] if the ciphertext's level is below the schedule's depth.
    pub(super) fn apply(
        &self,
        evaluator: &Evaluator,
        x: &Ciphertext,
    ) -> Result<Ciphertext, CkksError> {
        run(evaluator, evaluator.parameters(), &self.schedule, x)
    }
}

fn run<A: Arithmetic>(
    arithmetic: &A,
    parameters: &Parameters,
    schedule: &Schedule,
    x: &A::Value,
) -> Result<A::Value, CkksError> {
    match schedule {
        Schedule::Constant | Schedule::Affine { .. } => Ok(x.clone()),
        Schedule::Square { .. } => arithmetic.multiply(x, x),
        Schedule::Chain(chain) => evaluate(arithmetic, parameters, chain, x),
    }
}

fn name(schedule: &Schedule) -> String {
    match schedule {
        Schedule::Constant | Schedule::Affine { .. } => "line".into(),
        Schedule::Square { .. } => "square".into(),
        Schedule::Chain(_) => format!("polynomial, {} products", schedule.products()),
    }
}
