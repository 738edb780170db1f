//! The data sheet of a model file: its network, and the cost of evaluating it encrypted.
//!
//! Relies on the plan of `inkognito-network`. Not for measured times.

use inkognito_network::{Description, Layer, Plan};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::{js_error, json};

/// A network and its circuit in numbers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sheet {
    name: String,
    dataset: String,
    /// The names of the classes, in the order of the scores.
    classes: Vec<String>,
    /// The layers in words.
    layers: Vec<String>,
    degree: usize,
    log_qp: f64,
    /// The largest log2 QP that is secure at this degree.
    limit: u32,
    /// Multiplicative depth, and the levels of the parameter set.
    depth: usize,
    levels: usize,
    key_parts: usize,
    key_bytes: usize,
    drawing_bytes: usize,
    scores_bytes: usize,
}

/// Describes the network in a model file, as JSON. The head of the file is enough: the weights are
/// not read.
///
/// # Errors
/// The bytes are no model file, or the network has no encrypted circuit.
#[wasm_bindgen(js_name = describeModel)]
pub fn describe_model(head: &[u8]) -> Result<String, JsError> {
    let description = Description::from_bytes(head).map_err(js_error)?;
    let plan = Plan::new(&description).map_err(js_error)?;
    let parameters = plan.parameters();
    json(&Sheet {
        layers: description.layers.iter().map(layer_text).collect(),
        degree: parameters.degree(),
        log_qp: parameters.log_qp(),
        limit: inkognito_ckks::Parameters::security_limit(parameters.log_n()).map_err(js_error)?,
        depth: plan.input_level(),
        levels: parameters.max_level(),
        key_parts: plan.key_requests().len(),
        key_bytes: plan.evaluation_keys_len(),
        drawing_bytes: plan.input_len(),
        scores_bytes: plan.result_len(),
        name: description.name,
        dataset: description.dataset,
        classes: description.classes,
    })
}

/// Describes a layer in words.
fn layer_text(layer: &Layer) -> String {
    match layer {
        Layer::Conv2d {
            outputs,
            kernel,
            stride,
            ..
        } => format!("convolution {kernel}×{kernel}, stride {stride}, {outputs} channels"),
        Layer::Dense {
            inputs, outputs, ..
        } => format!("dense, {inputs} to {outputs}"),
        Layer::Polynomial { coefficients } => polynomial_text(coefficients),
        Layer::Composition { stages, gated } => {
            let degrees: Vec<String> = stages
                .iter()
                .map(|stage| (stage.coefficients.len().max(1) - 1).to_string())
                .collect();
            let gate = if *gated { ", times x" } else { "" };
            format!("polynomials of degree {}{gate}", degrees.join(", "))
        }
    }
}

/// Writes a polynomial of degree three or less; describes others by their degree.
fn polynomial_text(coefficients: &[f64]) -> String {
    if coefficients.len() > 4 {
        return format!("a polynomial of degree {}", coefficients.len() - 1);
    }
    let powers = ["", " x", " x²", " x³"];
    let terms: Vec<String> = coefficients
        .iter()
        .zip(powers)
        .filter(|(c, _)| **c != 0.0)
        .map(|(c, power)| format!("{c:.4}{power}"))
        .collect();
    terms.join(" + ").replace("+ -", "− ")
}
