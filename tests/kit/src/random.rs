//! Numbers that look random and are the same in every run.

use std::f64::consts::TAU;

use inkognito_ckks::Complex64;

/// A linear congruential generator modulo 2^64 with the constants of Knuth's MMIX: good enough for
/// test data, and for nothing secret.
pub struct Random(u64);

impl Random {
    /// Starts the sequence of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0
    }

    /// Draws a number in 0 .. 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Draws a number in -1 .. 1.
    pub fn signed(&mut self) -> f64 {
        2.0 * self.unit() - 1.0
    }

    /// Draws a number in -1 .. 1 in single precision.
    pub fn signed_f32(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    /// Draws numbers in -1 .. 1.
    pub fn reals(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| self.signed()).collect()
    }

    /// Draws numbers of the complex unit disc.
    pub fn disc(&mut self, count: usize) -> Vec<Complex64> {
        (0..count)
            .map(|_| Complex64::from_polar(self.unit().sqrt(), self.unit() * TAU))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_in_range_spread_and_repeatable() {
        let numbers = Random::new(5).reals(10_000);
        assert_eq!(numbers, Random::new(5).reals(10_000));
        assert_ne!(numbers, Random::new(6).reals(10_000));
        assert!(numbers.iter().all(|x| (-1.0..1.0).contains(x)));
        let mean = numbers.iter().sum::<f64>() / 1e4;
        let variance = numbers.iter().map(|x| x * x).sum::<f64>() / 1e4;
        assert!(mean.abs() < 0.03 && (variance - 1.0 / 3.0).abs() < 0.02);
        assert!(Random::new(7).disc(1000).iter().all(|z| z.norm() <= 1.0));
        let mut random = Random::new(8);
        let mut singles = (0..1000).map(|_| random.signed_f32());
        assert!(singles.all(|x| (-1.0..1.0).contains(&x)));
    }
}
