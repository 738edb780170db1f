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
    layout::{Addition, Matrix, SHARE},
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
        let whole = Array2::from_elem(squares.dim(), fresh);
        let mut errors = Errors {
            mean: match self.plan.linears.is_empty() {
                true => &whole / self.copies(self.plan.readout.scores.period()),
                false => whole.clone(),
            },
            imaginary: whole.clone(),
            real: whole,
        };
        let mut variances = Vec::with_capacity(trace.len());
        let linears = self.plan.linears.iter().zip(&self.linears);
        for (index, ((linear, folded), square)) in linears.zip(&self.squares).enumerate() {
            let after = self.after_linear(linear, folded, scale, &squares, &errors);
            variances.push(after.real.clone());
            let v = trace[2 * index].mapv(|x| x + square.shift);
            let level = linear.level - 1;
            let squared_scale = linear.output_scale * linear.output_scale;
            scale = squared_scale / f64::from(self.plan.parameters().modulus(level));
            let added = real(self.noise.key_switch(level)) / (squared_scale * squared_scale)
                + real(self.noise.division()) / (scale * scale);
            let slope = &v * &v * 4.0;
            let squared = |error: Array1<f64>, added: f64| {
                let after = &slope * error + added;
                after.insert_axis(Axis(1))
            };
            let copies = self.copies(linear.matrix.period());
            errors = Errors {
                real: squared(after.real, added),
                imaginary: squared(after.imaginary, added),
                mean: squared(after.mean, added / copies),
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
            variances.push(self.after_readout(last, &squares, &errors));
        }
        Ok(variances)
    }

    /// How often values that repeat are there.
    fn copies(&self, period: usize) -> f64 {
        (self.plan.parameters().slots() / period) as f64
    }

    /// The variances of the scores: what the copies of the inputs have in common, and from what they have not the
    /// part that the products of the other scores of an extract bring along.
    fn after_readout(
        &self,
        folded: &Folded,
        squares: &Array2<f64>,
        errors: &Errors<Array2<f64>>,
    ) -> Array1<f64> {
        let (noise, plan) = (&self.noise, &self.plan.readout);
        let parameters = self.plan.parameters();
        let period = plan.scores.period();
        let weights = folded.weight.mapv(|weight| weight * weight);
        // the other coefficients of each gap have equal shares of what is not common
        let others = (self.copies(period) - 1.0).max(1.0);
        let common = weights.dot(&errors.mean).into_iter();
        let rest = weights.dot(&((&errors.real - &errors.mean) / others));
        let mut rest = rest.into_iter();
        let counts = plan.scores.counts(parameters).into_iter();
        let rest: Vec<f64> = counts
            .flat_map(|count| {
                let extract: Vec<f64> = rest.by_ref().take(count).collect();
                let sum: f64 = extract.iter().sum();
                extract.into_iter().map(move |own| sum - own)
            })
            .collect();
        // a coefficient has the share 1/N of a slot's variance
        let share =
            |variance: f64, scale: f64| variance / parameters.degree() as f64 / (scale * scale);
        let encoded = squares.sum() / period as f64 * share(noise.encoding(), plan.weight_scale);
        let last = share(noise.division() + noise.encoding(), plan.output_scale);
        let scores = common.zip(rest);
        scores
            .map(|(common, rest)| common + rest + encoded + last)
            .collect()
    }

    /// The variances after a linear layer that is not the last, row by row; `squares` are those of its inputs and
    /// `errors` the variances before it, all `[columns, used]`.
    fn after_linear(
        &self,
        linear: &LinearPlan,
        folded: &Folded,
        scale: f64,
        squares: &Array2<f64>,
        errors: &Errors<Array2<f64>>,
    ) -> Errors<Array1<f64>> {
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
        let mut terms = weights.dot(&(&errors.real + rotation));
        let mut common = terms.clone();
        // In the first layer each input has a part of its slot, with an error of its own, and copies of outputs have the
        // same terms; in others the imaginary part beside an input meets the weight of the other output.
        if let Matrix::Dense(dense) = matrix {
            let others = other_outputs(&weights, dense.half());
            let others = others.dot(&(&errors.imaginary + rotation));
            let copies = self.copies(dense.input_period());
            common = weights.dot(&(&errors.mean + rotation / copies)) + &others / copies;
            terms += &others;
        }
        // shares of weights are encoded, and the sum's real part is taken twice
        let encoded: Array1<f64> = squares.sum_axis(Axis(0)) * (encoding / (SHARE * SHARE));

        // What is added once to each partial result, and to their sums.
        let giant_steps = matrix.diagonals().div_ceil(baby_steps) - 1;
        let switching = noise.key_switch(linear.sum_level) + noise.division_of_second();
        let switched = match linear.adds_rescaled() {
            true => at(switching, linear.output_scale),
            false => at(switching, scale * linear.weight_scale),
        };
        let copies = self.copies(matrix.period());
        let mut added = giant_steps as f64 * switched;
        let (mut mean, mut beside) = (added / copies, 0.0);
        for group in &linear.additions {
            let images = f64::from((1u32 << group.len()) - 1);
            let new = images * switched;
            for addition in group {
                // The conjugate is not independent: it is the same real part again, and no other imaginary one. Nor
                // are, taken over all copies, the rotations from one to another.
                let [slot, all] = match addition {
                    Addition::Rotated(_) => [2.0, 4.0],
                    Addition::MulByI(_) => [2.0, 2.0],
                    Addition::Conjugate => [4.0, 4.0],
                };
                (added, mean) = (added * slot, mean * all);
            }
            (added, mean) = (added + new, mean + new / copies);
            beside = new;
        }
        let last = at(noise.division() + noise.encoding(), linear.output_scale);
        let rows = |terms: Array2<f64>, rest: f64| -> Array1<f64> {
            (terms + &encoded + rest).into_iter().collect()
        };
        let after = rows(terms, added + last);
        Errors {
            imaginary: Array1::from_elem(after.len(), beside + last),
            mean: rows(common, mean + last / copies),
            real: after,
        }
    }
}

/// Variances of the errors of values between layers.
struct Errors<A> {
    /// Of the real part of a slot, which is the value.
    real: A,
    /// Of the imaginary part beside it.
    imaginary: A,
    /// Of the mean over all copies of the value.
    mean: A,
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
