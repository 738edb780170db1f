//! The plan of an encrypted network: everything that follows from its architecture alone.
//!
//! A [`Plan`] fixes the packing into slots, the levels and scales ([`stages`]), the split of
//! rotations ([`linear`], [`costs`]), and the evaluation keys and sizes of messages ([`keys`]). The
//! client and the evaluator make the same plan from the same description. Not for weights: the
//! [`Circuit`](crate::Circuit) adds them.

mod costs;
mod keys;
pub(super) mod layers;
mod linear;
mod stages;

use inkognito_activation::Schedule;
use inkognito_ckks::{Complex64, Parameters, ParametersLiteral};
use ndarray::{Array2, ArrayView2};

use super::activation::{ActivationPlan, schedule};
use super::alternation::{ALTERNATES, check_alternation};
use super::error::CircuitError;
use super::layout::Matrix;
use super::layout::input::InputLayout;
use super::polynomial::LevelScale;
use crate::description::{Description, Input, Shape};
use crate::layer::Layer;
use layers::{LinearPlan, OutputPlan};
use linear::LinearShape;

/// A network's packing, levels, scales and keys under one parameter set.
///
/// ```
/// use inkognito_network::{CircuitError, Description, FORMAT, Input, Layer, Plan};
///
/// let dense = |inputs, outputs| Layer::Dense { inputs, outputs, range: 2.0 };
/// let square = Layer::Polynomial { coefficients: vec![0.0, 0.0, 1.0] };
/// let mut description = Description {
///     format: FORMAT,
///     name: "small".into(),
///     dataset: "none".into(),
///     input: Input { height: 4, width: 4 },
///     layers: vec![dense(16, 8), square, dense(8, 2)],
///     classes: vec!["a".into(), "b".into()],
/// };
/// let plan = Plan::new(&description)?;
/// assert_eq!(plan.parameters().degree(), 8192);
/// // one level for each linear layer and one for the square
/// assert_eq!(plan.input_level(), 3);
/// assert_eq!(plan.stage_count(), 3);
/// assert_eq!(plan.score_counts(), [2]);
///
/// // an activation must stand between two linear layers
/// description.layers.remove(1);
/// let refused = Plan::new(&description).unwrap_err();
/// assert!(matches!(refused, CircuitError::Layer { layer: 1, .. }));
/// # Ok::<(), CircuitError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Plan {
    parameters: Parameters,
    /// The description's input and layers, for which the plan is.
    input: Input,
    layers: Vec<Layer>,
    input_layout: InputLayout,
    /// All linear layers but the last.
    pub(super) linears: Vec<LinearPlan>,
    /// One after each of `linears`.
    pub(super) activations: Vec<ActivationPlan>,
    /// The last linear layer.
    pub(super) output: OutputPlan,
}

impl Plan {
    /// Makes the plan of a network under the smallest parameter set that has the levels and slots.
    ///
    /// # Errors
    /// - [`CircuitError::Model`] if the description is not valid.
    /// - [`CircuitError::Layer`] if linear layers and activations do not alternate, or for an
    ///   activation that is constant or has no finite interval of inputs.
    /// - [`CircuitError::Depth`] or [`CircuitError::Slots`] if no set has the levels or the slots.
    ///   The error states the levels or slots of the largest set.
    pub fn new(description: &Description) -> Result<Self, CircuitError> {
        let small = Parameters::new(ParametersLiteral::n8192_levels5())?;
        match Self::with_parameters(description, small) {
            Err(CircuitError::Depth { .. } | CircuitError::Slots { .. }) => {
                let large = Parameters::new(ParametersLiteral::n16384_levels11())?;
                Self::with_parameters(description, large)
            }
            plan => plan,
        }
    }

    /// Makes the plan of a network under a given parameter set.
    ///
    /// # Errors
    /// - [`CircuitError::Model`] if the description is not valid.
    /// - [`CircuitError::Layer`] if linear layers and activations do not alternate, or for an
    ///   activation that is constant or has no finite interval of inputs.
    /// - [`CircuitError::Depth`] if the set has too few levels.
    /// - [`CircuitError::Slots`] if a layer does not fit the set's slots.
    pub fn with_parameters(
        description: &Description,
        parameters: Parameters,
    ) -> Result<Self, CircuitError> {
        let shapes = description.shapes()?;
        check_alternation(description)?;
        let layers = &description.layers;
        let mut schedules = vec![];
        for (layer, pair) in layers.windows(2).enumerate().step_by(2) {
            schedules.push(schedule(layer + 1, &pair[1], &pair[0])?);
        }
        let linear_count = schedules.len() + 1;
        let needed = linear_count + schedules.iter().map(Schedule::depth).sum::<usize>();
        let available = parameters.max_level();
        if needed > available {
            return Err(CircuitError::Depth { needed, available });
        }

        let mut linears: Vec<LinearPlan> = Vec::with_capacity(schedules.len());
        let mut activations: Vec<ActivationPlan> = Vec::with_capacity(schedules.len());
        let mut x = LevelScale {
            level: needed,
            scale: parameters.scale(),
        };
        let mut described = layers.iter().zip(&shapes).enumerate().step_by(2);
        for schedule in schedules {
            let Some((layer, (kind, &shape))) = described.next() else {
                break;
            };
            let layer = LinearShape::new(layer, kind, shape)?;
            let feeds_output = linears.len() + 2 == linear_count;
            let previous = linears.last().map(|linear| &linear.matrix);
            let linear = layer.plan(&parameters, previous, x, &schedule, feeds_output)?;
            x = LevelScale {
                level: x.level - 1,
                scale: linear.output_scale,
            };
            linears.push(linear);
            let activation = ActivationPlan::new(&parameters, schedule, x)?;
            x = activation.output;
            activations.push(activation);
        }
        let (layer, (kind, &shape)) = described.next().ok_or(CircuitError::Layer {
            layer: layers.len() - 1,
            reason: ALTERNATES,
        })?;
        let layer = LinearShape::new(layer, kind, shape)?;
        let output = layer.plan_output(&parameters, linears.last().map(|l| &l.matrix), x)?;
        Ok(Self {
            input: description.input,
            layers: layers.clone(),
            input_layout: input_layout(layers.first().zip(shapes.first())),
            parameters,
            linears,
            activations,
            output,
        })
    }

    /// Checks that the plan was made for this network.
    ///
    /// # Errors
    /// [`CircuitError::OtherPlan`] if input or layers differ.
    pub(super) fn check_is_for(&self, description: &Description) -> Result<(), CircuitError> {
        match self.input == description.input && self.layers == description.layers {
            true => Ok(()),
            false => Err(CircuitError::OtherPlan),
        }
    }

    /// Returns the parameter set.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Returns the level at which the input is encrypted: the network's depth.
    pub fn input_level(&self) -> usize {
        self.linears.first().map_or(1, |first| first.level)
    }

    /// Returns the scale at which the input is encrypted.
    pub fn input_scale(&self) -> f64 {
        self.parameters.scale()
    }

    /// Returns the scale of the encrypted scores, which are at level 0.
    pub fn output_scale(&self) -> f64 {
        self.output.output_scale
    }

    /// Returns the largest magnitude of a score in training.
    pub fn score_range(&self) -> f64 {
        self.output.range
    }

    /// Returns the number of scores in each ciphertext of a result, in order.
    pub fn score_counts(&self) -> Vec<usize> {
        self.output.matrix.score_counts(&self.parameters)
    }

    /// Packs an image (`[height, width]`, pixels from 0 to 1) into slots, as the first layer reads
    /// them.
    ///
    /// # Errors
    /// [`CircuitError::Image`] for another shape, or for pixels outside 0 ..= 1.
    pub fn pack(&self, image: ArrayView2<'_, f32>) -> Result<Vec<Complex64>, CircuitError> {
        let columns = self.columns(image)?;
        let columns = columns.view();
        Ok(match self.linears.first().map(|first| &first.matrix) {
            Some(Matrix::Input(input)) => input.pack(columns),
            Some(Matrix::Dense(_)) => unreachable!("the first matrix is an input matrix"),
            None => self.output.matrix.pack(columns, self.parameters.slots()),
        })
    }

    /// Returns the inputs of the first layer, `[inputs, windows]`.
    ///
    /// # Errors
    /// [`CircuitError::Image`] for another shape, or for pixels outside 0 ..= 1.
    pub(super) fn columns(&self, image: ArrayView2<'_, f32>) -> Result<Array2<f64>, CircuitError> {
        let Input { height, width } = self.input;
        if image.dim() != (height, width) || !image.iter().all(|p| (0.0..=1.0).contains(p)) {
            return Err(CircuitError::Image { height, width });
        }
        Ok(self.input_layout.columns(image))
    }
}

/// Returns how the first layer reads an image.
fn input_layout(first: Option<(&Layer, &Shape)>) -> InputLayout {
    match first {
        Some((&Layer::Conv2d { kernel, stride, .. }, shape)) => InputLayout::Windows {
            kernel,
            stride,
            across: shape.width,
            down: shape.height,
        },
        _ => InputLayout::Pixels,
    }
}
