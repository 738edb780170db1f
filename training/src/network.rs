//! The network in training: a convolution and dense layers with batch normalisation, each followed
//! by a polynomial of degree two, and a last dense layer.
//!
//! The convolution is a matrix product over the windows of an image, which are rows
//! ([`Architecture::windows`]). The order of its output is window, channel. That of the exported
//! model is channel, window; `fold` reorders the weights.
//!
//! The normalisation of the convolution needs no pass over its 500,000 outputs of a batch. Mean and
//! variance of `w·x` follow from the second moments of `x`. So the small weight matrix is
//! normalised before the product, gradients included.
//!
//! Relies on candle for tensors and gradients. Not for inference: the exported model has its own
//! forward pass.

use crate::augment::PIXELS;
use crate::error::TrainingError;
use candle_core::{DType, Device, Tensor, Var};
use inkognito_activation::Polynomial;
use inkognito_dataset::{CLASSES, SIDE};
use inkognito_network::conv_positions;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// Added to a variance before its square root is taken.
pub const EPSILON: f64 = 1e-5;

/// The sizes of the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Architecture {
    /// Side of the convolution's kernel.
    pub kernel: usize,
    /// Step from one window to the next.
    pub stride: usize,
    /// Channels of the convolution.
    pub channels: usize,
    /// Outputs of each hidden dense layer.
    pub hidden: Vec<usize>,
    /// Windows along each side of the image.
    positions: usize,
}

impl Architecture {
    /// Checks the sizes.
    ///
    /// # Errors
    ///
    /// - [`TrainingError::Kernel`] if the kernel does not fit the images,
    /// - [`TrainingError::Setting`] if there are no channels, hidden layers or hidden values, or
    ///   more than 4096 of any.
    pub fn new(
        kernel: usize,
        stride: usize,
        channels: usize,
        hidden: &[usize],
    ) -> Result<Self, TrainingError> {
        let positions = conv_positions(SIDE, kernel, stride).ok_or(TrainingError::Kernel {
            kernel,
            stride,
            side: SIDE,
        })?;
        let sizes = [
            ("the channels", channels),
            ("the hidden layers", hidden.len()),
        ];
        let values = hidden.iter().map(|size| ("the hidden values", *size));
        for (what, actual) in sizes.into_iter().chain(values) {
            if !(1..=4096).contains(&actual) {
                return Err(TrainingError::Setting {
                    what,
                    low: 1,
                    high: 4096,
                    actual,
                });
            }
        }
        Ok(Self {
            kernel,
            stride,
            channels,
            hidden: hidden.to_vec(),
            positions,
        })
    }

    /// Returns the number of windows of an image.
    #[must_use]
    pub fn window_count(&self) -> usize {
        self.positions * self.positions
    }

    /// Returns the number of pixels of a window.
    #[must_use]
    pub fn taps(&self) -> usize {
        self.kernel * self.kernel
    }

    /// Returns the length of a row of [`Architecture::windows`].
    #[must_use]
    pub fn row(&self) -> usize {
        self.taps() + 1
    }

    /// Appends the windows of an image. Each is a row of its pixels and a one, which multiplies
    /// the bias in the matrix product.
    pub fn windows(&self, image: &[f32; PIXELS], rows: &mut Vec<f32>) {
        for row in 0..self.positions {
            for column in 0..self.positions {
                for y in 0..self.kernel {
                    let start = (row * self.stride + y) * SIDE + column * self.stride;
                    rows.extend_from_slice(&image[start..start + self.kernel]);
                }
                rows.push(1.0);
            }
        }
    }
}

/// A polynomial of degree two, `c0 + c1 x + c2 x^2`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quadratic {
    /// Constant, linear and quadratic coefficient.
    pub coefficients: [f64; 3],
}

impl Quadratic {
    /// Takes the first three coefficients of a polynomial of degree two or less.
    #[must_use]
    pub fn of(polynomial: &Polynomial) -> Self {
        let coefficient = |power| polynomial.coefficients().get(power).copied().unwrap_or(0.0);
        Self {
            coefficients: [0, 1, 2].map(coefficient),
        }
    }

    fn forward(self, x: &Tensor) -> candle_core::Result<Tensor> {
        let [c0, c1, c2] = self.coefficients;
        (x.affine(c2, c1)? * x)?.affine(1.0, c0)
    }
}

/// A linear layer without bias, and the batch normalisation after it.
#[derive(Debug, Clone)]
pub struct Block {
    /// Shape `[inputs, outputs]`.
    pub weight: Var,
    /// The standard deviation of the normalised outputs, shape `[1, outputs]`.
    pub gamma: Var,
    /// The mean of the normalised outputs, shape `[1, outputs]`.
    pub beta: Var,
}

/// Mean and variance of a block's linear outputs, each of shape `[1, outputs]`.
#[derive(Debug, Clone)]
pub struct Moments {
    /// Mean.
    pub mean: Tensor,
    /// Variance, without Bessel's correction.
    pub variance: Tensor,
}

/// The network in training.
#[derive(Debug, Clone)]
pub struct Network {
    /// Its sizes.
    pub architecture: Architecture,
    /// Its activation.
    pub activation: Quadratic,
    /// Convolution and hidden dense layers.
    pub blocks: Vec<Block>,
    /// Weight of the last layer, shape `[last hidden, classes]`.
    pub last_weight: Var,
    /// Bias of the last layer, shape `[1, classes]`.
    pub last_bias: Var,
}

/// The result of a forward pass over a batch.
pub struct Pass {
    /// Scores, shape `[batch, classes]`.
    pub scores: Tensor,
    /// The inputs of the activations: shape `[batch * windows, channels]`, then `[batch, hidden]`
    /// for each hidden layer.
    pub before_activation: Vec<Tensor>,
}

impl Network {
    /// Returns a network with random weights.
    ///
    /// # Errors
    /// If a tensor cannot be made.
    pub fn new(
        architecture: Architecture,
        activation: Quadratic,
        seed: u64,
    ) -> Result<Self, TrainingError> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut blocks = vec![Block::new(
            architecture.taps(),
            architecture.channels,
            &mut rng,
        )?];
        let mut inputs = architecture.window_count() * architecture.channels;
        for outputs in &architecture.hidden {
            blocks.push(Block::new(inputs, *outputs, &mut rng)?);
            inputs = *outputs;
        }
        Ok(Self {
            architecture,
            activation,
            blocks,
            last_weight: random(inputs, CLASSES, &mut rng)?,
            last_bias: Var::zeros((1, CLASSES), DType::F32, &Device::Cpu)?,
        })
    }

    /// Returns all trained variables, always in the same order.
    #[must_use]
    pub fn variables(&self) -> Vec<Var> {
        self.blocks
            .iter()
            .flat_map(|block| [&block.weight, &block.gamma, &block.beta])
            .chain([&self.last_weight, &self.last_bias])
            .cloned()
            .collect()
    }

    /// Computes the forward pass over a batch.
    ///
    /// `windows` has shape `[batch * windows, row]`. The blocks are normalised by `moments`, one
    /// for each block, or by the moments of the batch if there are none.
    ///
    /// # Errors
    ///
    /// If the shape is another.
    pub fn forward(
        &self,
        windows: &Tensor,
        moments: Option<&[Moments]>,
    ) -> candle_core::Result<Pass> {
        let given = |index: usize| moments.and_then(|moments| moments.get(index));
        let mut before_activation = vec![self.convolved(windows, given(0))?];
        let mut values = self.hidden(&before_activation[0])?;
        for (index, block) in self.blocks.iter().enumerate().skip(1) {
            let z = values.matmul(&block.weight)?;
            let normal = match given(index) {
                Some(moments) => block.normalise(&z, moments)?,
                None => block.normalise(&z, &Moments::of(&z)?)?,
            };
            values = self.activation.forward(&normal)?;
            before_activation.push(normal);
        }
        let scores = values
            .matmul(&self.last_weight)?
            .broadcast_add(&self.last_bias)?;
        Ok(Pass {
            scores,
            before_activation,
        })
    }

    /// Returns the linear outputs of the block after those that `moments` normalise, of which
    /// there is at least one. Shape `[batch, outputs]`.
    ///
    /// # Errors
    ///
    /// If the shape of `windows` is another.
    pub fn hidden_outputs(
        &self,
        windows: &Tensor,
        moments: &[Moments],
    ) -> candle_core::Result<Tensor> {
        let mut values = self.hidden(&self.convolved(windows, moments.first())?)?;
        for (block, moments) in self.blocks.iter().zip(moments).skip(1) {
            let z = values.matmul(&block.weight)?;
            values = self.activation.forward(&block.normalise(&z, moments)?)?;
        }
        values.matmul(&self.blocks[moments.len()].weight)
    }

    /// Computes the convolution, normalised by `moments` or by those of the batch.
    fn convolved(
        &self,
        windows: &Tensor,
        moments: Option<&Moments>,
    ) -> candle_core::Result<Tensor> {
        let block = &self.blocks[0];
        match moments {
            Some(moments) => block.convolve(windows, moments),
            None => {
                let of_batch = block.moments_of_windows(&second_moments(windows)?)?;
                block.convolve(windows, &of_batch)
            }
        }
    }

    /// Computes the first activation, in the layout of the first hidden layer.
    fn hidden(&self, first: &Tensor) -> candle_core::Result<Tensor> {
        let (count, channels) = (self.architecture.window_count(), self.architecture.channels);
        let values = self.activation.forward(first)?;
        values.reshape((values.dim(0)? / count, count * channels))
    }
}

impl Moments {
    /// Computes the moments of the columns of `values`.
    fn of(values: &Tensor) -> candle_core::Result<Self> {
        let mean = values.mean_keepdim(0)?;
        let variance = values.broadcast_sub(&mean)?.sqr()?.mean_keepdim(0)?;
        Ok(Self { mean, variance })
    }
}

impl Block {
    fn new(inputs: usize, outputs: usize, rng: &mut ChaCha8Rng) -> candle_core::Result<Self> {
        Ok(Self {
            weight: random(inputs, outputs, rng)?,
            gamma: Var::ones((1, outputs), DType::F32, &Device::Cpu)?,
            beta: Var::zeros((1, outputs), DType::F32, &Device::Cpu)?,
        })
    }

    /// Returns the normalisation as a factor and a shift of each output, both of shape
    /// `[1, outputs]`.
    ///
    /// # Errors
    ///
    /// If the moments have another number of outputs.
    pub fn factor_and_shift(&self, moments: &Moments) -> candle_core::Result<(Tensor, Tensor)> {
        let factor = (self.gamma.as_tensor() / (&moments.variance + EPSILON)?.sqrt()?)?;
        let shift = (self.beta.as_tensor() - (&moments.mean * &factor)?)?;
        Ok((factor, shift))
    }

    /// Computes the moments of the outputs from the [`second_moments`] of the inputs.
    ///
    /// # Errors
    ///
    /// If these are of another number of inputs.
    pub fn moments_of_windows(&self, inputs: &Tensor) -> candle_core::Result<Moments> {
        let taps = self.weight.dim(0)?;
        let mean = inputs
            .narrow(0, taps, 1)?
            .narrow(1, 0, taps)?
            .matmul(&self.weight)?;
        let products = inputs
            .narrow(0, 0, taps)?
            .narrow(1, 0, taps)?
            .contiguous()?;
        let square = (products.matmul(&self.weight)? * self.weight.as_tensor())?.sum_keepdim(0)?;
        let variance = (square - mean.sqr()?)?.relu()?;
        Ok(Moments { mean, variance })
    }

    fn convolve(&self, windows: &Tensor, moments: &Moments) -> candle_core::Result<Tensor> {
        let (factor, shift) = self.factor_and_shift(moments)?;
        let weight = self.weight.broadcast_mul(&factor)?;
        windows.matmul(&Tensor::cat(&[weight, shift], 0)?)
    }

    fn normalise(&self, z: &Tensor, moments: &Moments) -> candle_core::Result<Tensor> {
        let (factor, shift) = self.factor_and_shift(moments)?;
        z.broadcast_mul(&factor)?.broadcast_add(&shift)
    }
}

/// Returns the mean products of all pairs of columns, shape `[columns, columns]`. The last column
/// is all ones, so that the last row has the means.
///
/// # Errors
///
/// If the tensor is not a matrix.
pub fn second_moments(rows: &Tensor) -> candle_core::Result<Tensor> {
    rows.t()?
        .matmul(rows)?
        .affine(1.0 / rows.dim(0)? as f64, 0.0)
}

/// Returns a weight matrix of normal variates. Outputs have about the variance of the inputs.
fn random(inputs: usize, outputs: usize, rng: &mut ChaCha8Rng) -> candle_core::Result<Var> {
    let deviation = (inputs as f32).sqrt().recip();
    let values: Vec<f32> = (0..inputs * outputs)
        .map(|_| {
            let normal: f32 = StandardNormal.sample(rng);
            deviation * normal
        })
        .collect();
    Var::from_vec(values, (inputs, outputs), &Device::Cpu)
}
