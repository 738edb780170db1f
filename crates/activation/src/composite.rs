//! Composite minimax: the sign function as a chain of small polynomials, and from it |x| and ReLU.
//!
//! Each polynomial is the minimax approximation of the sign on the output range of the one before
//! it (Lee, Lee, No and Kim, *Minimax approximation of sign function by composite polynomial for
//! homomorphic comparison*, IEEE TDSC 2022, algorithm 1 and theorem 2). ReLU is `x (1 + sign x) /
//! 2` (Lee, Lee, Lee, Kim, Kim and No, *Precise approximation of convolutional neural networks for
//! homomorphically encrypted data*, 2021).
//!
//! Relies on `minimax.rs` for each polynomial. Not for other functions.

use crate::approximation::{Approximation, Method};
use crate::composition::Composition;
use crate::degree::{MAX_DEGREE, check_degree};
use crate::error::ActivationError;
use crate::function::Function;
use crate::minimax::sign_stage;
use crate::series::Series;
use crate::series_schedule::power_depth;
use crate::target::Target;

/// The degrees of the polynomials in a chain: the largest odd degrees for 2, 3 and 4 levels.
const STAGE_DEGREES: [usize; 3] = [3, 7, 15];
/// The degree of the smallest gated chain of two polynomials.
const LEAST_DEGREE: usize = 10;
/// The ratio of successive widths in the first search for the best gap of the sign chain.
const COARSE: f64 = 0.7;
/// The number of widths in the first search.
const WIDTHS: i32 = 24;
/// An error of the sign that is rounding: another polynomial does not reduce it.
const EXACT: f64 = 1e-14;
/// The number of refinements of the best width.
const REFINEMENTS: usize = 8;

/// Chains of at least two minimax polynomials for the sign function. A chain needs fewer products
/// than one polynomial of the same degree, but its error is larger. The method applies to sign, |x|
/// and ReLU on intervals that are symmetric about zero.
///
/// ```
/// use inkognito_activation::{
///     ActivationError, CompositeMinimax, Function, Interval, Method, Target,
/// };
///
/// let relu = Target::new(Function::Relu, Interval::symmetric(2.0)?);
/// let found = CompositeMinimax.of_degrees(&[3, 3], &relu)?;
/// assert_eq!(found.composition().degree(), 10);
/// assert_eq!(found.depth(), 5);
///
/// // a chain of two polynomials has at least degree 10
/// let refused = CompositeMinimax.approximate(9, &relu).unwrap_err();
/// assert!(matches!(refused, ActivationError::Degree { least: 10, .. }));
/// let silu = Target::new(Function::Silu, Interval::symmetric(2.0)?);
/// let refused = CompositeMinimax.of_degrees(&[3, 3], &silu).unwrap_err();
/// assert!(matches!(refused, ActivationError::Method { .. }));
/// # Ok::<(), ActivationError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CompositeMinimax;

impl Method for CompositeMinimax {
    fn name(&self) -> &'static str {
        "composite minimax"
    }

    /// Finds the chain with the smallest largest error among those of at most `degree`, expanded.
    fn approximate(
        &self,
        degree: usize,
        target: &Target,
    ) -> Result<Approximation, ActivationError> {
        check_degree(LEAST_DEGREE, degree)?;
        let best = self.best_of(chains(degree - 1), target)?;
        best.ok_or(ActivationError::Degree {
            least: LEAST_DEGREE,
            limit: MAX_DEGREE,
            actual: degree,
        })
    }
}

impl CompositeMinimax {
    /// Finds the chain with the smallest largest error among those that need at most `depth` levels
    /// and have at most degree [`MAX_DEGREE`](crate::MAX_DEGREE), expanded. Returns `None` if every
    /// chain needs more levels.
    ///
    /// # Errors
    /// [`ActivationError::Method`] for a target that is not sign, |x| or ReLU on a symmetric
    /// interval; [`ActivationError::NeedsGap`] for sign without a gap;
    /// [`ActivationError::NotConverged`] if an exchange does not converge.
    pub fn of_depth(
        &self,
        depth: usize,
        target: &Target,
    ) -> Result<Option<Approximation>, ActivationError> {
        let gate = usize::from(target.function() != Function::Sign);
        let mut chains = chains(MAX_DEGREE - 1);
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

    /// Finds the chain of polynomials of these odd degrees, first to last. For |x| and ReLU the
    /// sign may be wrong in a gap around zero, whose width is chosen for the smallest largest
    /// error.
    ///
    /// # Errors
    /// - [`ActivationError::Method`] for a target that is not sign, |x| or ReLU on a symmetric
    ///   interval, or for degrees that are not odd.
    /// - [`ActivationError::Degree`] for a degree above [`MAX_DEGREE`](crate::MAX_DEGREE), or if
    ///   the composition exceeds the limit of [`Approximation::of`].
    /// - [`ActivationError::NeedsGap`] for sign without a gap.
    /// - [`ActivationError::NotConverged`] if an exchange does not converge.
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
        for degree in degrees {
            check_degree(1, *degree)?;
        }
        match target.function() {
            Function::Sign if target.gap() == 0.0 => Err(ActivationError::NeedsGap),
            Function::Sign => chain(degrees, target, target.gap()),
            Function::Relu | Function::Abs => best_width(degrees, target),
            Function::Silu | Function::Sigmoid => Err(needs("sign, |x| or ReLU")),
        }
    }
}

/// Returns the sequences of at least two of [`STAGE_DEGREES`] whose product is at most `limit`.
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

/// Returns the chain with the best width of the gap around zero.
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

/// Returns the chain for the sign outside of `gap`, converted to a chain for the target's function.
fn chain(degrees: &[usize], target: &Target, gap: f64) -> Result<Approximation, ActivationError> {
    let (mut low, mut high) = (gap, target.interval().high());
    let mut stages = Vec::with_capacity(degrees.len());
    for degree in degrees {
        let (stage, error) = sign_stage(*degree, low, high)?;
        stages.push(stage);
        if error < EXACT {
            break;
        }
        (low, high) = (1.0 - error, 1.0 + error);
    }
    if let (Function::Relu, Some(last)) = (target.function(), stages.last_mut()) {
        // (1 + sign) / 2
        let mut coefficients: Vec<f64> = last.coefficients().iter().map(|c| 0.5 * c).collect();
        coefficients[0] += 0.5;
        *last = Series::new(last.interval(), coefficients);
    }
    let gated = target.function() != Function::Sign;
    Approximation::of(Composition::new(stages, gated)?, target)
}
