//! Batches of images in the layout of the network, prepared on a thread of their own.
//!
//! Relies on `augment.rs` for the copies. Not for measuring, which reads images one by one.

use crate::augment::{Augmenter, PIXELS};
use crate::network::Architecture;
use candle_core::{Device, Tensor};
use inkognito_dataset::{CLASSES, Split};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::Scope;

/// The most batches that are ready before the training takes them.
const QUEUE_CAPACITY: usize = 4;

/// Images with their targets.
pub struct Batch {
    /// Shape `[size * windows, row]`, see [`Architecture::windows`].
    pub windows: Vec<f32>,
    /// Shape `[size, classes]`: the probabilities to be learned.
    pub targets: Vec<f32>,
    /// Number of images.
    pub size: usize,
}

impl Batch {
    /// Converts windows and targets to tensors.
    ///
    /// # Errors
    ///
    /// If a tensor cannot be made.
    pub fn into_tensors(
        self,
        architecture: &Architecture,
    ) -> candle_core::Result<(Tensor, Tensor)> {
        let rows = self.size * architecture.window_count();
        Ok((
            Tensor::from_vec(self.windows, (rows, architecture.row()), &Device::Cpu)?,
            Tensor::from_vec(self.targets, (self.size, CLASSES), &Device::Cpu)?,
        ))
    }
}

/// The images of batches, and the size of a batch.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The images.
    pub split: &'a Split,
    /// The network, which determines the layout.
    pub architecture: &'a Architecture,
    /// Images of a batch.
    pub size: usize,
}

impl<'a> Source<'a> {
    /// Starts a thread that sends shuffled and distorted batches, epoch after epoch. An incomplete
    /// last batch of an epoch is left out.
    ///
    /// `smoothing` is the share of each target that is distributed over all classes. The batches
    /// depend on the seed alone. The thread ends when the receiver is dropped.
    pub fn augmented<'scope>(
        self,
        scope: &'scope Scope<'scope, 'a>,
        augmenter: Augmenter,
        epochs: u32,
        smoothing: f32,
        seed: u64,
    ) -> Receiver<Batch> {
        let (sender, receiver) = sync_channel(QUEUE_CAPACITY);
        scope.spawn(move || {
            let mut order: Vec<usize> = (0..self.split.len()).collect();
            for epoch in 0..epochs {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                rng.set_stream(u64::from(epoch));
                order.shuffle(&mut rng);
                for indices in order.chunks_exact(self.size) {
                    let batch = self.batch(indices, smoothing, |index, image| {
                        augmenter.copy(image, epoch, index as u32)
                    });
                    if sender.send(batch).is_err() {
                        return;
                    }
                }
            }
        });
        receiver
    }

    /// Returns batches of the first `limit` images in order, undistorted. The last may be smaller.
    pub fn clean(self, limit: usize) -> impl Iterator<Item = Batch> + 'a {
        let indices: Vec<usize> = (0..limit.min(self.split.len())).collect();
        let batches: Vec<Vec<usize>> = indices.chunks(self.size).map(<[usize]>::to_vec).collect();
        batches
            .into_iter()
            .map(move |indices| self.batch(&indices, 0.0, |_, image| *image))
    }

    /// Makes a batch of the images with these indices, each passed through `change`.
    fn batch(
        &self,
        indices: &[usize],
        smoothing: f32,
        change: impl Fn(usize, &[f32; PIXELS]) -> [f32; PIXELS],
    ) -> Batch {
        let window_values = self.architecture.window_count() * self.architecture.row();
        let mut windows = Vec::with_capacity(indices.len() * window_values);
        let mut targets = vec![smoothing / CLASSES as f32; indices.len() * CLASSES];
        for (row, index) in indices.iter().enumerate() {
            self.architecture
                .windows(&change(*index, &pixels(self.split, *index)), &mut windows);
            targets[row * CLASSES + usize::from(self.split.labels()[*index])] += 1.0 - smoothing;
        }
        Batch {
            windows,
            targets,
            size: indices.len(),
        }
    }
}

/// Returns one image as an array, row by row, from 0 (paper) to 1 (ink).
#[must_use]
pub fn pixels(split: &Split, index: usize) -> [f32; PIXELS] {
    let mut pixels = [0.0; PIXELS];
    for (pixel, value) in pixels.iter_mut().zip(&split.image(index)) {
        *pixel = *value;
    }
    pixels
}
