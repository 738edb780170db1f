//! The evaluator as a WebAssembly web worker.
//!
//! It is given a model file, evaluation keys and encrypted drawings, and gives back encrypted
//! scores. With the feature `threads` it computes on a pool of web workers (`initThreadPool` first,
//! in a dedicated worker: the page's own thread may not wait); without, on one thread.
//!
//! Relies on `inkognito-network`. Not for: anything that needs a secret; this crate cannot name one.
#![cfg(target_arch = "wasm32")]

use std::sync::Arc;

use inkognito_network::{Circuit, Model, Report, Session};
use inkognito_threads::{ThreadMeter, with_spinning_workers};
use wasm_bindgen::prelude::*;
use web_sys::{Performance, WorkerGlobalScope};

#[cfg(feature = "threads")]
pub use wasm_bindgen_rayon::init_thread_pool;

/// A network and one visitor's evaluation keys.
#[wasm_bindgen]
pub struct Evaluator {
    session: Session,
    report: Report,
}

/// What is done with a message.
enum Work {
    Prepare,
    Infer,
    Inspect,
}

/// The time on whichever thread this is, in milliseconds since that thread's scope began.
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
    /// Bytes that are no model file this program can evaluate, or a scope without a clock.
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

    /// Takes in one part of the evaluation keys.
    ///
    /// # Errors
    /// Bytes that are no key that the network needs.
    #[wasm_bindgen(js_name = loadKeyPart)]
    pub fn load_key_part(&mut self, part: &[u8]) -> Result<(), JsError> {
        self.session.load_key(part).map_err(js_error)
    }

    /// Whether all parts of the evaluation keys are there.
    #[wasm_bindgen(js_name = keysComplete)]
    pub fn keys_complete(&self) -> bool {
        self.session.is_ready()
    }

    /// Does what can be done for the next drawing, given its mask.
    ///
    /// # Errors
    /// Bytes that are no mask for this network, or keys that are still missing.
    pub fn prepare(&mut self, mask: &[u8]) -> Result<(), JsError> {
        self.run(mask, Work::Prepare).map(drop)
    }

    /// Runs the network on an encrypted drawing and gives the encrypted scores.
    ///
    /// # Errors
    /// Bytes that are no encrypted drawing for this network, or keys that are still missing.
    pub fn infer(&mut self, ciphertext: &[u8]) -> Result<Vec<u8>, JsError> {
        self.run(ciphertext, Work::Infer)
    }

    /// As `infer`, for teaching: gives what comes out of every layer, encrypted, one message after
    /// another, the encrypted scores last.
    ///
    /// # Errors
    /// As `infer`.
    pub fn inspect(&mut self, ciphertext: &[u8]) -> Result<Vec<u8>, JsError> {
        self.run(ciphertext, Work::Inspect)
    }

    /// How the last inference went: `{ threads, totalMs, prepared: { ms, operations }?, layers: [{ name, ms,
    /// busyMs }], operations: { ntt, keySwitch, plaintextProduct } }`.
    ///
    /// # Errors
    /// None in practice: the report is plain data.
    pub fn report(&self) -> Result<JsValue, JsError> {
        serde_wasm_bindgen::to_value(&self.report).map_err(js_error)
    }
}

impl Evaluator {
    /// One function for all: what threads need to share the work out is in the module once.
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
