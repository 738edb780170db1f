//! The bench as a browser's script sees it. The script holds the clock: it asks for many repetitions
//! and divides.

use inkognito_ckks::{Parameters, ParametersLiteral};
use inkognito_ring::{Backend, SubRing, ntt_primes_below};
use wasm_bindgen::prelude::*;

use crate::Operation;

fn js_error(error: impl std::fmt::Display) -> JsError {
    JsError::new(&error.to_string())
}

/// Keys and operands of the default parameter set, at its highest level.
#[wasm_bindgen]
pub struct Workbench(crate::Workbench);

#[wasm_bindgen]
impl Workbench {
    /// Draws a key and encrypts what the operations work on.
    ///
    /// # Errors
    /// None in practice: the default set is in order.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Result<Workbench, JsError> {
        let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).map_err(js_error)?;
        let level = parameters.max_level();
        Ok(Self(crate::Workbench::new(&parameters, level)))
    }

    /// The names of all operations.
    pub fn operations() -> Vec<String> {
        Operation::ALL
            .map(|operation| operation.name().to_owned())
            .into()
    }

    /// Does the operation of that name so many times.
    ///
    /// # Errors
    /// A name that no operation has.
    pub fn run(&mut self, name: &str, times: u32) -> Result<(), JsError> {
        let operation = Operation::ALL
            .into_iter()
            .find(|operation| operation.name() == name)
            .ok_or_else(|| JsError::new(&format!("there is no operation {name}")))?;
        (0..times).for_each(|_| self.0.run(operation));
        Ok(())
    }
}

/// The transform of one residue polynomial.
#[wasm_bindgen]
pub struct Transform {
    table: SubRing,
    data: Vec<u32>,
}

#[wasm_bindgen]
impl Transform {
    /// Of degree `2^log_n`, modulo a prime of 26 bits.
    ///
    /// # Errors
    /// A degree that the ring does not have.
    #[wasm_bindgen(constructor)]
    pub fn new(log_n: u32) -> Result<Transform, JsError> {
        let q = ntt_primes_below(26, log_n, 1).map_err(js_error)?[0];
        let table = SubRing::new(log_n, q).map_err(js_error)?;
        let data = (0..1_u32 << log_n)
            .map(|i| i.wrapping_mul(2_654_435_761) % q)
            .collect();
        Ok(Self { table, data })
    }

    /// The instruction set that it is compiled for.
    pub fn backend(&self) -> String {
        Backend::fastest().name().into()
    }

    /// Coefficients to values, so many times.
    pub fn forward(&mut self, times: u32) {
        (0..times).for_each(|_| self.table.forward(&mut self.data));
    }

    /// Values to coefficients, so many times.
    pub fn inverse(&mut self, times: u32) {
        (0..times).for_each(|_| self.table.inverse(&mut self.data));
    }
}
