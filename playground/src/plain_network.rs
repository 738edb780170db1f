//! The plain network: its values are those that the encrypted network must reproduce.
//!
//! Relies on `inkognito-network`. Not for encrypted images.

use inkognito_network::Model;
use ndarray::ArrayView2;
use wasm_bindgen::prelude::*;

use crate::js_error;

/// A network that evaluates plain images.
#[wasm_bindgen]
pub struct PlainNetwork(Model);

#[wasm_bindgen]
impl PlainNetwork {
    /// Reads a model file.
    ///
    /// # Errors
    /// The bytes are no model file.
    #[wasm_bindgen(constructor)]
    pub fn new(model: &[u8]) -> Result<PlainNetwork, JsError> {
        Model::from_bytes(model).map(Self).map_err(js_error)
    }

    /// Returns the values after each layer, first to last, for an image of the network's size, row
    /// by row. Those of a convolution are in the order channel, row, column.
    ///
    /// # Errors
    /// The number of pixels is not the network's.
    pub fn trace(&self, pixels: &[f32]) -> Result<Vec<js_sys::Float64Array>, JsError> {
        let input = self.0.description().input;
        let image =
            ArrayView2::from_shape((input.height, input.width), pixels).map_err(js_error)?;
        let layers = self.0.trace(image).into_iter();
        Ok(layers
            .map(|values| js_sys::Float64Array::from(values.to_vec().as_slice()))
            .collect())
    }
}
