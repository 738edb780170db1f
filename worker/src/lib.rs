//! The evaluator as a WebAssembly web worker.
//!
//! It takes a model file, evaluation keys and encrypted drawings, and returns encrypted scores.
//! With the feature `threads` it computes on a pool of web workers. Then `initThreadPool` must be
//! called first, in a dedicated worker, because the page's own thread may not block. Without the
//! feature it computes on one thread.
//!
//! The crate relies on `inkognito-network`. It has no secret key and cannot name one.
#![cfg(target_arch = "wasm32")]

use std::sync::Arc;

use inkognito_network::{Circuit, Model, Report, Session};
use inkognito_threads::{ThreadMeter, with_spinning_workers};
use wasm_bindgen::prelude::*;
use web_sys::{Performance, WorkerGlobalScope};

#[cfg(feature = "threads")]
pub use wasm_bindgen_rayon::init_thread_pool;

/// The circuit of a network, with the evaluation keys of one visitor.
#[wasm_bindgen]
pub struct Evaluator {
    session: Session,
    report: Report,
}

/// The operation on a message.
enum Work {
    Prepare,
    Infer,
    Inspect,
}

/// Returns the time of the calling thread, in milliseconds since that thread's scope began.
fn thread_clock() -> f64 {
    thread_local! {
        static PERFORMANCE: Option<Performance> =
            js_sys::global().unchecked_into::<WorkerGlobalScope>().performance();
    }
    PERFORMANCE.with(|performance| performance.as_ref().map_or(0.0, Performance::now))
}

fn js_error(error: impl std::fmt::Display) -> JsError {
    JsError::new(&error.to_string())
}

#[wasm_bindgen]
impl Evaluator {
    /// Reads a model file and encodes its weights.
    ///
    /// # Errors
    /// The bytes are no model file, the network has no encrypted circuit, or the scope has no
    /// clock.
    #[wasm_bindgen(constructor)]
    pub fn new(model: &[u8]) -> Result<Evaluator, JsError> {
        let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
        if scope.performance().is_none() {
            return Err(js_error("no clock here"));
        }
        ThreadMeter::install(thread_clock);
        let model = Model::from_bytes(model).map_err(js_error)?;
        let circuit = Circuit::new(&model).map_err(js_error)?;
        let session = Session::new(Arc::new(circuit));
        Ok(Self {
            session,
            report: Report::default(),
        })
    }

    /// Loads one part of the evaluation keys.
    ///
    /// # Errors
    /// The bytes are no evaluation key that the network needs.
    #[wasm_bindgen(js_name = loadKeyPart)]
    pub fn load_key_part(&mut self, part: &[u8]) -> Result<(), JsError> {
        self.session.load_key(part).map_err(js_error)
    }

    /// Returns whether all parts of the evaluation keys are loaded.
    #[wasm_bindgen(js_name = keysComplete)]
    pub fn keys_complete(&self) -> bool {
        self.session.is_ready()
    }

    /// Computes offline, from the mask of the next drawing, everything that does not depend on the
    /// drawing.
    ///
    /// # Errors
    /// The bytes are no mask for this network, or a key is missing.
    pub fn prepare(&mut self, mask: &[u8]) -> Result<(), JsError> {
        self.run(mask, Work::Prepare).map(drop)
    }

    /// Evaluates the network on an encrypted drawing and returns the encrypted scores.
    ///
    /// # Errors
    /// The bytes are no encrypted drawing for this network, or a key is missing.
    pub fn infer(&mut self, ciphertext: &[u8]) -> Result<Vec<u8>, JsError> {
        self.run(ciphertext, Work::Infer)
    }

    /// Evaluates the network on an encrypted drawing, for teaching: returns the encrypted output of
    /// every layer, one message after another, the encrypted scores last.
    ///
    /// # Errors
    /// The bytes are no encrypted drawing for this network, or a key is missing.
    pub fn inspect(&mut self, ciphertext: &[u8]) -> Result<Vec<u8>, JsError> {
        self.run(ciphertext, Work::Inspect)
    }

    /// Returns times and operation counts of the last inference: `{ threads, totalMs, prepared: {
    /// ms, operations }?, layers: [{ name, ms, busyMs }], operations: { ntt, keySwitch,
    /// plaintextProduct } }`.
    ///
    /// # Errors
    /// The report cannot be converted: this does not happen, it contains numbers and names only.
    pub fn report(&self) -> Result<JsValue, JsError> {
        serde_wasm_bindgen::to_value(&self.report).map_err(js_error)
    }
}

impl Evaluator {
    /// Does any work on a message. One function for all keeps the code that distributes work over
    /// threads in the module once.
    fn run(&mut self, message: &[u8], work: Work) -> Result<Vec<u8>, JsError> {
        let (threads, session) = (rayon::current_num_threads(), &self.session);
        let work = || match work {
            Work::Prepare => session
                .prepare(message, thread_clock)
                .map(|()| Default::default()),
            Work::Infer => session.infer_timed(message, threads, thread_clock),
            Work::Inspect => session.inspect(message, threads, thread_clock),
        };
        let (messages, report) = with_spinning_workers(|| true, work).map_err(js_error)?;
        self.report = report;
        Ok(messages)
    }
}
