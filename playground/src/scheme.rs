//! The scheme in the clear: how an image is laid out and encoded, what a ciphertext's coefficients are,
//! and the errors that the network's layers should have.

use inkognito_ckks::{Encoder, wire};
use inkognito_network::{Inspector, Model, Plan};
use ndarray::ArrayView2;
use wasm_bindgen::prelude::*;

use crate::js_error;

/// What both sides know of a network's plan.
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
    /// Bytes that are no model file, or a network without an encrypted circuit.
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

    /// log2 of the ring degree.
    #[wasm_bindgen(getter, js_name = logN)]
    pub fn log_n(&self) -> u32 {
        self.plan.parameters().log_n()
    }

    /// log2 of the factor that encoded values carry.
    #[wasm_bindgen(getter, js_name = logScale)]
    pub fn log_scale(&self) -> f64 {
        self.plan.input_scale().log2()
    }

    /// The moduli of an encrypted image.
    #[wasm_bindgen(getter)]
    pub fn moduli(&self) -> Vec<u32> {
        let level = self.plan.input_level();
        (0..=level)
            .map(|i| self.plan.parameters().modulus(i))
            .collect()
    }

    /// What the scores are of, in their order.
    #[wasm_bindgen(getter)]
    pub fn classes(&self) -> Vec<String> {
        self.model.description().classes.clone()
    }

    /// Bytes of the encrypted scores.
    #[wasm_bindgen(getter, js_name = resultBytes)]
    pub fn result_bytes(&self) -> usize {
        self.plan.result_len()
    }

    /// Bytes of what comes out of every layer, encrypted.
    #[wasm_bindgen(getter, js_name = inspectionBytes)]
    pub fn inspection_bytes(&self) -> usize {
        self.plan.inspection_len()
    }

    /// Channels, height and width of each layer's values, one layer after the other.
    ///
    /// # Errors
    /// None in practice: the description has been checked.
    pub fn shapes(&self) -> Result<Vec<u32>, JsError> {
        let shapes = self.model.description().shapes().map_err(js_error)?;
        let sizes = shapes.iter().flat_map(|s| [s.channels, s.height, s.width]);
        Ok(sizes.map(|size| size as u32).collect())
    }

    /// The slots of an image, as the first layer reads them: real and imaginary part in turn.
    ///
    /// # Errors
    /// Another number of pixels than the network takes, or pixels outside 0 ..= 1.
    pub fn slots(&self, pixels: &[f32]) -> Result<Vec<f64>, JsError> {
        let slots = self.plan.pack(self.image(pixels)?).map_err(js_error)?;
        Ok(slots.iter().flat_map(|slot| [slot.re, slot.im]).collect())
    }

    /// The coefficients of the polynomial that an image is encoded as.
    ///
    /// # Errors
    /// As [`Scheme::slots`].
    pub fn encoded(&self, pixels: &[f32]) -> Result<Vec<f64>, JsError> {
        let slots = self.plan.pack(self.image(pixels)?).map_err(js_error)?;
        let scale = self.plan.input_scale();
        let coefficients = self.encoder.coefficients(&slots, scale).map_err(js_error)?;
        Ok(coefficients.into_iter().map(|c| c as f64).collect())
    }

    /// The coefficients of an encrypted image's first polynomial modulo one of its moduli.
    ///
    /// # Errors
    /// Bytes that are no encrypted image, or a modulus that it has not.
    pub fn coefficients(&self, message: &[u8], modulus: usize) -> Result<Vec<u32>, JsError> {
        let input = wire::read_input(self.plan.parameters(), message).map_err(js_error)?;
        if modulus > input.level() {
            return Err(js_error(format!("there is no modulus {modulus}")));
        }
        Ok(input.c0.into_coeff().limb(modulus).to_vec())
    }

    /// The root mean square of the error that the values of each layer should have, by the noise
    /// model; nothing for a network that the model cannot follow.
    ///
    /// # Errors
    /// As [`Scheme::slots`].
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
