//! The vault as the page sees it.

use ndarray::ArrayView2;
use wasm_bindgen::prelude::*;

use crate::{QueryId, SIDE};

fn js_error(error: impl std::fmt::Display) -> JsError {
    JsError::new(&error.to_string())
}

/// One visit's secret key; it never leaves this module's memory.
#[wasm_bindgen]
pub struct Vault(crate::Vault);

#[wasm_bindgen]
impl Vault {
    /// Draws a fresh key for the network in a model file.
    ///
    /// # Errors
    /// Bytes that are no model file this program can evaluate.
    #[wasm_bindgen(constructor)]
    pub fn new(model: &[u8]) -> Result<Vault, JsError> {
        crate::Vault::new(model).map(Self).map_err(js_error)
    }

    /// How many parts the evaluation keys have.
    #[wasm_bindgen(js_name = keyPartCount)]
    pub fn key_part_count(&self) -> usize {
        self.0.key_part_count()
    }

    /// Makes the next part of the evaluation keys; `undefined` when all have been made.
    #[wasm_bindgen(js_name = nextKeyPart)]
    pub fn next_key_part(&mut self) -> Option<Vec<u8>> {
        self.0.next_key_part()
    }

    /// Draws the mask of the next drawing, for the evaluator: it can begin with it, and learns nothing of
    /// the drawing by it.
    ///
    /// # Errors
    /// None in practice.
    #[wasm_bindgen(js_name = nextMask)]
    pub fn next_mask(&mut self) -> Result<Vec<u8>, JsError> {
        self.0.next_mask().map_err(js_error)
    }

    /// Encrypts 28 x 28 pixels from 0 (paper) to 1 (ink), row by row.
    ///
    /// # Errors
    /// Another number of pixels, or one outside 0 ..= 1.
    pub fn encrypt(&mut self, pixels: &[f32]) -> Result<Query, JsError> {
        let image = ArrayView2::from_shape((SIDE, SIDE), pixels).map_err(js_error)?;
        self.0.encrypt(image).map(Query).map_err(js_error)
    }

    /// Decrypts the evaluator's answer to a query, once: one score a class.
    ///
    /// # Errors
    /// A query that is not open, or bytes that are no result message.
    pub fn decrypt(&mut self, query: u32, result: &[u8]) -> Result<Vec<f32>, JsError> {
        let query = QueryId::from_number(query);
        let scores = self.0.decrypt(query, result).map_err(js_error)?;
        Ok(scores.into_iter().map(|s| s as f32).collect())
    }

    /// As `encrypt`, for teaching: every stage of its evaluation may be decrypted, by `openStage`.
    ///
    /// # Errors
    /// As `encrypt`.
    #[wasm_bindgen(js_name = encryptToInspect)]
    pub fn encrypt_to_inspect(&mut self, pixels: &[f32]) -> Result<Query, JsError> {
        let image = ArrayView2::from_shape((SIDE, SIDE), pixels).map_err(js_error)?;
        let query = self.0.encrypt_to_inspect(image);
        query.map(Query).map_err(js_error)
    }

    /// Decrypts what came out of one stage of the last query that was asked for inspection, once.
    ///
    /// # Errors
    /// A stage that is not open, or bytes that are no message of that stage.
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

    /// Whether the secret key is in these bytes, as far as the vault's search can tell.
    #[wasm_bindgen(js_name = keyIsIn)]
    pub fn key_is_in(&self, bytes: &[u8]) -> bool {
        self.0.keyring().key_is_in(bytes)
    }

    /// Whether that search finds the key where it is planted: tried within the vault.
    #[wasm_bindgen(js_name = keySearchWorks)]
    pub fn key_search_works(&self) -> bool {
        self.0.keyring().key_search_works()
    }

    /// The scores of the last answer as they may leave the page: flooded with noise and rounded.
    ///
    /// # Errors
    /// A query that is not the last to have been answered, or too many releases of others.
    pub fn release(&mut self, query: u32) -> Result<Vec<f64>, JsError> {
        self.0
            .release(QueryId::from_number(query))
            .map_err(js_error)
    }

    /// Standard deviation of the noise in released scores.
    #[wasm_bindgen(getter, js_name = floodingDeviation)]
    pub fn flooding_deviation(&self) -> f64 {
        self.0.flooding().deviation
    }

    /// What released scores are rounded to multiples of.
    #[wasm_bindgen(getter, js_name = floodingGrid)]
    pub fn flooding_grid(&self) -> f64 {
        self.0.flooding().grid
    }
}

/// An encrypted drawing, and the number under which its answer is decrypted.
#[wasm_bindgen]
pub struct Query(crate::Query);

#[wasm_bindgen]
impl Query {
    /// For `decrypt` and `release`.
    #[wasm_bindgen(getter)]
    pub fn id(&self) -> u32 {
        self.0.id.number()
    }

    /// Whether its mask was sent beforehand, by `nextMask`.
    #[wasm_bindgen(getter, js_name = maskSent)]
    pub fn mask_sent(&self) -> bool {
        self.0.mask_sent
    }

    /// The message for the evaluator; the query is used up.
    #[wasm_bindgen(js_name = intoMessage)]
    pub fn into_message(self) -> Vec<u8> {
        self.0.message
    }
}

/// What came out of one stage, decrypted.
#[wasm_bindgen]
pub struct OpenedStage(crate::OpenedStage);

#[wasm_bindgen]
impl OpenedStage {
    /// Rescalings that the ciphertext could still take.
    #[wasm_bindgen(getter)]
    pub fn level(&self) -> usize {
        self.0.level
    }

    /// log2 of the factor that the encrypted values carry.
    #[wasm_bindgen(getter, js_name = logScale)]
    pub fn log_scale(&self) -> f64 {
        self.0.log_scale
    }

    /// log2 of the ciphertext's modulus.
    #[wasm_bindgen(getter, js_name = logModulus)]
    pub fn log_modulus(&self) -> f64 {
        self.0.log_modulus
    }

    /// Bits of the modulus that are left above the largest slot and its sign.
    #[wasm_bindgen(getter, js_name = bitsLeft)]
    pub fn bits_left(&self) -> f64 {
        self.0.bits_left
    }

    /// The values of the layer; a convolution's in the order channel, row, column.
    #[wasm_bindgen(js_name = intoValues)]
    pub fn into_values(self) -> Vec<f64> {
        self.0.values
    }
}

/// A drawing in the making.
#[wasm_bindgen]
#[derive(Default)]
pub struct Drawing(crate::Drawing);

#[wasm_bindgen]
impl Drawing {
    /// A blank pad.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Draws the strokes to come with a brush of this width, as a multiple of the usual pen's.
    #[wasm_bindgen(js_name = setBrush)]
    pub fn set_brush(&mut self, width: f64) {
        self.0.set_brush(width);
    }

    /// Starts a stroke at a point of the pad, both coordinates in 0 ..= 1, y downwards.
    pub fn begin(&mut self, x: f64, y: f64) {
        self.0.begin(x, y);
    }

    /// Continues the stroke.
    pub fn extend(&mut self, x: f64, y: f64) {
        self.0.extend(x, y);
    }

    /// Takes the last stroke back.
    pub fn undo(&mut self) {
        self.0.undo();
    }

    /// Takes every stroke back.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether there is no ink.
    #[wasm_bindgen(js_name = isBlank)]
    pub fn is_blank(&self) -> bool {
        self.0.is_blank()
    }

    /// The image that is encrypted: 28 x 28 pixels from 0 (paper) to 1 (ink), row by row.
    pub fn pixels(&self) -> Vec<f32> {
        self.0.pixels().into_raw_vec_and_offset().0
    }
}
