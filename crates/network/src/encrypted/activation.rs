//! Activations between two linear layers: what of them goes into the neighbouring weights, and
//! what is left to evaluate.
//!
//! A line goes into the weights whole. A quadratic becomes one bare square: `a x^2 + b x + c` is
//! `a (x + b / 2a)^2 + c - b^2 / 4a`, the shift goes into the bias before it, the factor and the
//! constant into the weights and the bias after it. Anything else is evaluated from Chebyshev
//! polynomials of t, the input brought to -1 ..= 1 by the weights before it, where the layer's range
//! says how far the input reaches.

use std::cell::RefCell;

use inkognito_activation::{Interval, Polynomial, Schedule};
use inkognito_ckks::{Ciphertext, CkksError, Evaluator, Parameters};

use super::{
    CircuitError,
    plan::ALTERNATES,
    polynomial::{DryRun, LevelScale, evaluate},
};
use crate::Layer;

const CONSTANT: &str = "an activation must depend on its input";

/// `factor x + offset`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Affine {
    pub(super) factor: f64,
    pub(super) offset: f64,
}

/// An activation at its place in the network.
#[derive(Debug, Clone)]
pub(super) struct ActivationPlan {
    /// What an observer is told.
    pub(super) name: String,
    pub(super) schedule: Schedule,
    /// Level at which each product is relinearised.
    pub(super) relinearizations: Vec<usize>,
    /// Level and scale behind it.
    pub(super) output: (usize, f64),
}

/// How a layer's activation is evaluated; `before` is the layer in front of it.
///
/// # Errors
/// Layers of other kinds, or an activation that is constant.
pub(super) fn schedule(
    layer: usize,
    activation: &Layer,
    before: &Layer,
) -> Result<Schedule, CircuitError> {
    let error = |reason| CircuitError::Layer { layer, reason };
    let (&Layer::Conv2d { range, .. } | &Layer::Dense { range, .. }) = before else {
        return Err(error(ALTERNATES));
    };
    let schedule = match activation {
        Layer::Polynomial { coefficients } => {
            let inputs = Interval::symmetric(range).map_err(|_| error(CONSTANT))?;
            Schedule::of_polynomial(&Polynomial::new(coefficients.clone()), inputs)
        }
        Layer::Composition { .. } => {
            let composition = activation.composition();
            composition.ok_or_else(|| error(CONSTANT))?.schedule()
        }
        Layer::Conv2d { .. } | Layer::Dense { .. } => return Err(error(ALTERNATES)),
    };
    match schedule {
        Schedule::Constant => Err(error(CONSTANT)),
        schedule => Ok(schedule),
    }
}

/// What the layer before the activation gives instead of x.
pub(super) fn before(schedule: &Schedule) -> Affine {
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

/// The activation's value, from what is evaluated.
pub(super) fn after(schedule: &Schedule) -> Affine {
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
    /// Follows levels and scales through the evaluation; `level` is at least the schedule's depth.
    pub(super) fn new(
        parameters: &Parameters,
        schedule: Schedule,
        level: usize,
        scale: f64,
    ) -> Result<Self, CkksError> {
        let dry = DryRun {
            parameters,
            relinearizations: RefCell::default(),
        };
        let input = LevelScale { level, scale };
        let output = run(&dry, parameters, &schedule, &input)?;
        Ok(Self {
            name: name(&schedule),
            schedule,
            relinearizations: dry.relinearizations.into_inner(),
            output: (output.level, output.scale),
        })
    }

    /// What is left of the activation, on a ciphertext.
    pub(super) fn apply(
        &self,
        evaluator: &Evaluator,
        x: &Ciphertext,
    ) -> Result<Ciphertext, CkksError> {
        run(evaluator, evaluator.parameters(), &self.schedule, x)
    }
}

fn run<A: super::polynomial::Arithmetic>(
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
