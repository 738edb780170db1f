//! The training run: epochs of batches, the loss, the averaged weights.

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

/// Part of each averaged weight that is kept at every step.
const AVERAGE_DECAY: f64 = 0.999;
/// Part of each target that is spread over all classes.
const SMOOTHING: f32 = 0.02;
/// Magnitude from which values before an activation are penalised.
const FREE_MAGNITUDE: f64 = 4.0;
/// Weight of that penalty in the loss.
const PENALTY: f64 = 1.0;
/// Clean training images that give the moments for the accuracy after each epoch.
const QUICK_IMAGES: usize = 10_000;

/// The settings of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Times that each image is shown.
    pub epochs: u32,
    /// Images a step.
    pub batch: usize,
    /// Largest learning rate of Adam.
    pub rate: f64,
    /// How strongly images are distorted.
    pub strength: Strength,
    /// What weights, order and distortions depend on.
    pub seed: u64,
}

/// What an epoch came to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Epoch {
    /// Its number, from one.
    pub number: u32,
    /// Mean loss over its batches.
    pub loss: f64,
    /// Part of the test images that the averaged network reads rightly after it.
    pub accuracy: f64,
}

/// Trains `network` and gives the moments with which its averaged weights, which it is left with,
/// are to be used.
///
/// `progress` is told of each step (with the number done and of all) and of each epoch.
///
/// # Errors
/// If the loss is no longer finite, or a setting makes no sense.
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
                // The thread that makes the batches ends only after the last of them.
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

/// What a run tells while it goes on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Progress {
    /// A step was taken.
    Step {
        /// Steps taken.
        done: usize,
        /// Steps of the whole run.
        of: usize,
        /// The epoch it belongs to, from one.
        epoch: u32,
    },
    /// An epoch is over.
    Epoch(Epoch),
}

/// Cross entropy with the batch's targets, and the penalty on values far from zero.
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

/// The part of the images that the network reads rightly.
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
