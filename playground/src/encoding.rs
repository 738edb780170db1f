//! The public side of the scheme for one network: layout and encoding of an image, the coefficients
//! of a ciphertext, and the errors that the noise model predicts for each layer.
//!
//! Relies on `inkognito-network` for the plan. Not for encryption: it has no secret key.

use inkognito_ckks::{Encoder, wire};
use inkognito_network::{Inspector, Model, Plan};
use ndarray::ArrayView2;
use wasm_bindgen::prelude::*;

use crate::js_error;

/// A network, its plan and an encoder: all of it is public.
#[wasm_bindgen]
pub struct Scheme {
    model: Model,
    plan: Plan,
    encoder: Encoder,
}

#[wasm_bindgen]
impl Scheme {
    /// Reads a model file.
    ///
    /// # Errors
    /// The bytes are no model file, or the network has no encrypted circuit.
    #[wasm_bindgen(constructor)]
    pub fn new(model: &[u8]) -> Result<Scheme, JsError> {
        let model = Model::from_bytes(model).map_err(js_error)?;
        let plan = Plan::new(model.description()).map_err(js_error)?;
        let encoder = Encoder::new(plan.parameters());
        Ok(Self {
            model,
            plan,
            encoder,
        })
    }

    /// Returns log2 of the ring degree.
    #[wasm_bindgen(getter, js_name = logN)]
    pub fn log_n(&self) -> u32 {
        self.plan.parameters().log_n()
    }

    /// Returns log2 of the scale of an encoded image.
    #[wasm_bindgen(getter, js_name = logScale)]
    pub fn log_scale(&self) -> f64 {
        self.plan.input_scale().log2()
    }

    /// Returns the moduli of an encrypted image.
    #[wasm_bindgen(getter)]
    pub fn moduli(&self) -> Vec<u32> {
        let level = self.plan.input_level();
        (0..=level)
            .map(|i| self.plan.parameters().modulus(i))
            .collect()
    }

    /// Returns the names of the classes, in the order of the scores.
    #[wasm_bindgen(getter)]
    pub fn classes(&self) -> Vec<String> {
        self.model.description().classes.clone()
    }

    /// Returns the size of the encrypted scores in bytes.
    #[wasm_bindgen(getter, js_name = resultBytes)]
    pub fn result_bytes(&self) -> usize {
        self.plan.result_len()
    }

    /// Returns the size of the encrypted outputs of all layers in bytes.
    #[wasm_bindgen(getter, js_name = inspectionBytes)]
    pub fn inspection_bytes(&self) -> usize {
        self.plan.inspection_len()
    }

    /// Returns channels, height and width of each layer's values, one layer after the other.
    ///
    /// # Errors
    /// The shapes of the layers do not fit: this does not happen, the constructor checks them.
    pub fn shapes(&self) -> Result<Vec<u32>, JsError> {
        let shapes = self.model.description().shapes().map_err(js_error)?;
        let sizes = shapes.iter().flat_map(|s| [s.channels, s.height, s.width]);
        Ok(sizes.map(|size| size as u32).collect())
    }

    /// Returns the slots of an image in the layout of the first layer: real and imaginary parts
    /// alternate.
    ///
    /// # Errors
    /// The number of pixels is not the network's, or a pixel is outside 0 ..= 1.
    pub fn slots(&self, pixels: &[f32]) -> Result<Vec<f64>, JsError> {
        let slots = self.plan.pack(self.image(pixels)?).map_err(js_error)?;
        Ok(slots.iter().flat_map(|slot| [slot.re, slot.im]).collect())
    }

    /// Returns the coefficients of the polynomial that encodes an image.
    ///
    /// # Errors
    /// The number of pixels is not the network's, or a pixel is outside 0 ..= 1.
    pub fn encoded(&self, pixels: &[f32]) -> Result<Vec<f64>, JsError> {
        let slots = self.plan.pack(self.image(pixels)?).map_err(js_error)?;
        let scale = self.plan.input_scale();
        let coefficients = self.encoder.coefficients(&slots, scale).map_err(js_error)?;
        Ok(coefficients.into_iter().map(|c| c as f64).collect())
    }

    /// Returns the coefficients of `c_0` of an encrypted image modulo the modulus with this index.
    ///
    /// # Errors
    /// The bytes are no encrypted image, or it does not have this modulus.
    pub fn coefficients(&self, message: &[u8], modulus: usize) -> Result<Vec<u32>, JsError> {
        let input = wire::read_input(self.plan.parameters(), message).map_err(js_error)?;
        if modulus > input.level() {
            return Err(js_error(format!("there is no modulus {modulus}")));
        }
        Ok(input.c0.into_coeff().limb(modulus).to_vec())
    }

    /// Returns the root mean square error that the noise model predicts for the values of each
    /// layer; `undefined` for a network that the model does not cover.
    ///
    /// # Errors
    /// The number of pixels is not the network's, or a pixel is outside 0 ..= 1.
    #[wasm_bindgen(js_name = predictedErrors)]
    pub fn predicted_errors(&self, pixels: &[f32]) -> Result<Option<Vec<f64>>, JsError> {
        let image = self.image(pixels)?;
        let Ok(inspector) = Inspector::new(&self.model, &self.plan) else {
            return Ok(None);
        };
        let variances = inspector.variances(image).map_err(js_error)?;
        let mean = |layer: &ndarray::Array1<f64>| layer.mean().unwrap_or(0.0).sqrt();
        Ok(Some(variances.iter().map(mean).collect()))
    }

    fn image<'a>(&self, pixels: &'a [f32]) -> Result<ArrayView2<'a, f32>, JsError> {
        let input = self.model.description().input;
        ArrayView2::from_shape((input.height, input.width), pixels).map_err(js_error)
    }
}
