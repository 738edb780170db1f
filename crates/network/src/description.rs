//! The description of a network in a model file, and the check that it is consistent.
//!
//! A [`Description`] is plain data with public fields, so that programs can build one. Programs
//! must call [`Description::shapes`] before they rely on it: that method follows the shapes through
//! all layers and checks every limit. A description that was read from a file has passed the check.
//!
//! Not for weights, which a [`Model`](crate::Model) holds.

use serde::{Deserialize, Serialize};

use crate::error::ModelError;
use crate::layer::{ChebyshevStage, Layer};

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
    /// Name of the model, shown to users.
    pub name: String,
    /// Name of the data set that the model was trained on, shown to users.
    pub dataset: String,
    /// Size of the input image.
    pub input: Input,
    /// The layers, first to last.
    pub layers: Vec<Layer>,
    /// The name of the class that each score belongs to.
    pub classes: Vec<String>,
}

/// The size of a network's input: an image of one channel, pixels from 0 (paper) to 1 (ink).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

/// The shape of the values between two layers, in row-major order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Channels; 1 for the input image.
    pub channels: usize,
    /// Rows; 1 after a dense layer.
    pub height: usize,
    /// Columns; the number of values after a dense layer.
    pub width: usize,
}

impl Shape {
    /// Returns the number of values, or `usize::MAX` if the product overflows.
    #[must_use]
    pub fn len(&self) -> usize {
        let pixels = self.height.saturating_mul(self.width);
        self.channels.saturating_mul(pixels)
    }

    /// Returns whether there are no values. A checked description has no such shape.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Returns how many windows of `kernel` pixels, `stride` pixels apart, fit into `size` pixels, or
/// `None` if no window fits or `kernel` or `stride` is zero.
///
/// ```
/// use inkognito_network::conv_positions;
///
/// assert_eq!(conv_positions(28, 7, 3), Some(8));
/// assert_eq!(conv_positions(5, 7, 3), None);
/// assert_eq!(conv_positions(28, 7, 0), None);
/// ```
#[must_use]
pub fn conv_positions(size: usize, kernel: usize, stride: usize) -> Option<usize> {
    let last = size.checked_sub(kernel)?;
    if kernel == 0 {
        return None;
    }
    Some(last.checked_div(stride)? + 1)
}

impl Description {
    /// Reads the JSON of a description and checks it.
    pub(crate) fn from_json(json: &str) -> Result<Self, ModelError> {
        // The format is read first: JSON of a later format may not parse as JSON of this one.
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

    /// Checks the whole description and returns the shape of the values after each layer.
    ///
    /// # Errors
    /// - [`ModelError::UnknownFormat`] if the format is not [`FORMAT`].
    /// - [`ModelError::OutOfLimits`] if a count is zero or exceeds a limit of this program.
    /// - [`ModelError::ConvolutionInput`] if a convolution follows another linear layer.
    /// - [`ModelError::Kernel`] if a kernel does not fit its input, or its side or stride is zero.
    /// - [`ModelError::DenseInputs`] if a dense layer does not read the values before it.
    /// - [`ModelError::Range`] if a linear layer's range is not positive and finite.
    /// - [`ModelError::Coefficient`] if a coefficient is not finite.
    /// - [`ModelError::Interval`] if a stage's interval is empty or not finite.
    /// - [`ModelError::Scores`] if the last layer does not compute one score for each class.
    ///
    /// ```
    /// use inkognito_network::{Description, FORMAT, Input, Layer, ModelError};
    ///
    /// let dense = |inputs| Layer::Dense { inputs, outputs: 2, range: 1.0 };
    /// let mut description = Description {
    ///     format: FORMAT,
    ///     name: "bright or dark".into(),
    ///     dataset: "none".into(),
    ///     input: Input { height: 3, width: 3 },
    ///     layers: vec![dense(9)],
    ///     classes: vec!["bright".into(), "dark".into()],
    /// };
    /// assert_eq!(description.shapes()?[0].len(), 2);
    ///
    /// description.layers[0] = dense(10);
    /// let refused = description.shapes().unwrap_err();
    /// assert!(matches!(refused, ModelError::DenseInputs { expected: 9, actual: 10, .. }));
    /// # Ok::<(), ModelError>(())
    /// ```
    pub fn shapes(&self) -> Result<Vec<Shape>, ModelError> {
        if self.format != FORMAT {
            return Err(ModelError::UnknownFormat {
                supported: FORMAT,
                actual: u64::from(self.format),
            });
        }
        check_limit("the image's height", self.input.height, MAX_SIDE)?;
        check_limit("the image's width", self.input.width, MAX_SIDE)?;
        check_limit("the number of layers", self.layers.len(), MAX_LAYERS)?;
        check_limit("the number of classes", self.classes.len(), MAX_CLASSES)?;

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
                    shape = convolve(layer, shape, outputs, kernel, stride)?;
                    is_image = false;
                    weights = weights.saturating_add(outputs * (kernel * kernel + 1));
                    check_range(layer, range)?;
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
                    check_limit("a dense layer's outputs", outputs, MAX_VALUES)?;
                    shape = Shape {
                        channels: 1,
                        height: 1,
                        width: outputs,
                    };
                    is_image = false;
                    weights = weights.saturating_add(outputs.saturating_mul(inputs + 1));
                    check_range(layer, range)?;
                }
                Layer::Polynomial { ref coefficients } => check_coefficients(layer, coefficients)?,
                Layer::Composition { ref stages, .. } => {
                    check_limit("the number of polynomials", stages.len(), MAX_STAGES)?;
                    for ChebyshevStage { coefficients, .. } in stages {
                        check_coefficients(layer, coefficients)?;
                    }
                    if description.composition().is_none() {
                        return Err(ModelError::Interval { layer });
                    }
                }
            }
            shapes.push(shape);
        }
        check_limit("the number of weights", weights, MAX_WEIGHTS)?;
        if shape.len() != self.classes.len() {
            return Err(ModelError::Scores {
                expected: self.classes.len(),
                actual: shape.len(),
            });
        }
        Ok(shapes)
    }
}

/// Checks a convolution of one image against all limits and returns its output shape.
fn convolve(
    layer: usize,
    input: Shape,
    outputs: usize,
    kernel: usize,
    stride: usize,
) -> Result<Shape, ModelError> {
    let Shape { height, width, .. } = input;
    check_limit("a convolution's outputs", outputs, MAX_VALUES)?;
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
    // At most 2^20 outputs of 2^10 by 2^10 windows: the product may need 64 bits.
    let values = outputs as u64 * height as u64 * width as u64;
    check_limit(
        "the number of values after a convolution",
        usize::try_from(values).unwrap_or(usize::MAX),
        MAX_VALUES,
    )?;
    let weights = outputs as u64 * (kernel as u64 * kernel as u64 + 1);
    check_limit(
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

fn check_coefficients(layer: usize, coefficients: &[f64]) -> Result<(), ModelError> {
    check_limit(
        "the number of coefficients",
        coefficients.len(),
        MAX_COEFFICIENTS,
    )?;
    if coefficients.iter().all(|c| c.is_finite()) {
        Ok(())
    } else {
        Err(ModelError::Coefficient { layer })
    }
}

fn check_range(layer: usize, range: f64) -> Result<(), ModelError> {
    if range.is_finite() && range > 0.0 {
        Ok(())
    } else {
        Err(ModelError::Range { layer, range })
    }
}

fn check_limit(what: &'static str, actual: usize, limit: usize) -> Result<(), ModelError> {
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
