//! The evaluator for one client: a circuit, the client's evaluation keys, messages in and out.
//!
//! Relies on [`Circuit`] and on the wire format. Not for several clients: each has a session of its
//! own.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use inkognito_ckks::{EvaluationKeys, Evaluator, KeyRequest, wire};
use inkognito_threads::ThreadMeter;

use super::circuit::Circuit;
use super::error::CircuitError;
use super::offline::OfflineResult;
use super::report::{OfflineReport, Report};
use super::stage::{Output, Stage};

/// The state of an evaluator for one client. Nothing in it is secret.
///
/// ```
/// use std::sync::Arc;
///
/// use inkognito_network::{Circuit, CircuitError, Session};
/// # use inkognito_network::{Description, FORMAT, Input, Layer, Linear, Model};
/// # use ndarray::{Array1, Array2};
/// # let linear = |rows, columns| Linear {
/// #     weight: Array2::zeros((rows, columns)),
/// #     bias: Array1::zeros(rows),
/// # };
/// # let description = Description {
/// #     format: FORMAT,
/// #     name: String::new(),
/// #     dataset: String::new(),
/// #     input: Input { height: 2, width: 2 },
/// #     layers: vec![
/// #         Layer::Dense { inputs: 4, outputs: 2, range: 1.0 },
/// #         Layer::Polynomial { coefficients: vec![0.0, 0.0, 1.0] },
/// #         Layer::Dense { inputs: 2, outputs: 2, range: 1.0 },
/// #     ],
/// #     classes: vec!["a".into(), "b".into()],
/// # };
/// # let model = Model::new(description, vec![linear(2, 4), linear(2, 2)])?;
/// let mut session = Session::new(Arc::new(Circuit::new(&model)?));
/// assert!(!session.is_ready());
///
/// // bytes that are no message are refused
/// let refused = session.load_key(b"not a key").unwrap_err();
/// assert!(matches!(refused, CircuitError::Wire(_)));
/// let refused = session.infer(b"not an input", |_| {}).unwrap_err();
/// assert!(matches!(refused, CircuitError::Wire(_)));
/// # Ok::<(), CircuitError>(())
/// ```
pub struct Session {
    circuit: Arc<Circuit>,
    evaluator: Evaluator,
    /// The keys that the circuit needs, in ascending order. Other keys are refused.
    requests: Vec<KeyRequest>,
    /// The offline result for the mask that was sent last, until an input uses it.
    offline: Mutex<Option<(OfflineResult, OfflineReport)>>,
}

impl Session {
    /// Makes a session without keys.
    pub fn new(circuit: Arc<Circuit>) -> Self {
        let plan = circuit.plan();
        Self {
            requests: plan.key_requests(),
            evaluator: Evaluator::new(plan.parameters().clone(), EvaluationKeys::new()),
            circuit,
            offline: Mutex::default(),
        }
    }

    /// Adds one of the client's evaluation keys, given its message. It replaces an earlier key for
    /// the same operation, and discards an offline result.
    ///
    /// # Errors
    /// [`CircuitError::Wire`] for bytes that are no key message; [`CircuitError::UnexpectedKey`]
    /// for a key that the network does not need. The session does not change then.
    pub fn load_key(&mut self, message: &[u8]) -> Result<(), CircuitError> {
        let key = wire::read_evaluation_key(self.evaluator.parameters(), message)?;
        let KeyRequest { purpose, level } = key.request;
        if self.requests.binary_search(&key.request).is_err() {
            return Err(CircuitError::UnexpectedKey { purpose, level });
        }
        self.evaluator.keys_mut().insert(key);
        // the offline result may depend on an earlier key
        *self.lock() = None;
        Ok(())
    }

    /// Returns whether all keys that the network needs are loaded.
    pub fn is_ready(&self) -> bool {
        self.evaluator.keys().len() == self.requests.len()
    }

    /// Runs the offline phase for the next input, given its mask as a message. The input under this
    /// mask is then evaluated faster, and the result message is the same. The result replaces that
    /// of an earlier mask. `now` is a clock in milliseconds.
    ///
    /// # Errors
    /// - [`CircuitError::Wire`] for bytes that are no mask message.
    /// - [`CircuitError::Ckks`] with [`CkksError::Level`](inkognito_ckks::CkksError::Level) for a
    ///   mask at another level than the plan's input.
    /// - [`CircuitError::Ckks`] with
    ///   [`CkksError::MissingKey`](inkognito_ckks::CkksError::MissingKey) if a key is missing.
    pub fn prepare(&self, message: &[u8], now: impl Fn() -> f64) -> Result<(), CircuitError> {
        let start = now();
        let mask = wire::read_mask(self.evaluator.parameters(), message)?;
        let offline = self.circuit.run_offline(&self.evaluator, &mask)?;
        let mut report = OfflineReport::default();
        *self.lock() = offline.map(|offline| {
            report.operations.add(offline.operations());
            report.ms = now() - start;
            (offline, report)
        });
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Option<(OfflineResult, OfflineReport)>> {
        self.offline.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Evaluates the network on an input message and returns the result message. `observe` is
    /// called after each stage.
    ///
    /// # Errors
    /// - [`CircuitError::Wire`] for bytes that are no input message.
    /// - [`CircuitError::Ckks`] with [`CkksError::Level`](inkognito_ckks::CkksError::Level) or
    ///   [`CkksError::Scale`](inkognito_ckks::CkksError::Scale) for an input at another level or
    ///   scale than the plan's.
    /// - [`CircuitError::Ckks`] with
    ///   [`CkksError::MissingKey`](inkognito_ckks::CkksError::MissingKey) if a key is missing.
    pub fn infer(
        &self,
        message: &[u8],
        observe: impl FnMut(Stage<'_>),
    ) -> Result<Vec<u8>, CircuitError> {
        let (result, _) = self.run(message, observe)?;
        Ok(result)
    }

    fn run(
        &self,
        message: &[u8],
        mut observe: impl FnMut(Stage<'_>),
    ) -> Result<(Vec<u8>, Option<OfflineReport>), CircuitError> {
        let parameters = self.evaluator.parameters();
        let input = wire::read_input(parameters, message)?;
        let offline = self.lock().take_if(|(offline, _)| offline.is_for(&input));
        let (offline, report) = offline.unzip();
        let result = self
            .circuit
            .run(&self.evaluator, input, offline, &mut observe)?;
        Ok((wire::write_result(parameters, &result), report))
    }

    /// Evaluates the network as [`Session::infer`] does, and returns a report besides the result
    /// message. `now` is a clock in milliseconds. `threads` is the number of threads that the
    /// report states. If a [`ThreadMeter`] is installed, the report has the busy time of each
    /// thread.
    ///
    /// # Errors
    /// - [`CircuitError::Wire`] for bytes that are no input message.
    /// - [`CircuitError::Ckks`] with [`CkksError::Level`](inkognito_ckks::CkksError::Level) or
    ///   [`CkksError::Scale`](inkognito_ckks::CkksError::Scale) for an input at another level or
    ///   scale than the plan's.
    /// - [`CircuitError::Ckks`] with
    ///   [`CkksError::MissingKey`](inkognito_ckks::CkksError::MissingKey) if a key is missing.
    pub fn infer_timed(
        &self,
        message: &[u8],
        threads: usize,
        now: impl Fn() -> f64,
    ) -> Result<(Vec<u8>, Report), CircuitError> {
        self.timed(message, threads, now, &mut |_| {})
    }

    /// Evaluates the network as [`Session::infer_timed`] does, and returns the output of each stage
    /// as a message. The messages follow one another; the last is the result message.
    ///
    /// # Errors
    /// - [`CircuitError::Wire`] for bytes that are no input message.
    /// - [`CircuitError::Ckks`] with [`CkksError::Level`](inkognito_ckks::CkksError::Level) or
    ///   [`CkksError::Scale`](inkognito_ckks::CkksError::Scale) for an input at another level or
    ///   scale than the plan's.
    /// - [`CircuitError::Ckks`] with
    ///   [`CkksError::MissingKey`](inkognito_ckks::CkksError::MissingKey) if a key is missing.
    pub fn inspect(
        &self,
        message: &[u8],
        threads: usize,
        now: impl Fn() -> f64,
    ) -> Result<(Vec<u8>, Report), CircuitError> {
        let parameters = self.evaluator.parameters();
        let (mut messages, mut stages) = (vec![], 0);
        let (result, report) = self.timed(message, threads, now, &mut |stage| {
            if let Output::Slots(output) = stage.output {
                messages.extend(wire::write_intermediate(parameters, stages, output));
                stages += 1;
            }
        })?;
        messages.extend(result);
        Ok((messages, report))
    }

    /// Evaluates the network and measures the stages. The time that `observe` needs belongs to no
    /// stage.
    fn timed(
        &self,
        message: &[u8],
        threads: usize,
        now: impl Fn() -> f64,
        observe: &mut dyn FnMut(&Stage<'_>),
    ) -> Result<(Vec<u8>, Report), CircuitError> {
        let start = now();
        let mut report = Report {
            threads,
            ..Report::default()
        };
        let meter = ThreadMeter::installed();
        let busy_ms = || meter.map_or_else(Vec::new, |meter| meter.busy_ms(threads));
        let (mut stage_start, mut busy_before) = (start, busy_ms());
        let (result, offline) = self.run(message, |stage| {
            let (stage_end, busy) = (now(), busy_ms());
            let busy_ms = busy.iter().zip(&busy_before).map(|(b, a)| b - a).collect();
            report.add(&stage, stage_end - stage_start, busy_ms);
            observe(&stage);
            (stage_start, busy_before) = (now(), busy);
        })?;
        report.prepared = offline;
        report.total_ms = now() - start;
        Ok((result, report))
    }
}
