//! The benchmarks' interface for a script in a browser. The script measures: it asks for many
//! repetitions and divides the time.

use inkognito_ckks::{Parameters, ParametersLiteral};
use inkognito_ring::{Backend, SubRing, ntt_primes_below};
use wasm_bindgen::prelude::*;

use crate::operations::{self, Operation};

fn js_error(error: impl std::fmt::Display) -> JsError {
    JsError::new(&error.to_string())
}

/// Keys and operands of the default parameter set, at its highest level.
#[wasm_bindgen]
pub struct Workbench(operations::Workbench);

#[wasm_bindgen]
impl Workbench {
    /// Generates keys and encrypts the operands.
    ///
    /// # Errors
    ///
    /// None in practice: the default parameter set is valid.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Result<Workbench, JsError> {
        let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).map_err(js_error)?;
        let level = parameters.max_level();
        Ok(Self(operations::Workbench::new(&parameters, level)))
    }

    /// Returns the names of all operations.
    pub fn operations() -> Vec<String> {
        Operation::ALL
            .map(|operation| operation.name().to_owned())
            .into()
    }

    /// Runs the operation of that name `times` times.
    ///
    /// # Errors
    ///
    /// If no operation has that name.
    pub fn run(&mut self, name: &str, times: u32) -> Result<(), JsError> {
        let operation = Operation::ALL
            .into_iter()
            .find(|operation| operation.name() == name)
            .ok_or_else(|| JsError::new(&format!("there is no operation {name}")))?;
        (0..times).for_each(|_| self.0.run(operation));
        Ok(())
    }
}

/// The NTT of one residue polynomial.
#[wasm_bindgen]
pub struct Transform {
    sub_ring: SubRing,
    data: Vec<u32>,
}

#[wasm_bindgen]
impl Transform {
    /// Makes a polynomial of degree `2^log_n` modulo a prime of 26 bits.
    ///
    /// # Errors
    ///
    /// If the ring does not support that degree.
    #[wasm_bindgen(constructor)]
    pub fn new(log_n: u32) -> Result<Transform, JsError> {
        let q = ntt_primes_below(26, log_n, 1).map_err(js_error)?[0];
        let sub_ring = SubRing::new(log_n, q).map_err(js_error)?;
        let data = (0..1_u32 << log_n)
            .map(|i| i.wrapping_mul(2_654_435_761) % q)
            .collect();
        Ok(Self { sub_ring, data })
    }

    /// Returns the instruction set that the transform uses.
    pub fn backend(&self) -> String {
        Backend::fastest().name().into()
    }

    /// Applies the forward NTT `times` times.
    pub fn forward(&mut self, times: u32) {
        (0..times).for_each(|_| self.sub_ring.forward(&mut self.data));
    }

    /// Applies the inverse NTT `times` times.
    pub fn inverse(&mut self, times: u32) {
        (0..times).for_each(|_| self.sub_ring.inverse(&mut self.data));
    }
}
