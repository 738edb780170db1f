//! Polynomials in place of functions: what `crates/activation` finds, for the page to plot.

use inkognito_activation::{
    ActivationError, Approximation, Density, Function, Interval, LeastSquares, METHODS, Method,
    Minimax, Polynomial, Series, Target,
};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::{js_error, json};

/// The most points that a curve is sampled at.
const MOST_SAMPLES: usize = 2000;
/// The most levels that are compared.
const MOST_DEPTH: u32 = 6;

/// One approximation, measured and sampled.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    /// When multiplied out.
    degree: usize,
    /// Degrees of a chain's polynomials, first to last.
    stages: Vec<usize>,
    mean_square_error: f64,
    max_error: f64,
    /// Multiplications in a row, and products of two ciphertexts.
    depth: usize,
    products: usize,
    /// In powers, constant first.
    coefficients: Vec<f64>,
    /// In the Chebyshev basis of the interval.
    chebyshev: Vec<f64>,
    curve: Curve,
}

/// A function and its approximation, at evenly spaced points.
#[derive(Serialize)]
struct Curve {
    x: Vec<f64>,
    function: Vec<f64>,
    approximation: Vec<f64>,
}

/// The target that the page names.
fn target(
    function: &str,
    [low, high]: [f64; 2],
    density: &str,
    deviation: f64,
    gap: f64,
) -> Result<Target, JsError> {
    let function = Function::ALL.into_iter().find(|f| f.name() == function);
    let function = function.ok_or_else(|| JsError::new("there is no such function"))?;
    let density = match density {
        "uniform" => Density::Uniform,
        "Chebyshev" => Density::Chebyshev,
        "Gaussian" => Density::Gaussian {
            mean: 0.0,
            deviation,
        },
        _ => return Err(JsError::new("there is no such density")),
    };
    let interval = Interval::new(low, high).map_err(js_error)?;
    let target = Target::new(function, interval).with_gap(gap);
    target
        .and_then(|target| target.with_density(density))
        .map_err(js_error)
}

/// The approximation of a function by a method, as JSON, with `samples` points of both curves.
///
/// # Errors
/// Names that are not known, an interval or a gap that makes no sense, or a method that has nothing
/// for this target: the reason in words.
#[wasm_bindgen]
#[allow(
    clippy::too_many_arguments,
    reason = "an object would have to be read field by field, by imports"
)]
pub fn approximate(
    function: &str,
    low: f64,
    high: f64,
    density: &str,
    deviation: f64,
    gap: f64,
    method: &str,
    degree: usize,
    samples: usize,
) -> Result<String, JsError> {
    let target = target(function, [low, high], density, deviation, gap)?;
    let method = METHODS.into_iter().find(|m| m.name() == method);
    let method = method.ok_or_else(|| JsError::new("there is no such method"))?;
    let found = method.approximate(degree, &target).map_err(js_error)?;
    let stages = found.composition().stages().iter();
    json(&Found {
        degree: found.composition().degree(),
        stages: stages.map(|stage| stage.coefficients().len() - 1).collect(),
        mean_square_error: found.mean_square_error(),
        max_error: found.max_error(),
        depth: found.depth(),
        products: found.products(),
        coefficients: found.polynomial().coefficients().to_vec(),
        chebyshev: found.series().coefficients().to_vec(),
        curve: Curve::of(&found, samples.clamp(2, MOST_SAMPLES)),
    })
}

impl Curve {
    fn of(found: &Approximation, samples: usize) -> Self {
        let target = found.target();
        let (low, high) = (target.interval().low(), target.interval().high());
        let at = |i: usize| {
            let share = i as f64 / (samples - 1) as f64;
            (low + (high - low) * share).clamp(low, high)
        };
        let x: Vec<f64> = (0..samples).map(at).collect();
        Self {
            function: x.iter().map(|x| target.function().at(*x)).collect(),
            approximation: x.iter().map(|x| found.at(*x)).collect(),
            x,
        }
    }
}

/// What each level buys: the smallest errors that any polynomial of a depth can have.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Floors {
    levels: Vec<Floor>,
    /// Mean square error, for this target, of the polynomial asked about.
    given: f64,
}

/// A polynomial of depth D has degree `2^D` at most: nothing of the depth has a smaller mean square
/// error than the least squares of that degree, nor a smaller largest error than its minimax.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Floor {
    depth: usize,
    degree: usize,
    mean_square_error: f64,
    products: usize,
    max_error: Option<f64>,
}

/// The least errors at each depth up to `depths`, and the error of the polynomial `given`, constant
/// first, as JSON.
///
/// # Errors
/// As [`approximate`].
#[wasm_bindgen(js_name = leastErrors)]
#[allow(
    clippy::too_many_arguments,
    reason = "an object would have to be read field by field, by imports"
)]
pub fn least_errors(
    function: &str,
    low: f64,
    high: f64,
    density: &str,
    deviation: f64,
    gap: f64,
    depths: u32,
    given: &[f64],
) -> Result<String, JsError> {
    let target = target(function, [low, high], density, deviation, gap)?;
    let series = Series::from_polynomial(&Polynomial::new(given.to_vec()), target.interval());
    let given = Approximation::of(series, &target).map_err(js_error)?;
    let levels = (1..=depths.min(MOST_DEPTH)).map(|depth| Floor::of(depth, &target));
    json(&Floors {
        levels: levels.collect::<Result<_, _>>().map_err(js_error)?,
        given: given.mean_square_error(),
    })
}

impl Floor {
    fn of(depth: u32, target: &Target) -> Result<Self, ActivationError> {
        let degree = 1 << depth;
        let best = LeastSquares.approximate(degree, target)?;
        let minimax = Minimax.approximate(degree, target).ok();
        Ok(Self {
            depth: depth as usize,
            degree,
            mean_square_error: best.mean_square_error(),
            products: best.products(),
            max_error: minimax.map(|found| found.max_error()),
        })
    }
}
