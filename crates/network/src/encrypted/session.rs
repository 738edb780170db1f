//! One visitor at the evaluator: a circuit and the visitor's evaluation keys, messages in, messages
//! out.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use inkognito_ckks::{EvaluationKeys, Evaluator, KeyRequest, wire};
use inkognito_threads::ThreadMeter;

use super::{Circuit, CircuitError, OfflineReport, OfflineResult, Output, Report, Stage};

/// What an evaluator keeps for one visitor. Nothing in it is secret.
pub struct Session {
    circuit: Arc<Circuit>,
    evaluator: Evaluator,
    /// The keys that the circuit needs, in ascending order; no other is taken in.
    requests: Vec<KeyRequest>,
    /// For the mask that was told last, until it comes with an input.
    prepared: Mutex<Option<(OfflineResult, OfflineReport)>>,
}

impl Session {
    /// A session without keys yet.
    pub fn new(circuit: Arc<Circuit>) -> Self {
        let plan = circuit.plan();
        Self {
            requests: plan.key_requests(),
            evaluator: Evaluator::new(plan.parameters().clone(), EvaluationKeys::new()),
            circuit,
            prepared: Mutex::default(),
        }
    }

    /// Takes in one part of the visitor's evaluation keys.
    ///
    /// # Errors
    /// Bytes that are no key message, or a key that the network has no use for; the session stays
    /// as it was.
    pub fn load_key(&mut self, message: &[u8]) -> Result<(), CircuitError> {
        let key = wire::read_evaluation_key(self.evaluator.parameters(), message)?;
        let KeyRequest { purpose, level } = key.request;
        if self.requests.binary_search(&key.request).is_err() {
            return Err(CircuitError::UnexpectedKey { purpose, level });
        }
        self.evaluator.keys_mut().insert(key);
        // it may have been made with the key that was there before
        *self.lock() = None;
        Ok(())
    }

    /// Whether every key is there.
    pub fn is_ready(&self) -> bool {
        self.evaluator.keys().len() == self.requests.len()
    }

    /// Does what can be done for the next input as soon as its mask is known, given the mask message: the input that
    /// comes with this mask is answered sooner, and with the same bytes. `now` is a clock in milliseconds.
    ///
    /// # Errors
    /// Bytes that are no mask message, or a key that is still missing.
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
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs the network on an input message and gives the result message.
    ///
    /// # Errors
    /// Bytes that are no input message, an input at another level or scale than the plan's, or a
    /// key that is still missing.
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
        let prepared = self.lock().take_if(|(it, _)| it.is_for(&input));
        let (offline, report) = prepared.unzip();
        let result = self
            .circuit
            .run(&self.evaluator, input, offline, &mut observe)?;
        Ok((wire::write_result(parameters, &result), report))
    }

    /// As [`Session::infer`], with a report on it, which tells threads apart where
    /// a [`ThreadMeter`] is installed. `now` is a clock in milliseconds; `threads` is
    /// what the report is to say of them.
    ///
    /// # Errors
    /// As [`Session::infer`].
    pub fn infer_timed(
        &self,
        message: &[u8],
        threads: usize,
        now: impl Fn() -> f64,
    ) -> Result<(Vec<u8>, Report), CircuitError> {
        self.timed(message, threads, now, &mut |_| {})
    }

    /// As [`Session::infer_timed`], for teaching: what comes out of each stage but the last is a
    /// message as well. They are given one after another, the result message last.
    ///
    /// # Errors
    /// As [`Session::infer`].
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

    /// A report of an inference; what `observe` does with a stage is not counted as the stage's.
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
        let (mut before, mut busy_before) = (start, busy_ms());
        let (result, prepared) = self.run(message, |stage| {
            let (after, busy) = (now(), busy_ms());
            let busy_ms = busy.iter().zip(&busy_before).map(|(b, a)| b - a).collect();
            report.add(&stage, after - before, busy_ms);
            observe(&stage);
            (before, busy_before) = (now(), busy);
        })?;
        report.prepared = prepared;
        report.total_ms = now() - start;
        Ok((result, report))
    }
}
