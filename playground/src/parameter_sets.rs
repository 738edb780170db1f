//! Parameter sets: the check with its reasons, the figures of a set, and operations to be timed.
//!
//! Relies on `inkognito-ckks`. Not for results: the keys and ciphertexts that are timed are zero.

use inkognito_ckks::{
    Ciphertext, Complex64, Encoder, EvaluationKeys, Evaluator, KeyRequest, NoiseModel,
    ParameterError, Parameters, ParametersLiteral, SeededSwitchingKey, wire,
};
use inkognito_ring::{Ntt, Poly};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::{js_error, json};

/// The largest number of moduli that is checked: a secure set has at most 43, of 20 bits each.
const MAX_MODULI: usize = 64;

/// The number of scores of a result.
const SCORES: usize = 10;

/// The largest size of a modulus in bits.
const MAX_MODULUS_BITS: u32 = 30;

/// The result of checking a set.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Verdict {
    /// Bits of all moduli together, as given.
    asked: u32,
    /// The largest secure log2 QP at this degree, if the table has one.
    limit: Option<u32>,
    /// The reasons for a refusal; empty if the set is accepted.
    refusals: Vec<Refusal>,
    set: Option<Facts>,
}

#[derive(Serialize)]
struct Refusal {
    /// `security`: beyond the table. `unworkable`: the operations would not be correct.
    kind: &'static str,
    reason: String,
}

/// The figures of an accepted set.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    degree: usize,
    slots: usize,
    levels: usize,
    log_qp: f64,
    moduli: Vec<u32>,
    special_moduli: Vec<u32>,
    /// Key-switching digits at the highest level.
    digits: usize,
    /// Sizes of messages in bytes: a key at the highest level, a fresh encryption, a result.
    key_bytes: usize,
    drawing_bytes: usize,
    scores_bytes: usize,
    /// Precision of a value of magnitude one after products with weights and squares, alternately.
    layers: Vec<LayerPrecision>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LayerPrecision {
    level: usize,
    /// Correct bits after the binary point, by the root mean square error.
    bits: f64,
    /// Bits between the value and the largest that the modulus holds.
    headroom: f64,
}

fn literal(log_n: u32, q_bits: &[u32], special_bits: &[u32], log_scale: u32) -> ParametersLiteral {
    ParametersLiteral {
        log_n,
        moduli_q_bits: q_bits.to_vec(),
        special_moduli_bits: special_bits.to_vec(),
        log_scale,
    }
}

/// Checks whether a set is secure and its operations are correct; returns the reasons against it or
/// its figures, as JSON.
///
/// # Errors
/// There are more than 64 moduli.
#[wasm_bindgen(js_name = checkParameters)]
pub fn check_parameters(
    log_n: u32,
    q_bits: &[u32],
    special_bits: &[u32],
    log_scale: u32,
) -> Result<String, JsError> {
    if q_bits.len() + special_bits.len() > MAX_MODULI {
        return Err(JsError::new("too many moduli to look at"));
    }
    let bits = || q_bits.iter().chain(special_bits);
    let limit = Parameters::security_limit(log_n).ok();
    let found = Parameters::new(literal(log_n, q_bits, special_bits, log_scale));
    json(&Verdict {
        asked: bits().sum(),
        limit,
        refusals: match &found {
            Ok(_) => vec![],
            Err(error) => refusals(log_n, bits().copied().collect(), limit, error),
        },
        set: found.ok().map(|parameters| Facts::of(&parameters)),
    })
}

/// Returns all reasons against a set. The library stops at the first.
fn refusals(
    log_n: u32,
    bits: Vec<u32>,
    limit: Option<u32>,
    error: &ParameterError,
) -> Vec<Refusal> {
    let mut found = vec![];
    let asked: u32 = bits.iter().sum();
    if let Some(limit) = limit.filter(|limit| asked > *limit) {
        let actual = f64::from(asked);
        let error = ParameterError::NotSecure {
            log_n,
            actual,
            limit,
        };
        found.push(Refusal::of("security", &error));
    }
    if let Some(largest) = bits
        .iter()
        .max()
        .filter(|largest| **largest > MAX_MODULUS_BITS)
    {
        let reason = format!(
            "a modulus of {largest} bits: the primes here are below 2^{MAX_MODULUS_BITS}, so that \
             a residue and its multiples fit one 32-bit word"
        );
        found.push(Refusal::of("unworkable", &reason));
    }
    match error {
        ParameterError::DegreeNotTabulated { .. } => found.push(Refusal::of("security", error)),
        _ if found.is_empty() => found.push(Refusal::of("unworkable", error)),
        _ => {}
    }
    found
}

impl Refusal {
    fn of(kind: &'static str, reason: &impl ToString) -> Self {
        Self {
            kind,
            reason: reason.to_string(),
        }
    }
}

impl Facts {
    fn of(parameters: &Parameters) -> Self {
        let level = parameters.max_level();
        let moduli = |basis: &inkognito_ring::Basis| -> Vec<u32> {
            basis.moduli().map(|modulus| modulus.value()).collect()
        };
        Self {
            degree: parameters.degree(),
            slots: parameters.slots(),
            levels: level,
            log_qp: parameters.log_qp(),
            moduli: moduli(parameters.q_basis(level)),
            special_moduli: moduli(parameters.special_basis()),
            digits: parameters.digits(level),
            key_bytes: wire::evaluation_key_len(parameters, level),
            drawing_bytes: wire::input_len(parameters, level),
            scores_bytes: wire::result_len(parameters, &[SCORES]),
            layers: layers(parameters),
        }
    }
}

fn layers(parameters: &Parameters) -> Vec<LayerPrecision> {
    let modulus = |level: usize| -> f64 {
        let moduli = (0..=level).map(|i| f64::from(parameters.modulus(i)).log2());
        moduli.sum()
    };
    let found = NoiseModel::new(parameters).layers().into_iter();
    found
        .map(|layer| LayerPrecision {
            level: layer.level,
            bits: -layer.deviation.log2(),
            headroom: modulus(layer.level) - 1.0 - layer.scale.log2(),
        })
        .collect()
}

/// An accepted set with operands, to time its operations. The operands are arbitrary: the time of
/// an operation does not depend on them.
#[wasm_bindgen]
pub struct ParameterSet {
    encoder: Encoder,
    evaluator: Evaluator,
    vector: Vec<Complex64>,
    ciphertext: Ciphertext,
}

#[wasm_bindgen]
impl ParameterSet {
    /// Builds the tables of a set, and a key for rotating by one slot.
    ///
    /// # Errors
    /// The set is refused; the message states the reason.
    #[wasm_bindgen(constructor)]
    pub fn new(
        log_n: u32,
        q_bits: &[u32],
        special_bits: &[u32],
        log_scale: u32,
    ) -> Result<ParameterSet, JsError> {
        let literal = literal(log_n, q_bits, special_bits, log_scale);
        let parameters = Parameters::new(literal).map_err(js_error)?;
        let level = parameters.max_level();
        let mut keys = EvaluationKeys::new();
        keys.insert(SeededSwitchingKey {
            request: KeyRequest::rotation(&parameters, 1, level),
            seed: [0; 32],
            b: vec![Poly::zero(parameters.qp_basis(level)); parameters.digits(level)],
        });
        let zero: Poly<Ntt> = Poly::zero(parameters.q_basis(level));
        Ok(Self {
            encoder: Encoder::new(&parameters),
            vector: (0..parameters.slots())
                .map(|i| Complex64::new((i as f64).sin(), 0.0))
                .collect(),
            ciphertext: Ciphertext::new([zero.clone(), zero], parameters.scale()),
            evaluator: Evaluator::new(parameters, keys),
        })
    }

    /// Applies the NTT to one residue polynomial, `times` times.
    pub fn transform(&self, times: u32) {
        let parameters = self.evaluator.parameters();
        let sub_ring = parameters.q_basis(0).sub_ring(0);
        let mut residues: Vec<u32> = (0..parameters.degree() as u32).collect();
        for _ in 0..times {
            sub_ring.forward(&mut residues);
        }
    }

    /// Encodes a vector at the highest level, `times` times. Encryption adds one product and two
    /// samplings to that.
    ///
    /// # Errors
    /// The vector does not fit the scale.
    pub fn encode(&self, times: u32) -> Result<(), JsError> {
        let parameters = self.evaluator.parameters();
        let basis = parameters.q_basis(parameters.max_level());
        for _ in 0..times {
            let encoded = self.encoder.encode(&self.vector, parameters.scale(), basis);
            encoded.map_err(js_error)?.into_ntt();
        }
        Ok(())
    }

    /// Rotates a ciphertext at the highest level by one slot, `times` times.
    ///
    /// # Errors
    /// The key is missing: this does not happen, the constructor makes it.
    pub fn rotate(&self, times: u32) -> Result<(), JsError> {
        for _ in 0..times {
            let rotated = self.evaluator.rotate(&self.ciphertext, 1);
            rotated.map_err(js_error)?;
        }
        Ok(())
    }
}
