//! Parameter sets: which are refused and why, what one gives, and how long its operations take here.

use inkognito_ckks::{
    Ciphertext, Complex64, Encoder, EvaluationKeys, Evaluator, KeyRequest, NoiseModel,
    ParameterError, Parameters, ParametersLiteral, SeededSwitchingKey, wire,
};
use inkognito_ring::{Ntt, Poly};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::{js_error, json};

/// The most moduli that are looked at: a secure set has at most 43, of 20 bits each.
const MOST_MODULI: usize = 64;

/// Scores of a result.
const DIGITS: usize = 10;

/// The most bits of a modulus.
const MOST_BITS: u32 = 30;

/// What becomes of a set that was asked for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Verdict {
    /// Bits of all moduli together, as asked for.
    asked: u32,
    /// The most at this degree, where the table has one.
    limit: Option<u32>,
    /// Why it is refused; nothing where it is not.
    refusals: Vec<Refusal>,
    set: Option<Facts>,
}

#[derive(Serialize)]
struct Refusal {
    /// `security`: beyond the table. `unworkable`: it would not compute what it should.
    kind: &'static str,
    reason: String,
}

/// A set that was accepted, in numbers.
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
    /// Bytes of messages: one key at the highest level, a fresh encryption, a result at level 0.
    key_bytes: usize,
    drawing_bytes: usize,
    scores_bytes: usize,
    /// A value of magnitude one, encrypted, multiplied with weights and squared in turn.
    layers: Vec<After>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct After {
    level: usize,
    /// Bits after the binary point that are right, in the root mean square.
    bits: f64,
    /// Bits between the value and the largest that the modulus holds.
    room: f64,
}

fn literal(log_n: u32, q_bits: &[u32], special_bits: &[u32], log_scale: u32) -> ParametersLiteral {
    ParametersLiteral {
        log_n,
        moduli_q_bits: q_bits.to_vec(),
        special_moduli_bits: special_bits.to_vec(),
        log_scale,
    }
}

/// Whether a set is secure and can work, and what it gives, as JSON.
///
/// # Errors
/// More moduli than any secure set has.
#[wasm_bindgen(js_name = checkParameters)]
pub fn check_parameters(
    log_n: u32,
    q_bits: &[u32],
    special_bits: &[u32],
    log_scale: u32,
) -> Result<String, JsError> {
    if q_bits.len() + special_bits.len() > MOST_MODULI {
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

/// All that is wrong, where the library stops at the first it finds.
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
    if let Some(largest) = bits.iter().max().filter(|largest| **largest > MOST_BITS) {
        let reason = format!(
            "a modulus of {largest} bits: the primes here are below 2^{MOST_BITS}, so that a residue and \
             its multiples fit one 32-bit word"
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
            scores_bytes: wire::result_len(parameters, &[DIGITS]),
            layers: layers(parameters),
        }
    }
}

fn layers(parameters: &Parameters) -> Vec<After> {
    let modulus = |level: usize| -> f64 {
        let moduli = (0..=level).map(|i| f64::from(parameters.modulus(i)).log2());
        moduli.sum()
    };
    let found = NoiseModel::new(parameters).layers().into_iter();
    found
        .map(|after| After {
            level: after.level,
            bits: -after.deviation.log2(),
            room: modulus(after.level) - 1.0 - after.scale.log2(),
        })
        .collect()
}

/// A set that was accepted, to measure how long its operations take. What is computed on is
/// arbitrary: operations take the same time whatever the numbers are.
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
    /// A set that is refused.
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

    /// Transforms one residue polynomial, so many times.
    pub fn transform(&self, times: u32) {
        let parameters = self.evaluator.parameters();
        let table = parameters.q_basis(0).sub_ring(0);
        let mut residues: Vec<u32> = (0..parameters.degree() as u32).collect();
        for _ in 0..times {
            table.forward(&mut residues);
        }
    }

    /// Encodes a vector at the highest level, so many times: what encryption adds to that is one
    /// product and two draws.
    ///
    /// # Errors
    /// A scale that the vector does not fit.
    pub fn encode(&self, times: u32) -> Result<(), JsError> {
        let parameters = self.evaluator.parameters();
        let basis = parameters.q_basis(parameters.max_level());
        for _ in 0..times {
            let encoded = self.encoder.encode(&self.vector, parameters.scale(), basis);
            encoded.map_err(js_error)?.into_ntt();
        }
        Ok(())
    }

    /// Rotates a ciphertext at the highest level by one slot, so many times.
    ///
    /// # Errors
    /// None, as long as the key is there.
    pub fn rotate(&self, times: u32) -> Result<(), JsError> {
        for _ in 0..times {
            let rotated = self.evaluator.rotate(&self.ciphertext, 1);
            rotated.map_err(js_error)?;
        }
        Ok(())
    }
}
