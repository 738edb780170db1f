//! The error that the values between the layers should have.
//!
//! For whoever holds the secret, looks at every [`Stage`](super::Stage) and reads it by
//! [`Plan::values`]. The circuit computes with bare squares, `v^2` of `v = x + shift`.
//!
//! The prediction propagates variances value by value, to first order: linear layers multiply them
//! by squared weights, a square by `4 v^2`, and every operation adds what
//! [`NoiseModel`](inkognito_ckks::NoiseModel) says. Errors of different values are held to be
//! independent. Not for worst cases, and not for the error of one key: a slot's share of the noise
//! grows with the secret's value there, and the model knows only its mean.

use inkognito_activation::Schedule;
use inkognito_ckks::NoiseModel;
use ndarray::{Array1, Array2, ArrayView2, Axis};

use super::{
    CircuitError, Plan,
    activation::schedule,
    folding::{Folded, fold},
    layout::{Addition, Matrix},
    plan::LinearPlan,
};
use crate::Model;

const NEEDS_SQUARES: &str = "only squares can be followed";

/// Predicts the errors of the values between a network's layers.
pub struct Inspector<'a> {
    model: &'a Model,
    plan: &'a Plan,
    linears: Vec<Folded>,
    squares: Vec<Square>,
    noise: NoiseModel,
}

/// `factor (x + shift)^2` and a constant.
struct Square {
    shift: f64,
    factor: f64,
}

impl<'a> Inspector<'a> {
    /// An inspector of a model under the plan of its description.
    ///
    /// # Errors
    /// A network without a circuit, or with an activation that is not of degree 2.
    pub fn new(model: &'a Model, plan: &'a Plan) -> Result<Self, CircuitError> {
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

    /// The variance of each value's error after each layer, for one image (`[height, width]`,
    /// pixels from 0 to 1), in the order of [`Model::trace`].
    ///
    /// # Errors
    /// [`CircuitError::Image`] for another shape or pixels outside 0 ..= 1.
    pub fn variances(&self, image: ArrayView2<'_, f32>) -> Result<Vec<Array1<f64>>, CircuitError> {
        let mut squares = self.plan.columns(image)?.mapv(|x| x * x);
        let trace = self.model.trace(image);
        let mut scale = self.plan.input_scale();
        let fresh = real(self.noise.fresh()) / (scale * scale);
        let mut error = [(); 2].map(|()| Array2::from_elem(squares.dim(), fresh));
        let mut variances = Vec::with_capacity(trace.len());
        for (index, (linear, folded)) in self.plan.linears.iter().zip(&self.linears).enumerate() {
            let (after, imaginary) = self.after_linear(linear, folded, scale, &squares, &error);
            variances.push(after.clone());
            let Some(square) = self.squares.get(index) else {
                break;
            };
            let v = trace[2 * index].mapv(|x| x + square.shift);
            let level = linear.level - 1;
            let squared_scale = linear.output_scale * linear.output_scale;
            scale = squared_scale / f64::from(self.plan.parameters().modulus(level));
            let added = real(self.noise.key_switch(level)) / (squared_scale * squared_scale)
                + real(self.noise.division()) / (scale * scale);
            let slope = &v * &v * 4.0;
            let (after, imaginary) = (&slope * after + added, &slope * imaginary + added);
            variances.push(&after * (square.factor * square.factor));
            squares = v.mapv(|v| v.powi(4)).insert_axis(Axis(1));
            error = [after, imaginary].map(|part| part.insert_axis(Axis(1)));
        }
        Ok(variances)
    }

    /// The variances after a linear layer, row by row, and that of each slot's imaginary part where outputs
    /// are real; `squares` are those of its inputs and `variances` those of their errors and of the imaginary
    /// parts beside them, all `[columns, used]`.
    fn after_linear(
        &self,
        linear: &LinearPlan,
        folded: &Folded,
        scale: f64,
        squares: &Array2<f64>,
        variances: &[Array2<f64>; 2],
    ) -> (Array1<f64>, f64) {
        let (noise, matrix, level) = (&self.noise, &linear.matrix, linear.level);
        let at = |variance: f64, scale: f64| real(variance) / (scale * scale);

        // Each term is a rotated input, but for the baby step that is none, times an encoded weight.
        let baby_steps = linear.split.baby_steps;
        let rotated = 1.0 - 1.0 / baby_steps as f64;
        let rotation = rotated * at(noise.key_switch(level), scale);
        // A vector that repeats is a polynomial in a power of X, whose other coefficients are exact.
        let varied = matrix.repetition() as f64 / self.plan.parameters().slots() as f64;
        let encoding = at(noise.encoding() * varied, linear.weight_scale);
        let weights = folded.weight.mapv(|weight| weight * weight);
        let [variances, imaginary] = variances;
        let mut terms = weights.dot(&(variances + rotation));
        // In the first layer each input has a part of its slot, with an error of its own; in others the imaginary
        // part beside an input meets the weight of the other output.
        if let Matrix::Dense(dense) = matrix {
            terms += &other_outputs(&weights, dense.half()).dot(&(imaginary + rotation));
        }
        // shares of weights are encoded, and the sum's real part is taken twice
        let share = matrix.share();
        let encoded: Array1<f64> = squares.sum_axis(Axis(0)) * (encoding / (share * share));

        // What is added once to each partial result, and to their sums.
        let giant_steps = matrix.diagonals().div_ceil(baby_steps) - 1;
        let switching = noise.key_switch(linear.sum_level) + noise.division_of_second();
        let switched = match linear.adds_rescaled() {
            true => at(switching, linear.output_scale),
            false => at(switching, scale * linear.weight_scale),
        };
        let mut added = giant_steps as f64 * switched;
        let mut beside = 0.0;
        for group in &linear.additions {
            let images = f64::from((1u32 << group.len()) - 1);
            added = (images + 1.0) * added + images * switched;
            if group.contains(&Addition::Conjugate) {
                // what is added is not independent: it is the same real part again, and no other imaginary one
                added *= 2.0;
                beside = images * switched;
            }
        }
        let last = at(noise.division() + noise.encoding(), linear.output_scale);
        let after = (terms + &encoded + (added + last)).into_iter().collect();
        (after, beside + last)
    }
}

/// For each row that of the output computed together with it: the one `half` away, if there is one.
fn other_outputs(weights: &Array2<f64>, half: usize) -> Array2<f64> {
    let mut others = Array2::zeros(weights.dim());
    for (row, mut other) in others.rows_mut().into_iter().enumerate() {
        let partner = if row < half { row + half } else { row - half };
        if partner < weights.nrows() {
            other.assign(&weights.row(partner));
        }
    }
    others
}

/// The share of the real part in a complex variance.
fn real(variance: f64) -> f64 {
    variance / 2.0
}
