//! The JavaScript interface of the vault.
//!
//! Relies on wasm-bindgen. Not for logic: each method calls one of the library.

use ndarray::ArrayView2;
use wasm_bindgen::prelude::*;

use crate::{
    ink::{self, IMAGE_SIDE},
    query::{self, QueryId},
    vault,
};

fn js_error(error: impl std::fmt::Display) -> JsError {
    JsError::new(&error.to_string())
}

/// One visit. Its secret key never leaves this module's memory.
#[wasm_bindgen]
pub struct Vault(vault::Vault);

#[wasm_bindgen]
impl Vault {
    /// Draws a fresh key for the network in a model file.
    ///
    /// # Errors
    /// The bytes are no model file, the network has no encrypted circuit, or there is no
    /// randomness.
    #[wasm_bindgen(constructor)]
    pub fn new(model: &[u8]) -> Result<Vault, JsError> {
        vault::Vault::new(model).map(Self).map_err(js_error)
    }

    /// Returns the number of parts that the evaluation keys have.
    #[wasm_bindgen(js_name = keyPartCount)]
    pub fn key_part_count(&self) -> usize {
        self.0.key_part_count()
    }

    /// Makes the next part of the evaluation keys; returns `undefined` when all have been made.
    #[wasm_bindgen(js_name = nextKeyPart)]
    pub fn next_key_part(&mut self) -> Option<Vec<u8>> {
        self.0.next_key_part()
    }

    /// Draws the mask of the next drawing, so that the evaluator can precompute. The mask says
    /// nothing of the drawing.
    ///
    /// # Errors
    /// The parameter set does not have the plan's level. No plan has such a level.
    #[wasm_bindgen(js_name = nextMask)]
    pub fn next_mask(&mut self) -> Result<Vec<u8>, JsError> {
        self.0.next_mask().map_err(js_error)
    }

    /// Encrypts 28 x 28 pixels from 0 (paper) to 1 (ink), row by row.
    ///
    /// # Errors
    /// The number of pixels is another, or a pixel is outside 0 ..= 1.
    pub fn encrypt(&mut self, pixels: &[f32]) -> Result<Query, JsError> {
        let image = ArrayView2::from_shape((IMAGE_SIDE, IMAGE_SIDE), pixels).map_err(js_error)?;
        self.0.encrypt(image).map(Query).map_err(js_error)
    }

    /// Decrypts the evaluator's answer to a query, once; returns one score for each class.
    ///
    /// # Errors
    /// The query is not open, or the bytes are no result message of this network.
    pub fn decrypt(&mut self, query: u32, result: &[u8]) -> Result<Vec<f32>, JsError> {
        let query = QueryId::from_number(query);
        let scores = self.0.decrypt(query, result).map_err(js_error)?;
        Ok(scores.into_iter().map(|s| s as f32).collect())
    }

    /// Encrypts 28 x 28 pixels so that `openStage` may decrypt every stage, for teaching.
    ///
    /// # Errors
    /// The number of pixels is another, or a pixel is outside 0 ..= 1.
    #[wasm_bindgen(js_name = encryptToInspect)]
    pub fn encrypt_to_inspect(&mut self, pixels: &[f32]) -> Result<Query, JsError> {
        let image = ArrayView2::from_shape((IMAGE_SIDE, IMAGE_SIDE), pixels).map_err(js_error)?;
        let query = self.0.encrypt_to_inspect(image);
        query.map(Query).map_err(js_error)
    }

    /// Decrypts the output of one stage of the last query encrypted for inspection, once.
    ///
    /// # Errors
    /// The stage is not open, or the bytes are no message of that stage.
    #[wasm_bindgen(js_name = openStage)]
    pub fn open_stage(
        &mut self,
        query: u32,
        stage: usize,
        message: &[u8],
    ) -> Result<OpenedStage, JsError> {
        let query = QueryId::from_number(query);
        let opened = self.0.open_stage(query, stage, message);
        opened.map(OpenedStage).map_err(js_error)
    }

    /// Searches bytes for the secret key or a long enough part of it.
    #[wasm_bindgen(js_name = keyIsIn)]
    pub fn key_is_in(&self, bytes: &[u8]) -> bool {
        self.0.keyring().key_is_in(bytes)
    }

    /// Checks that the search finds the key where it is planted, within the vault.
    #[wasm_bindgen(js_name = keySearchWorks)]
    pub fn key_search_works(&self) -> bool {
        self.0.keyring().key_search_works()
    }

    /// Returns the scores of the last answer as they may leave the page: flooded with noise and
    /// rounded.
    ///
    /// # Errors
    /// The query is not the last that was answered, or too many others were released.
    pub fn release(&mut self, query: u32) -> Result<Vec<f64>, JsError> {
        self.0
            .release(QueryId::from_number(query))
            .map_err(js_error)
    }

    /// Returns the standard deviation of the noise in released scores.
    #[wasm_bindgen(getter, js_name = floodingDeviation)]
    pub fn flooding_deviation(&self) -> f64 {
        self.0.flooding().deviation
    }

    /// Returns the step of the grid that released scores are rounded to.
    #[wasm_bindgen(getter, js_name = floodingGrid)]
    pub fn flooding_grid(&self) -> f64 {
        self.0.flooding().grid
    }
}

/// An encrypted drawing, and the number under which its answer is decrypted.
#[wasm_bindgen]
pub struct Query(query::Query);

#[wasm_bindgen]
impl Query {
    /// Returns the number for `decrypt` and `release`.
    #[wasm_bindgen(getter)]
    pub fn id(&self) -> u32 {
        self.0.id.number()
    }

    /// Returns whether `nextMask` gave out its mask before.
    #[wasm_bindgen(getter, js_name = maskSent)]
    pub fn mask_sent(&self) -> bool {
        self.0.mask_sent
    }

    /// Returns the message for the evaluator; the query is used up.
    #[wasm_bindgen(js_name = intoMessage)]
    pub fn into_message(self) -> Vec<u8> {
        self.0.message
    }
}

/// The output of one stage, decrypted.
#[wasm_bindgen]
pub struct OpenedStage(query::OpenedStage);

#[wasm_bindgen]
impl OpenedStage {
    /// Returns the ciphertext's level.
    #[wasm_bindgen(getter)]
    pub fn level(&self) -> usize {
        self.0.level
    }

    /// Returns log2 of the ciphertext's scale.
    #[wasm_bindgen(getter, js_name = logScale)]
    pub fn log_scale(&self) -> f64 {
        self.0.log_scale
    }

    /// Returns log2 of the ciphertext's modulus.
    #[wasm_bindgen(getter, js_name = logModulus)]
    pub fn log_modulus(&self) -> f64 {
        self.0.log_modulus
    }

    /// Returns the bits of the modulus that are left above scale times largest slot, and its sign.
    #[wasm_bindgen(getter, js_name = bitsLeft)]
    pub fn bits_left(&self) -> f64 {
        self.0.bits_left
    }

    /// Returns the values of the layer; those of a convolution in the order channel, row, column.
    #[wasm_bindgen(js_name = intoValues)]
    pub fn into_values(self) -> Vec<f64> {
        self.0.values
    }
}

/// The strokes of a drawing.
#[wasm_bindgen]
#[derive(Default)]
pub struct Drawing(ink::Drawing);

#[wasm_bindgen]
impl Drawing {
    /// Returns a blank drawing.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the width of further strokes, as a multiple of the usual pen's.
    #[wasm_bindgen(js_name = setBrush)]
    pub fn set_brush(&mut self, width: f64) {
        self.0.set_brush(width);
    }

    /// Starts a stroke at a point of the pad, both coordinates in 0 ..= 1, y pointing down.
    pub fn begin(&mut self, x: f64, y: f64) {
        self.0.begin(x, y);
    }

    /// Extends the stroke to a point.
    pub fn extend(&mut self, x: f64, y: f64) {
        self.0.extend(x, y);
    }

    /// Removes the last stroke.
    pub fn undo(&mut self) {
        self.0.undo();
    }

    /// Removes all strokes.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Checks whether there is no stroke.
    #[wasm_bindgen(js_name = isBlank)]
    pub fn is_blank(&self) -> bool {
        self.0.is_blank()
    }

    /// Renders the image that is encrypted: 28 x 28 pixels from 0 (paper) to 1 (ink), row by row.
    pub fn pixels(&self) -> Vec<f32> {
        self.0.pixels().into_raw_vec_and_offset().0
    }
}
