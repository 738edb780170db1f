//! The report of one evaluation: times and numbers of operations.
//!
//! Relies on [`Stage`] for names and operations. Not for measuring: a session reads the caller's
//! clock.

use inkognito_ckks::OperationCount;
use serde::Serialize;

use super::stage::Stage;

/// The times and the operations of one evaluation.
#[derive(Debug, Default, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Number of threads that the evaluator computes on.
    pub threads: usize,
    /// Time from the input message to the result message, in milliseconds.
    pub total_ms: f64,
    /// The offline phase whose result the evaluation used, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prepared: Option<OfflineReport>,
    /// The stages in order.
    pub layers: Vec<LayerReport>,
    /// The operations of all stages, without those of the offline phase.
    pub operations: Operations,
}

/// The time and the operations of one offline phase.
#[derive(Debug, Default, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OfflineReport {
    /// Time of the offline phase, in milliseconds.
    pub ms: f64,
    /// The operations of the offline phase.
    pub operations: Operations,
}

/// The name and the times of one stage.
#[derive(Debug, Default, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LayerReport {
    /// Name of the layer, such as `conv 7x7/3 x 32` or `square`.
    pub name: String,
    /// Time of the stage, in milliseconds.
    pub ms: f64,
    /// Time that each thread was busy with the stage, in milliseconds. Empty, and not serialised,
    /// unless busy time is counted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub busy_ms: Vec<f64>,
}

/// Counts of the costly operations.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Operations {
    /// NTTs of one residue polynomial, forward and inverse.
    pub ntt: u64,
    /// Key switches: inner products with a switching key.
    pub key_switch: u64,
    /// Products of a ciphertext and a plaintext.
    pub plaintext_product: u64,
}

impl Report {
    /// Appends a stage of `ms` milliseconds, in which each thread was busy for `busy_ms`.
    pub(super) fn add(&mut self, stage: &Stage<'_>, ms: f64, busy_ms: Vec<f64>) {
        let name = stage.name.to_owned();
        self.layers.push(LayerReport { name, ms, busy_ms });
        self.operations.add(stage.operations);
    }
}

impl Operations {
    /// Adds the operations of one stage.
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
