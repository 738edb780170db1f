//! What a model file says about its network, and the check that it makes sense.
//!
//! A [`Description`] is plain data with public fields, so that programs can build one; nothing may
//! rely on it before [`Description::shapes`] has followed the shapes through it, layer by layer.
//! Everything that comes out of a file has passed that check.

use crate::{error::ModelError, fields::Fields};
use inkognito_activation::{Composition, Interval, Series};
use serde::{Deserialize, Serialize};

/// The format of model files that this version reads and writes.
pub const FORMAT: u32 = 1;

/// Largest number of layers.
const MAX_LAYERS: usize = 64;
/// Largest side of an input image, in pixels.
const MAX_SIDE: usize = 1024;
/// Largest number of values between two layers.
const MAX_VALUES: usize = 1 << 20;
/// Largest number of weights and biases of a whole network.
const MAX_WEIGHTS: usize = 1 << 24;
/// Largest number of coefficients of one activation.
const MAX_COEFFICIENTS: usize = 64;
/// Largest number of polynomials in one composition.
const MAX_STAGES: usize = 8;
/// Largest number of classes.
const MAX_CLASSES: usize = 1024;

/// The architecture of a network: everything but its weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// Format of the file, [`FORMAT`].
    pub format: u32,
    /// Name of the model, for people.
    pub name: String,
    /// What it was trained on, for people.
    pub dataset: String,
    /// The image that it reads.
    pub input: Input,
    /// The layers, first to last.
    pub layers: Vec<Layer>,
    /// What each score stands for.
    pub classes: Vec<String>,
}

/// The image that a network reads: one channel, pixels from 0 (paper) to 1 (ink).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

/// One layer. Means, deviations and batch normalisation are folded into the weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "Fields")]
pub enum Layer {
    /// A convolution of one channel, without padding.
    ///
    /// Tensors `layers.{i}.weight`, `[outputs, kernel, kernel]`, and `layers.{i}.bias`, `[outputs]`.
    Conv2d {
        /// Channels it gives.
        outputs: usize,
        /// Side of the square kernel, in pixels.
        kernel: usize,
        /// Pixels from one window to the next, both ways.
        stride: usize,
        /// The largest magnitude of an output over the training images.
        range: f64,
    },
    /// `c0 + c1 x + c2 x^2 + …` of each value by itself.
    Polynomial {
        /// The coefficients, constant first.
        coefficients: Vec<f64>,
    },
    /// A chain of polynomials of each value by itself: the first of x, each of what the one before
    /// gives. With one stage, a polynomial in the Chebyshev basis, where powers lose precision.
    Composition {
        /// The polynomials, first to last.
        stages: Vec<ChebyshevStage>,
        /// Whether the result is multiplied with x: a chain for `(1 + sign x) / 2` makes a ReLU.
        gated: bool,
    },
    /// A fully connected layer. It reads a convolution's output as channel, row, column.
    ///
    /// Tensors `layers.{i}.weight`, `[outputs, inputs]`, and `layers.{i}.bias`, `[outputs]`.
    Dense {
        /// Values it reads.
        inputs: usize,
        /// Values it gives.
        outputs: usize,
        /// The largest magnitude of an output over the training images.
        range: f64,
    },
}

/// `c0 + c1 T_1(t) + c2 T_2(t) + …` with Chebyshev polynomials of t, -1 to 1 from `low` to `high`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChebyshevStage {
    /// Lower end of the values that it is made for.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// The coefficients, constant first.
    pub coefficients: Vec<f64>,
}

/// The shape of the values between two layers, in row-major order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Channels; 1 for the input image.
    pub channels: usize,
    /// Rows; 1 after a dense layer.
    pub height: usize,
    /// Columns; after a dense layer all the values.
    pub width: usize,
}

impl Shape {
    /// How many values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.channels * self.height * self.width
    }

    /// Whether there are none; never so in a checked description.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Layer {
    /// Shapes of the weight and bias tensors, or `None` for a layer that has none.
    #[must_use]
    pub fn tensor_shapes(&self) -> Option<(Vec<usize>, Vec<usize>)> {
        match *self {
            Layer::Conv2d {
                outputs, kernel, ..
            } => Some((vec![outputs, kernel, kernel], vec![outputs])),
            Layer::Dense {
                inputs, outputs, ..
            } => Some((vec![outputs, inputs], vec![outputs])),
            Layer::Polynomial { .. } | Layer::Composition { .. } => None,
        }
    }

    /// The chain of polynomials, if this is one that makes sense.
    pub(crate) fn composition(&self) -> Option<Composition> {
        let Layer::Composition { stages, gated } = self else {
            return None;
        };
        let series = stages.iter().map(|stage| {
            let interval = Interval::new(stage.low, stage.high).ok()?;
            Some(Series::new(interval, stage.coefficients.clone()))
        });
        Composition::new(series.collect::<Option<_>>()?, *gated).ok()
    }
}

/// How many windows of `kernel` pixels, `stride` apart, fit into a side of `size` pixels.
///
/// `None` if there is not one, or the kernel or the stride is zero.
#[must_use]
pub fn conv_positions(size: usize, kernel: usize, stride: usize) -> Option<usize> {
    let rest = size.checked_sub(kernel)?;
    if kernel == 0 {
        return None;
    }
    Some(rest.checked_div(stride)? + 1)
}

impl Description {
    /// Reads the description, and the shapes of the tensors, from the beginning of a model file.
    ///
    /// Only the header is read: the bytes after it may be missing, and are not looked at.
    ///
    /// # Errors
    /// If the bytes are not the beginning of a model file of this [`FORMAT`], or if what it
    /// describes makes no sense or goes beyond this program's limits.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        Ok(crate::model::Header::read(bytes)?.description)
    }

    /// Reads the JSON of a description and checks it.
    pub(crate) fn from_json(json: &str) -> Result<Self, ModelError> {
        // The format first: a file of a later format may well not parse as one of this.
        #[derive(Deserialize)]
        struct Format {
            format: u64,
        }
        let Format { format } =
            serde_json::from_slice(json.as_bytes()).map_err(ModelError::Description)?;
        if format != u64::from(FORMAT) {
            return Err(ModelError::UnknownFormat {
                supported: FORMAT,
                actual: format,
            });
        }
        let description: Self =
            serde_json::from_slice(json.as_bytes()).map_err(ModelError::Description)?;
        description.shapes()?;
        Ok(description)
    }

    /// Checks the whole description and gives the shape of the values after each layer.
    ///
    /// # Errors
    /// If the format is not [`FORMAT`]; if a count is zero or beyond this program's limits; if a
    /// layer does not fit the one before it; if a range or a coefficient is not finite; if the
    /// last layer does not give one score for each class.
    pub fn shapes(&self) -> Result<Vec<Shape>, ModelError> {
        if self.format != FORMAT {
            return Err(ModelError::UnknownFormat {
                supported: FORMAT,
                actual: u64::from(self.format),
            });
        }
        within("the image's height", self.input.height, MAX_SIDE)?;
        within("the image's width", self.input.width, MAX_SIDE)?;
        within("the number of layers", self.layers.len(), MAX_LAYERS)?;
        within("the number of classes", self.classes.len(), MAX_CLASSES)?;

        let Input { height, width } = self.input;
        let mut shape = Shape {
            channels: 1,
            height,
            width,
        };
        let mut is_image = true;
        let mut weights = 0_usize;
        let mut shapes = Vec::with_capacity(self.layers.len());
        for (layer, description) in self.layers.iter().enumerate() {
            match *description {
                Layer::Conv2d {
                    outputs,
                    kernel,
                    stride,
                    range,
                } => {
                    if !is_image {
                        return Err(ModelError::ConvolutionInput { layer });
                    }
                    shape = convolved(layer, shape, outputs, kernel, stride)?;
                    is_image = false;
                    weights = weights.saturating_add(outputs * (kernel * kernel + 1));
                    checked_range(layer, range)?;
                }
                Layer::Dense {
                    inputs,
                    outputs,
                    range,
                } => {
                    if inputs != shape.len() {
                        return Err(ModelError::DenseInputs {
                            layer,
                            expected: shape.len(),
                            actual: inputs,
                        });
                    }
                    within("a dense layer's outputs", outputs, MAX_VALUES)?;
                    shape = Shape {
                        channels: 1,
                        height: 1,
                        width: outputs,
                    };
                    is_image = false;
                    weights = weights.saturating_add(outputs.saturating_mul(inputs + 1));
                    checked_range(layer, range)?;
                }
                Layer::Polynomial { ref coefficients } => {
                    within(
                        "the number of coefficients",
                        coefficients.len(),
                        MAX_COEFFICIENTS,
                    )?;
                    if !coefficients.iter().all(|c| c.is_finite()) {
                        return Err(ModelError::Coefficient { layer });
                    }
                }
                Layer::Composition { ref stages, .. } => {
                    within("the number of polynomials", stages.len(), MAX_STAGES)?;
                    for ChebyshevStage { coefficients, .. } in stages {
                        within(
                            "the number of coefficients",
                            coefficients.len(),
                            MAX_COEFFICIENTS,
                        )?;
                        if !coefficients.iter().all(|c| c.is_finite()) {
                            return Err(ModelError::Coefficient { layer });
                        }
                    }
                    if description.composition().is_none() {
                        return Err(ModelError::Interval { layer });
                    }
                }
            }
            shapes.push(shape);
        }
        within("the number of weights", weights, MAX_WEIGHTS)?;
        if shape.len() != self.classes.len() {
            return Err(ModelError::Scores {
                expected: self.classes.len(),
                actual: shape.len(),
            });
        }
        Ok(shapes)
    }
}

/// The shape after a convolution of one image, with everything about it within limits.
fn convolved(
    layer: usize,
    input: Shape,
    outputs: usize,
    kernel: usize,
    stride: usize,
) -> Result<Shape, ModelError> {
    let Shape { height, width, .. } = input;
    within("a convolution's outputs", outputs, MAX_VALUES)?;
    let positions = |side| {
        conv_positions(side, kernel, stride).ok_or(ModelError::Kernel {
            layer,
            kernel,
            stride,
            height,
            width,
        })
    };
    let (height, width) = (positions(height)?, positions(width)?);
    // At most 2^20 outputs of 2^10 by 2^10 windows: only a 64-bit product is sure to hold it.
    let values = outputs as u64 * height as u64 * width as u64;
    within(
        "the number of values after a convolution",
        usize::try_from(values).unwrap_or(usize::MAX),
        MAX_VALUES,
    )?;
    let weights = outputs as u64 * (kernel as u64 * kernel as u64 + 1);
    within(
        "the number of a convolution's weights",
        usize::try_from(weights).unwrap_or(usize::MAX),
        MAX_WEIGHTS,
    )?;
    Ok(Shape {
        channels: outputs,
        height,
        width,
    })
}

fn checked_range(layer: usize, range: f64) -> Result<(), ModelError> {
    if range.is_finite() && range > 0.0 {
        Ok(())
    } else {
        Err(ModelError::Range { layer, range })
    }
}

fn within(what: &'static str, actual: usize, limit: usize) -> Result<(), ModelError> {
    if (1..=limit).contains(&actual) {
        Ok(())
    } else {
        Err(ModelError::OutOfLimits {
            what,
            limit,
            actual,
        })
    }
}
