//! The predicted errors of the values between the layers.
//!
//! A program that holds the secret key can decrypt the output of every
//! [`Stage`](super::stage::Stage) and read it with [`Plan::values`]. This module predicts the
//! errors that it finds. The circuit computes with bare squares, `v^2` of `v = x + shift`.
//!
//! Variances are propagated value by value, to first order. A linear layer multiplies them by
//! squared weights, a square by `4 v^2`, and each operation adds the variance that
//! [`NoiseModel`](inkognito_ckks::NoiseModel) states. The errors of different values are taken as
//! independent. Not for worst cases. Not for the error under one secret key: the noise in a slot
//! grows with the secret's value there, and the model has its mean only.

use inkognito_activation::Schedule;
use inkognito_ckks::NoiseModel;
use ndarray::{Array1, Array2, ArrayView2, Axis};

use super::activation::schedule;
use super::error::CircuitError;
use super::folding::{FoldedLinear, fold};
use super::layout::sum_steps::SumStep;
use super::layout::{Matrix, WEIGHT_FACTOR};
use super::plan::Plan;
use super::plan::layers::LinearPlan;
use crate::model::Model;

/// The reason of [`CircuitError::Layer`] for an activation that is not quadratic.
const NEEDS_SQUARES: &str = "errors are predicted for quadratic activations only";

/// Predicts the errors of the values between a network's layers.
///
/// ```
/// use inkognito_network::{CircuitError, Inspector, Plan};
/// # use inkognito_network::{Description, FORMAT, Input, Layer, Linear, Model};
/// # use ndarray::{Array1, Array2};
/// # let linear = || Linear { weight: Array2::eye(4), bias: Array1::zeros(4) };
/// # let model = |coefficients: Vec<f64>| {
/// #     let dense = || Layer::Dense { inputs: 4, outputs: 4, range: 1.0 };
/// #     let description = Description {
/// #         format: FORMAT,
/// #         name: String::new(),
/// #         dataset: String::new(),
/// #         input: Input { height: 2, width: 2 },
/// #         layers: vec![dense(), Layer::Polynomial { coefficients }, dense()],
/// #         classes: vec![String::new(); 4],
/// #     };
/// #     Model::new(description, vec![linear(), linear()])
/// # };
/// # let (quadratic, cubic) = (model(vec![0.0, 0.5, 0.25])?, model(vec![0.0, 0.5, 0.0, 0.1])?);
/// # let image = Array2::from_elem((2, 2), 0.5);
/// let plan = Plan::new(quadratic.description())?;
/// let inspector = Inspector::new(&quadratic, &plan)?;
/// let variances = inspector.variances(image.view())?;
/// // one variance for each value after each of the three layers
/// assert_eq!(variances.iter().map(|layer| layer.len()).collect::<Vec<_>>(), [4, 4, 4]);
/// assert!(variances.iter().flatten().all(|variance| *variance < 1e-6));
///
/// // errors are predicted for quadratic activations only
/// let plan = Plan::new(cubic.description())?;
/// let refused = Inspector::new(&cubic, &plan);
/// assert!(matches!(refused, Err(CircuitError::Layer { layer: 1, .. })));
/// # Ok::<(), CircuitError>(())
/// ```
pub struct Inspector<'a> {
    model: &'a Model,
    plan: &'a Plan,
    linears: Vec<FoldedLinear>,
    squares: Vec<Square>,
    noise: NoiseModel,
}

/// The activation `factor (x + shift)^2`, up to a constant.
struct Square {
    shift: f64,
    factor: f64,
}

impl<'a> Inspector<'a> {
    /// Makes an inspector of a model under a plan of its description.
    ///
    /// # Errors
    /// [`CircuitError::OtherPlan`] for a plan of another network; [`CircuitError::Layer`] for an
    /// activation that is not quadratic.
    pub fn new(model: &'a Model, plan: &'a Plan) -> Result<Self, CircuitError> {
        plan.check_is_for(model.description())?;
        let layers = &model.description().layers;
        let squares = (1..layers.len()).step_by(2).map(|layer| {
            match schedule(layer, &layers[layer], &layers[layer - 1])? {
                Schedule::Square { shift, factor, .. } => Ok(Square { shift, factor }),
                _ => Err(CircuitError::Layer {
                    layer,
                    reason: NEEDS_SQUARES,
                }),
            }
        });
        Ok(Self {
            model,
            plan,
            linears: fold(model)?,
            squares: squares.collect::<Result<_, _>>()?,
            noise: NoiseModel::new(plan.parameters()),
        })
    }

    /// Returns the variance of the error of each value after each layer, in the order of
    /// [`Model::trace`], for one image (`[height, width]`, pixels from 0 to 1).
    ///
    /// # Errors
    /// [`CircuitError::Image`] for another shape, or for pixels outside 0 ..= 1.
    pub fn variances(&self, image: ArrayView2<'_, f32>) -> Result<Vec<Array1<f64>>, CircuitError> {
        let mut squares = self.plan.columns(image)?.mapv(|x| x * x);
        let trace = self.model.trace(image);
        let mut scale = self.plan.input_scale();
        let fresh = real(self.noise.fresh()) / (scale * scale);
        let whole = Array2::from_elem(squares.dim(), fresh);
        let mut errors = Errors {
            mean: match self.plan.linears.is_empty() {
                true => &whole / self.copies(self.plan.output.matrix.period()),
                false => whole.clone(),
            },
            imaginary: whole.clone(),
            real: whole,
        };
        let mut variances = Vec::with_capacity(trace.len());
        let linears = self.plan.linears.iter().zip(&self.linears);
        for (index, ((linear, folded), square)) in linears.zip(&self.squares).enumerate() {
            let output = self.after_linear(linear, folded, scale, &squares, &errors);
            variances.push(output.real.clone());
            let v = trace[2 * index].mapv(|x| x + square.shift);
            let level = linear.level - 1;
            let squared_scale = linear.output_scale * linear.output_scale;
            scale = squared_scale / f64::from(self.plan.parameters().modulus(level));
            let added = real(self.noise.key_switch(level)) / (squared_scale * squared_scale)
                + real(self.noise.division()) / (scale * scale);
            let slope = &v * &v * 4.0;
            let squared = |error: Array1<f64>, added: f64| {
                let variance = &slope * error + added;
                variance.insert_axis(Axis(1))
            };
            let copies = self.copies(linear.matrix.period());
            errors = Errors {
                real: squared(output.real, added),
                imaginary: squared(output.imaginary, added),
                mean: squared(output.mean, added / copies),
            };
            variances.push(
                errors
                    .real
                    .column(0)
                    .mapv(|e| e * square.factor * square.factor),
            );
            squares = v.mapv(|v| v.powi(4)).insert_axis(Axis(1));
        }
        if let Some(last) = self.linears.last() {
            variances.push(self.after_output(last, &squares, &errors));
        }
        Ok(variances)
    }

    /// Returns the number of copies of values that repeat every `period` slots.
    fn copies(&self, period: usize) -> f64 {
        (self.plan.parameters().slots() / period) as f64
    }

    /// Returns the variances of the scores. A score has the mean error of all copies of its inputs.
    /// The errors that differ between the copies reach it through the products of the other scores
    /// in the same ciphertext.
    fn after_output(
        &self,
        folded: &FoldedLinear,
        squares: &Array2<f64>,
        errors: &Errors<Array2<f64>>,
    ) -> Array1<f64> {
        let (noise, plan) = (&self.noise, &self.plan.output);
        let parameters = self.plan.parameters();
        let period = plan.matrix.period();
        let weights = folded.weight.mapv(|weight| weight * weight);
        // the errors that differ between the copies spread evenly over the other coefficients of a
        // gap
        let others = (self.copies(period) - 1.0).max(1.0);
        let common = weights.dot(&errors.mean).into_iter();
        let rest = weights.dot(&((&errors.real - &errors.mean) / others));
        let mut rest = rest.into_iter();
        let counts = plan.matrix.score_counts(parameters).into_iter();
        let rest: Vec<f64> = counts
            .flat_map(|count| {
                let scores: Vec<f64> = rest.by_ref().take(count).collect();
                let sum: f64 = scores.iter().sum();
                scores.into_iter().map(move |score| sum - score)
            })
            .collect();
        // the variance of a coefficient is 1/N of the variance of a slot
        let coefficient =
            |variance: f64, scale: f64| variance / parameters.degree() as f64 / (scale * scale);
        let encoded =
            squares.sum() / period as f64 * coefficient(noise.encoding(), plan.weight_scale);
        let last = coefficient(noise.division() + noise.encoding(), plan.output_scale);
        let scores = common.zip(rest);
        scores
            .map(|(common, rest)| common + rest + encoded + last)
            .collect()
    }

    /// Returns the variances after a linear layer that is not the last, row by row. `squares` are
    /// the squares of its inputs and `errors` the variances before it, all `[columns, windows]`.
    fn after_linear(
        &self,
        linear: &LinearPlan,
        folded: &FoldedLinear,
        scale: f64,
        squares: &Array2<f64>,
        errors: &Errors<Array2<f64>>,
    ) -> Errors<Array1<f64>> {
        let (noise, matrix, level) = (&self.noise, &linear.matrix, linear.level);
        let at = |variance: f64, scale: f64| real(variance) / (scale * scale);

        // Each term is an encoded weight times an input. All baby steps but the first rotate the
        // input.
        let baby_steps = linear.split.baby_steps;
        let rotated = 1.0 - 1.0 / baby_steps as f64;
        let rotation = rotated * at(noise.key_switch(level), scale);
        // A vector that repeats is a polynomial in a power of X. Its other coefficients are exact
        // zeros.
        let varied = matrix.diagonal_period() as f64 / self.plan.parameters().slots() as f64;
        let encoding = at(noise.encoding() * varied, linear.weight_scale);
        let weights = folded.weight.mapv(|weight| weight * weight);
        let mut terms = weights.dot(&(&errors.real + rotation));
        let mut common = terms.clone();
        // In the first layer each input is the real or the imaginary part of a slot, with an
        // independent error, and all copies of an output have the same terms. In the other layers
        // the imaginary part beside an input is multiplied by the weight of the other output.
        if let Matrix::Dense(dense) = matrix {
            let others = other_outputs(&weights, dense.output_pairs());
            let others = others.dot(&(&errors.imaginary + rotation));
            let copies = self.copies(dense.input_period());
            common = weights.dot(&(&errors.mean + rotation / copies)) + &others / copies;
            terms += &others;
        }
        // the encoded weights are the weights times a factor, which the sum of conjugates
        // cancels
        let encoded: Array1<f64> =
            squares.sum_axis(Axis(0)) * (encoding / (WEIGHT_FACTOR * WEIGHT_FACTOR));

        // The errors of key switching and rounding: once for each giant step and each automorphism.
        let giant_steps = matrix.diagonals().div_ceil(baby_steps) - 1;
        let switching = noise.key_switch(linear.sum_level) + noise.division_of_second();
        let switched = match linear.rescales_before_sums() {
            true => at(switching, linear.output_scale),
            false => at(switching, scale * linear.weight_scale),
        };
        let copies = self.copies(matrix.period());
        let mut added = giant_steps as f64 * switched;
        let (mut mean, mut imaginary) = (added / copies, 0.0);
        for group in &linear.sum_groups {
            let automorphisms = f64::from((1u32 << group.len()) - 1);
            let new = automorphisms * switched;
            for step in group {
                // A vector and its conjugate are not independent: their sum is twice the real part.
                // The mean over all copies does not change by a rotation from one copy to another.
                let [slot, all] = match step {
                    SumStep::Rotate(_) => [2.0, 4.0],
                    SumStep::RotateMulByI(_) => [2.0, 2.0],
                    SumStep::Conjugate => [4.0, 4.0],
                };
                (added, mean) = (added * slot, mean * all);
            }
            (added, mean) = (added + new, mean + new / copies);
            imaginary = new;
        }
        let last = at(noise.division() + noise.encoding(), linear.output_scale);
        let rows = |terms: Array2<f64>, rest: f64| -> Array1<f64> {
            (terms + &encoded + rest).into_iter().collect()
        };
        let output = rows(terms, added + last);
        Errors {
            imaginary: Array1::from_elem(output.len(), imaginary + last),
            mean: rows(common, mean + last / copies),
            real: output,
        }
    }
}

/// The variances of errors between two layers.
struct Errors<A> {
    /// Variance of the real part of a slot, which is the value.
    real: A,
    /// Variance of the imaginary part of the slot.
    imaginary: A,
    /// Variance of the mean over all copies of the value.
    mean: A,
}

/// Returns for each row of `weights` the row of the other output in the same slot: the row
/// `output_pairs` away, or zeros if there is none.
fn other_outputs(weights: &Array2<f64>, output_pairs: usize) -> Array2<f64> {
    let mut others = Array2::zeros(weights.dim());
    for (row, mut other) in others.rows_mut().into_iter().enumerate() {
        let partner = if row < output_pairs {
            row + output_pairs
        } else {
            row - output_pairs
        };
        if partner < weights.nrows() {
            other.assign(&weights.row(partner));
        }
    }
    others
}

/// Returns the variance of the real part of a complex number, given the variance of the number.
fn real(variance: f64) -> f64 {
    variance / 2.0
}
