//! How the weights move: the learning rate's course, and the averaged weights.

use candle_core::{Tensor, Var};
use std::f64::consts::PI;

/// The part of the steps in which the learning rate rises.
const WARM_UP: f64 = 0.02;

/// A learning rate that rises for the first fiftieth of the steps, then falls along a cosine.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// The largest learning rate.
    pub peak: f64,
    /// Number of steps of the whole run.
    pub steps: usize,
}

impl Schedule {
    /// The learning rate of a step, counted from zero.
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

/// Exponential moving averages of variables, which generalise better than the last step's values.
pub struct Average {
    variables: Vec<Var>,
    averages: Vec<Tensor>,
    decay: f64,
    steps: usize,
}

impl Average {
    /// Averages that begin at the variables' values. `decay` is the part kept at each step.
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

    /// Takes in the variables' present values.
    ///
    /// # Errors
    /// If a shape has changed.
    pub fn update(&mut self) -> candle_core::Result<()> {
        // The first steps count less, or the random start would weigh for long.
        let steps = self.steps as f64;
        let decay = self.decay.min((1.0 + steps) / (10.0 + steps));
        for (average, variable) in self.averages.iter_mut().zip(&self.variables) {
            *average = (average.affine(decay, 0.0)?
                + variable.as_detached_tensor().affine(1.0 - decay, 0.0)?)?;
        }
        self.steps += 1;
        Ok(())
    }

    /// Runs `work` with the averages in place of the variables' own values.
    ///
    /// # Errors
    /// If a tensor cannot be copied, or as `work`.
    pub fn with<T, E: From<candle_core::Error>>(
        &self,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let own = copies(&self.variables)?;
        set(&self.variables, &self.averages)?;
        let result = work();
        set(&self.variables, &own)?;
        result
    }

    /// Leaves the variables at their averages.
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
    fn averages_follow_and_are_put_back() {
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
