//! Composite minimax: the sign function as a chain of small polynomials, and from it |x| and ReLU.
//!
//! Lee, Lee, No and Kim, *Minimax approximation of sign function by composite polynomial for
//! homomorphic comparison* (IEEE TDSC 2021), algorithm 1 and theorem 2: each polynomial is minimax
//! for the sign on what the one before it gives. ReLU is `x (1 + sign x) / 2`: Lee, Lee, Kim and
//! No, *Precise approximation of convolutional neural networks for homomorphically encrypted data*
//! (2021).

use crate::approximation::{Approximation, Method, check_degree};
use crate::composition::Composition;
use crate::error::ActivationError;
use crate::function::Function;
use crate::minimax::sign_stage;
use crate::schedule::power_depth;
use crate::series::Series;
use crate::target::Target;

/// Degrees of the polynomials in a chain: the largest odd ones for 2, 3 and 4 levels.
const STAGE_DEGREES: [usize; 3] = [3, 7, 15];
/// The smallest chain of two, multiplied out and times x.
const LEAST_DEGREE: usize = 10;
/// The part around zero that the sign chain may get wrong is tried in widths down from the whole by
/// this factor, so many of them, and the best one is refined so often.
const COARSE: f64 = 0.7;
const WIDTHS: i32 = 24;
const REFINEMENTS: usize = 8;

/// Chains of at least two minimax polynomials for the sign function: fewer products than one
/// polynomial of the same degree needs, though one polynomial could come closer. For sign, |x| and
/// ReLU on intervals symmetric about zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CompositeMinimax;

impl Method for CompositeMinimax {
    fn name(&self) -> &'static str {
        "composite minimax"
    }

    /// The chain of the smallest largest error among those that, multiplied out, are of at most
    /// `degree`.
    fn approximate(
        &self,
        degree: usize,
        target: &Target,
    ) -> Result<Approximation, ActivationError> {
        check_degree(LEAST_DEGREE, degree)?;
        let best = self.best_of(chains(degree - 1), target)?;
        best.ok_or(ActivationError::Degree {
            least: LEAST_DEGREE,
            limit: crate::MAX_DEGREE,
            actual: degree,
        })
    }
}

impl CompositeMinimax {
    /// The chain of the smallest largest error among those that take at most `depth` levels, and
    /// are of at most [`MAX_DEGREE`](crate::MAX_DEGREE); none if there is none so shallow.
    ///
    /// # Errors
    /// As [`CompositeMinimax::of_degrees`].
    pub fn of_depth(
        &self,
        depth: usize,
        target: &Target,
    ) -> Result<Option<Approximation>, ActivationError> {
        let gate = usize::from(target.function() != Function::Sign);
        let mut chains = chains(crate::MAX_DEGREE - 1);
        chains.retain(|degrees| {
            let levels: usize = degrees.iter().map(|d| power_depth(d + 1)).sum();
            levels + gate <= depth
        });
        self.best_of(chains, target)
    }

    fn best_of(
        &self,
        chains: Vec<Vec<usize>>,
        target: &Target,
    ) -> Result<Option<Approximation>, ActivationError> {
        let mut best: Option<Approximation> = None;
        for degrees in chains {
            let found = self.of_degrees(&degrees, target)?;
            let better = |best: &Approximation| found.max_error() < best.max_error();
            if best.as_ref().is_none_or(better) {
                best = Some(found);
            }
        }
        Ok(best)
    }

    /// The chain of polynomials of these odd degrees, first to last. For |x| and ReLU the part
    /// around zero where the sign need not be right is as wide as makes the largest error smallest.
    ///
    /// # Errors
    /// A target that is not sign, |x| or ReLU on a symmetric interval, a sign without a gap, or a
    /// degree that is even.
    pub fn of_degrees(
        &self,
        degrees: &[usize],
        target: &Target,
    ) -> Result<Approximation, ActivationError> {
        let needs = |needs| ActivationError::Method {
            method: self.name(),
            needs,
        };
        if !target.interval().is_symmetric() {
            return Err(needs("an interval symmetric about zero"));
        }
        if degrees.is_empty() || degrees.iter().any(|degree| degree % 2 == 0) {
            return Err(needs("odd degrees"));
        }
        match target.function() {
            Function::Sign if target.gap() == 0.0 => Err(ActivationError::NeedsGap),
            Function::Sign => chain(degrees, target, target.gap()),
            Function::Relu | Function::Abs => best_width(degrees, target),
            Function::Silu | Function::Sigmoid => Err(needs("sign, |x| or ReLU")),
        }
    }
}

/// Sequences of at least two of [`STAGE_DEGREES`] with a product of at most `limit`.
fn chains(limit: usize) -> Vec<Vec<usize>> {
    let mut found: Vec<Vec<usize>> = vec![vec![]];
    let mut next = 0;
    while next < found.len() {
        let product: usize = found[next].iter().product();
        let fitting = STAGE_DEGREES.iter().filter(|d| product * **d <= limit);
        let longer: Vec<_> = fitting.map(|d| [&*found[next], &[*d]].concat()).collect();
        found.extend(longer);
        next += 1;
    }
    found.retain(|degrees| degrees.len() > 1);
    found
}

fn best_width(degrees: &[usize], target: &Target) -> Result<Approximation, ActivationError> {
    let at = |width: f64| chain(degrees, target, target.interval().radius() * width);
    let mut width = COARSE;
    let mut best = at(width)?;
    let mut consider = |tried: f64, best_width: &mut f64| -> Result<(), ActivationError> {
        let found = at(tried)?;
        if found.max_error() < best.max_error() {
            (best, *best_width) = (found, tried);
        }
        Ok(())
    };
    for power in 2..WIDTHS {
        consider(COARSE.powi(power), &mut width)?;
    }
    let mut step = COARSE.sqrt();
    for _ in 0..REFINEMENTS {
        let middle = width;
        consider(middle * step, &mut width)?;
        consider(middle / step, &mut width)?;
        step = step.sqrt();
    }
    Ok(best)
}

/// The chain for the sign outside of `gap`, made into the target's function.
fn chain(degrees: &[usize], target: &Target, gap: f64) -> Result<Approximation, ActivationError> {
    let (mut low, mut high) = (gap, target.interval().high());
    let mut stages = Vec::with_capacity(degrees.len());
    for degree in degrees {
        let (stage, error) = sign_stage(*degree, low, high)?;
        stages.push(stage);
        (low, high) = (1.0 - error, 1.0 + error);
    }
    if let (Function::Relu, Some(last)) = (target.function(), stages.last_mut()) {
        // (1 + sign) / 2
        let mut half: Vec<f64> = last.coefficients().iter().map(|c| 0.5 * c).collect();
        half[0] += 0.5;
        *last = Series::new(last.interval(), half);
    }
    let gated = target.function() != Function::Sign;
    Approximation::of(Composition::new(stages, gated)?, target)
}
