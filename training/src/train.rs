//! The training loop: epochs of batches, the loss, the averaged weights.
//!
//! Relies on candle's AdamW. Not for the export, which is in `fold.rs`.

use crate::augment::{Augmenter, Strength};
use crate::batches::{Batch, Source};
use crate::error::TrainingError;
use crate::fold::clean_moments;
use crate::network::{Moments, Network};
use crate::optimise::{Average, Schedule};
use candle_core::Tensor;
use candle_nn::{AdamW, Optimizer, ParamsAdamW};
use inkognito_dataset::Split;
use serde::{Deserialize, Serialize};
use std::thread;

/// The share of an averaged weight that a step keeps.
const AVERAGE_DECAY: f64 = 0.999;
/// Label smoothing: the share of each target that is distributed over all classes.
const SMOOTHING: f32 = 0.02;
/// The magnitude above which inputs of an activation are penalised.
const FREE_MAGNITUDE: f64 = 4.0;
/// The weight of that penalty in the loss.
const PENALTY: f64 = 1.0;
/// Undistorted training images for the moments with which the accuracy of an epoch is measured.
const QUICK_IMAGES: usize = 10_000;

/// The settings of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The number of epochs.
    pub epochs: u32,
    /// Images of a batch.
    pub batch: usize,
    /// The largest learning rate of Adam.
    pub rate: f64,
    /// The limits of the distortions.
    pub strength: Strength,
    /// The seed of weights, order and distortions.
    pub seed: u64,
}

/// The result of an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Epoch {
    /// Its number, from one.
    pub number: u32,
    /// Mean loss over its batches.
    pub loss: f64,
    /// The accuracy of the averaged network on the test images.
    pub accuracy: f64,
}

/// Trains `network`, leaves it with averaged weights, and returns the moments for these weights.
///
/// Calls `progress` after each step and after each epoch.
///
/// # Errors
///
/// - [`TrainingError::Setting`] if the batch or the number of epochs is out of range,
/// - [`TrainingError::Diverged`] if the loss is not finite,
/// - [`TrainingError::Tensor`] if a tensor operation fails.
pub fn train(
    network: &Network,
    train: &Split,
    test: &Split,
    settings: Settings,
    mut progress: impl FnMut(Progress),
) -> Result<Vec<Moments>, TrainingError> {
    check("the batch's size", settings.batch, train.len())?;
    check("the number of epochs", settings.epochs as usize, 10_000)?;
    let source = Source {
        split: train,
        architecture: &network.architecture,
        size: settings.batch,
    };
    let steps_an_epoch = train.len() / settings.batch;
    let schedule = Schedule {
        peak: settings.rate,
        steps: steps_an_epoch * settings.epochs as usize,
    };
    let variables = network.variables();
    let mut average = Average::new(variables.clone(), AVERAGE_DECAY)?;
    // Without weight decay, AdamW is Adam.
    let adam = ParamsAdamW {
        weight_decay: 0.0,
        ..ParamsAdamW::default()
    };
    let mut optimiser = AdamW::new(variables, adam)?;

    thread::scope(|scope| {
        let augmenter = Augmenter::new(settings.seed, settings.strength);
        let batches = source.augmented(scope, augmenter, settings.epochs, SMOOTHING, settings.seed);
        for epoch in 0..settings.epochs {
            let mut loss = 0.0;
            for index in 0..steps_an_epoch {
                let step = epoch as usize * steps_an_epoch + index;
                optimiser.set_learning_rate(schedule.rate(step));
                // The thread that makes the batches ends only after the last one.
                let Ok(batch) = batches.recv() else { break };
                let batch_loss = loss_of(network, batch)?;
                optimiser.backward_step(&batch_loss)?;
                average.update()?;
                loss += f64::from(batch_loss.to_scalar::<f32>()?) / steps_an_epoch as f64;
                progress(Progress::Step {
                    done: step + 1,
                    of: schedule.steps,
                    epoch: epoch + 1,
                });
            }
            if !loss.is_finite() {
                return Err(TrainingError::Diverged {
                    epoch: epoch as usize + 1,
                });
            }
            let accuracy = average.with(|| {
                let moments = clean_moments(network, source, QUICK_IMAGES)?;
                accuracy(
                    network,
                    &moments,
                    Source {
                        split: test,
                        ..source
                    },
                )
            })?;
            progress(Progress::Epoch(Epoch {
                number: epoch + 1,
                loss,
                accuracy,
            }));
        }
        Ok(())
    })?;
    average.install()?;
    clean_moments(network, source, train.len())
}

/// The progress of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Progress {
    /// A step is done.
    Step {
        /// Steps done.
        done: usize,
        /// Steps of the run.
        of: usize,
        /// The epoch of the step, from one.
        epoch: u32,
    },
    /// An epoch is done.
    Epoch(Epoch),
}

/// Returns the cross entropy with the batch's targets, plus the penalty on large values.
fn loss_of(network: &Network, batch: Batch) -> candle_core::Result<Tensor> {
    let size = batch.size as f64;
    let (windows, targets) = batch.into_tensors(&network.architecture)?;
    let pass = network.forward(&windows, None)?;
    let likelihoods = candle_nn::ops::log_softmax(&pass.scores, 1)?;
    let mut loss = (likelihoods * targets)?
        .sum_all()?
        .affine(-1.0 / size, 0.0)?;
    for values in &pass.before_activation {
        let beyond = values.abs()?.affine(1.0, -FREE_MAGNITUDE)?.relu()?;
        loss = (loss + beyond.sqr()?.mean_all()?.affine(PENALTY, 0.0)?)?;
    }
    Ok(loss)
}

/// Returns the share of the images that the network classifies correctly.
fn accuracy(
    network: &Network,
    moments: &[Moments],
    source: Source<'_>,
) -> Result<f64, TrainingError> {
    let mut right = 0.0;
    for batch in source.clean(source.split.len()) {
        let (windows, targets) = batch.into_tensors(&network.architecture)?;
        let answers = network
            .forward(&windows, Some(moments))?
            .scores
            .argmax_keepdim(1)?;
        right += f64::from(targets.gather(&answers, 1)?.sum_all()?.to_scalar::<f32>()?);
    }
    Ok(right / source.split.len() as f64)
}

/// Checks that a setting is from 1 to `high`.
fn check(what: &'static str, actual: usize, high: usize) -> Result<(), TrainingError> {
    if (1..=high).contains(&actual) {
        Ok(())
    } else {
        Err(TrainingError::Setting {
            what,
            low: 1,
            high,
            actual,
        })
    }
}
