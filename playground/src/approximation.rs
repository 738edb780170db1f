//! Polynomial approximations of functions by `crates/activation`, for the page to plot.
//!
//! Relies on `inkognito-activation`. Not for evaluation on ciphertexts.

use inkognito_activation::{
    Approximation, Density, Function, Interval, LeastSquares, METHODS, Method, Minimax, Polynomial,
    Series, Target,
};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::{js_error, json};

/// The largest number of points of a curve.
const MAX_SAMPLES: usize = 2000;
/// The largest depth that is compared.
const MAX_DEPTH: u32 = 6;

/// One approximation with its errors, its cost and its curve.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    /// The degree of the whole, multiplied out.
    degree: usize,
    /// Degrees of the composed polynomials, first to last.
    stages: Vec<usize>,
    mean_square_error: f64,
    max_error: f64,
    /// Multiplicative depth, and products of two ciphertexts.
    depth: usize,
    products: usize,
    /// Coefficients of powers, constant first.
    coefficients: Vec<f64>,
    /// Coefficients in the Chebyshev basis of the interval.
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

/// Returns the target with the names and numbers that the page gives.
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

/// Approximates a function by a method; returns JSON with `samples` points of both curves.
///
/// # Errors
/// A name is unknown, the interval or the gap is invalid, or the method has no approximation for
/// this target. The message states the reason.
#[wasm_bindgen]
#[allow(
    clippy::too_many_arguments,
    reason = "reading the fields of an object would need imports"
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
        curve: Curve::of(&found, samples.clamp(2, MAX_SAMPLES)),
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

/// The smallest errors of any polynomial, for each depth at which they can be computed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Floors {
    levels: Vec<Floor>,
    /// The mean square error of the given polynomial for this target.
    given: f64,
}

/// The smallest errors at one depth. A polynomial of depth D has degree `2^D` at most. No such
/// polynomial has a smaller mean square error than the least-squares fit of that degree, nor a
/// smaller largest error than the minimax polynomial.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Floor {
    depth: usize,
    degree: usize,
    mean_square_error: f64,
    products: usize,
    max_error: Option<f64>,
}

/// Returns the least errors at each depth up to `depths`, and the error of the polynomial `given`,
/// constant first, as JSON. Depths are left out for which 64-bit floats are too coarse.
///
/// # Errors
/// A name is unknown, or the interval or the gap is invalid. The message states the reason.
#[wasm_bindgen(js_name = leastErrors)]
#[allow(
    clippy::too_many_arguments,
    reason = "reading the fields of an object would need imports"
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
    let levels = (1..=depths.min(MAX_DEPTH)).filter_map(|depth| Floor::of(depth, &target));
    json(&Floors {
        levels: levels.collect(),
        given: given.mean_square_error(),
    })
}

impl Floor {
    fn of(depth: u32, target: &Target) -> Option<Self> {
        let degree = 1 << depth;
        let best = LeastSquares.approximate(degree, target).ok()?;
        let minimax = Minimax.approximate(degree, target).ok();
        Some(Self {
            depth: depth as usize,
            degree,
            mean_square_error: best.mean_square_error(),
            products: best.products(),
            max_error: minimax.map(|found| found.max_error()),
        })
    }
}
