//! The schedule of the learning rate, and averaged weights.
//!
//! Relies on candle for tensors. Not for the optimiser itself, which is AdamW of `candle-nn`.

use candle_core::{Tensor, Var};
use std::f64::consts::PI;

/// The share of the steps in which the learning rate rises.
const WARM_UP: f64 = 0.02;

/// A learning rate that rises for 2 % of the steps and then falls along a cosine.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// The largest learning rate.
    pub peak: f64,
    /// The number of steps of the run.
    pub steps: usize,
}

impl Schedule {
    /// Returns the learning rate of a step, counted from zero.
    #[must_use]
    pub fn rate(&self, step: usize) -> f64 {
        let done = (step as f64 + 0.5) / self.steps as f64;
        if done < WARM_UP {
            self.peak * done / WARM_UP
        } else {
            let rest = (done - WARM_UP) / (1.0 - WARM_UP);
            self.peak * 0.5 * (1.0 + (PI * rest.min(1.0)).cos())
        }
    }
}

/// Exponential moving averages of variables. They generalise better than the values of the last
/// step.
pub struct Average {
    variables: Vec<Var>,
    averages: Vec<Tensor>,
    decay: f64,
    steps: usize,
}

impl Average {
    /// Starts at the present values. `decay` is the share of an average that a step keeps.
    ///
    /// # Errors
    /// If a tensor cannot be copied.
    pub fn new(variables: Vec<Var>, decay: f64) -> candle_core::Result<Self> {
        let averages = copies(&variables)?;
        Ok(Self {
            variables,
            averages,
            decay,
            steps: 0,
        })
    }

    /// Updates the averages with the present values.
    ///
    /// # Errors
    /// If a shape has changed.
    pub fn update(&mut self) -> candle_core::Result<()> {
        // A smaller decay in the first steps lets the averages forget the random start.
        let steps = self.steps as f64;
        let decay = self.decay.min((1.0 + steps) / (10.0 + steps));
        for (average, variable) in self.averages.iter_mut().zip(&self.variables) {
            *average = (average.affine(decay, 0.0)?
                + variable.as_detached_tensor().affine(1.0 - decay, 0.0)?)?;
        }
        self.steps += 1;
        Ok(())
    }

    /// Runs `work` with the variables set to their averages, and restores their values.
    ///
    /// # Errors
    ///
    /// If a tensor cannot be copied, or `work` fails.
    pub fn with<T, E: From<candle_core::Error>>(
        &self,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let values = copies(&self.variables)?;
        set(&self.variables, &self.averages)?;
        let result = work();
        set(&self.variables, &values)?;
        result
    }

    /// Sets the variables to their averages for good.
    ///
    /// # Errors
    /// If a tensor cannot be copied.
    pub fn install(self) -> candle_core::Result<()> {
        set(&self.variables, &self.averages)
    }
}

fn copies(variables: &[Var]) -> candle_core::Result<Vec<Tensor>> {
    variables
        .iter()
        .map(|variable| variable.as_detached_tensor().copy())
        .collect()
}

fn set(variables: &[Var], values: &[Tensor]) -> candle_core::Result<()> {
    variables
        .iter()
        .zip(values)
        .try_for_each(|(variable, value)| variable.set(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    #[test]
    fn the_rate_rises_then_falls_to_nothing() {
        let schedule = Schedule {
            peak: 2e-3,
            steps: 1000,
        };
        let rates: Vec<f64> = (0..1000).map(|step| schedule.rate(step)).collect();
        let top = rates.iter().copied().fold(0.0, f64::max);
        assert!(top <= 2e-3 && top > 1.99e-3);
        assert!(rates[..20].is_sorted() && rates[20..].is_sorted_by(|a, b| a >= b));
        assert!(rates[999] < 1e-8);
    }

    #[test]
    fn averages_follow_and_values_are_restored() {
        let variable = Var::new(&[0.0_f32, 0.0], &Device::Cpu).expect("a variable");
        let mut average = Average::new(vec![variable.clone()], 0.9).expect("averages");
        let values = |variable: &Var| variable.to_vec1::<f32>().expect("values");
        variable
            .set(&Tensor::new(&[1.0_f32, -2.0], &Device::Cpu).expect("values"))
            .expect("set");
        for _ in 0..200 {
            average.update().expect("updated");
        }
        variable
            .set(&Tensor::new(&[5.0_f32, 5.0], &Device::Cpu).expect("values"))
            .expect("set");
        let seen = average
            .with(|| Ok::<_, candle_core::Error>(values(&variable)))
            .expect("ran");
        assert!(
            (seen[0] - 1.0).abs() < 1e-3 && (seen[1] + 2.0).abs() < 1e-3,
            "{seen:?}"
        );
        assert_eq!(values(&variable), [5.0, 5.0]);
    }
}
