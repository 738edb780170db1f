//! How one evaluation went, in the numbers that an evaluator reports.

use inkognito_ckks::OperationCount;
use serde::Serialize;

use super::Stage;

/// Where one evaluation's time went, and what it took.
#[derive(Debug, Default, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Threads that the evaluator computes on.
    pub threads: usize,
    /// Message in to message out, in milliseconds.
    pub total_ms: f64,
    /// What was done before the message was there, if that was of use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prepared: Option<OfflineReport>,
    /// The stages in their order.
    pub layers: Vec<LayerReport>,
    /// What all stages together took.
    pub operations: Operations,
}

/// What was done for an evaluation as soon as its mask was known.
#[derive(Debug, Default, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OfflineReport {
    /// How long it took, in milliseconds.
    pub ms: f64,
    /// What it took.
    pub operations: Operations,
}

/// One stage of an evaluation.
#[derive(Debug, Default, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LayerReport {
    /// What was done, such as `conv 7x7/3 x 32` or `square`.
    pub name: String,
    /// How long it took, in milliseconds.
    pub ms: f64,
    /// How long each thread was at work on it, in milliseconds; left out where nobody counts that.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub busy_ms: Vec<f64>,
}

/// Numbers of costly operations.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Operations {
    /// Transforms of one residue polynomial.
    pub ntt: u64,
    /// Inner products with a switching key.
    pub key_switch: u64,
    /// Products of a ciphertext and an encoded vector.
    pub plaintext_product: u64,
}

impl Report {
    /// Appends a stage that took `ms` milliseconds, of which each thread was at work `busy_ms`.
    pub(super) fn add(&mut self, stage: &Stage<'_>, ms: f64, busy_ms: Vec<f64>) {
        let name = stage.name.to_owned();
        self.layers.push(LayerReport { name, ms, busy_ms });
        self.operations.add(stage.operations);
    }
}

impl Operations {
    pub(super) fn add(&mut self, count: OperationCount) {
        let OperationCount {
            ntt,
            key_switch,
            plaintext_product,
        } = count;
        self.ntt += ntt;
        self.key_switch += key_switch;
        self.plaintext_product += plaintext_product;
    }
}
