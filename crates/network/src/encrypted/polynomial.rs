//! The evaluation of an activation's schedule, written once for ciphertexts and for their levels
//! and scales alone: the plan is a run without ciphertexts.
//!
//! Scales follow from the end backwards (Bossuat et al., *Efficient Bootstrapping for Approximate
//! HE*, 2021, section 3.2): each sum is asked for at a level and a scale, so that what is added is
//! always at the same scale, exactly, whatever the moduli are.

use std::cell::RefCell;

use inkognito_activation::{Chain, SeriesSchedule, Sum, split_degree};
use inkognito_ckks::{Ciphertext, CkksError, Evaluator, Parameters};

/// What polynomials are made of.
pub(super) trait Arithmetic {
    type Value: Clone;

    fn level(&self, a: &Self::Value) -> usize;
    fn scale(&self, a: &Self::Value) -> f64;
    fn at_level(&self, a: &Self::Value, level: usize) -> Result<Self::Value, CkksError>;
    /// At the same level; one lower, the scale divided by the modulus.
    fn multiply(&self, a: &Self::Value, b: &Self::Value) -> Result<Self::Value, CkksError>;
    /// At the same level and scale.
    fn add(&self, a: &mut Self::Value, b: &Self::Value) -> Result<(), CkksError>;
    fn add_constant(&self, a: &mut Self::Value, value: f64) -> Result<(), CkksError>;
    /// See [`Evaluator::weighted_sum`].
    fn weighted_sum(
        &self,
        terms: &[(&Self::Value, f64)],
        constant: f64,
        level: usize,
        scale: f64,
    ) -> Result<Self::Value, CkksError>;
}

/// The chain of t, whose values are `x`.
pub(super) fn evaluate<A: Arithmetic>(
    arithmetic: &A,
    parameters: &Parameters,
    chain: &Chain,
    x: &A::Value,
) -> Result<A::Value, CkksError> {
    let run = Run {
        arithmetic,
        parameters,
    };
    let mut y = x.clone();
    let count = chain.stages.len();
    for (i, stage) in chain.stages.iter().enumerate() {
        let level = run.below(&y, stage.depth)?;
        // what a gate multiplies with x has the scale at which the product comes out right
        let scale = match chain.gate {
            Some(_) if i + 1 == count => {
                parameters.scale() * f64::from(parameters.modulus(level)) / arithmetic.scale(x)
            }
            _ => parameters.scale(),
        };
        y = run.series(stage, y, level, scale)?;
    }
    let Some(offset) = chain.gate else {
        return Ok(y);
    };
    run.below(&y, 1)?;
    let mut gate = arithmetic.at_level(x, arithmetic.level(&y))?;
    arithmetic.add_constant(&mut gate, offset)?;
    arithmetic.multiply(&gate, &y)
}

struct Run<'a, A> {
    arithmetic: &'a A,
    parameters: &'a Parameters,
}

/// Each k with its `T_k`, in the order in which they are made.
struct Powers<V>(Vec<(usize, V)>);

impl<V> Powers<V> {
    fn of(&self, k: usize) -> &V {
        let found = self.0.iter().find(|(other, _)| *other == k);
        // a schedule lists all that it needs, and each after what it is made from
        &found.expect("a power that the schedule lists").1
    }
}

impl<A: Arithmetic> Run<'_, A> {
    /// The level so far below a value's.
    fn below(&self, a: &A::Value, depth: usize) -> Result<usize, CkksError> {
        let level = self.arithmetic.level(a).checked_sub(depth);
        level.ok_or(CkksError::LevelsExhausted)
    }

    /// A series of `t` at `level`, and at `scale` where it has a choice.
    fn series(
        &self,
        schedule: &SeriesSchedule,
        t: A::Value,
        level: usize,
        scale: f64,
    ) -> Result<A::Value, CkksError> {
        let mut powers = Powers(vec![(1, t)]);
        for &k in &schedule.powers {
            let power = self.power(&powers, k)?;
            powers.0.push((k, power));
        }
        let squared = schedule.sum.products.iter().find(|p| p.squared);
        let scale = match squared {
            // a square's scale is what it is
            Some(product) => {
                let giant = self.arithmetic.scale(powers.of(product.giant));
                giant * giant / self.modulus(level + 1)
            }
            None => scale,
        };
        self.sum(&powers, &schedule.sum, level, scale)
    }

    /// `T_k = 2 T_a T_b - T_{a - b}`.
    fn power(&self, powers: &Powers<A::Value>, k: usize) -> Result<A::Value, CkksError> {
        let arithmetic = self.arithmetic;
        let (a, b) = split_degree(k);
        let level = arithmetic
            .level(powers.of(a))
            .min(arithmetic.level(powers.of(b)));
        let lowered = |k: usize| arithmetic.at_level(powers.of(k), level);
        let product = arithmetic.multiply(&lowered(a)?, &lowered(b)?)?;
        let mut power = product.clone();
        arithmetic.add(&mut power, &product)?;
        if a == b {
            arithmetic.add_constant(&mut power, -1.0)?;
        } else {
            let (level, scale) = (arithmetic.level(&power), arithmetic.scale(&power));
            let first = arithmetic.weighted_sum(&[(powers.of(1), -1.0)], 0.0, level, scale)?;
            arithmetic.add(&mut power, &first)?;
        }
        Ok(power)
    }

    /// A sum at `level` and `scale`.
    fn sum(
        &self,
        powers: &Powers<A::Value>,
        sum: &Sum,
        level: usize,
        scale: f64,
    ) -> Result<A::Value, CkksError> {
        let arithmetic = self.arithmetic;
        let mut total: Option<A::Value> = None;
        for product in &sum.products {
            let giant = arithmetic.at_level(powers.of(product.giant), level + 1)?;
            let quotient_scale = scale * self.modulus(level + 1) / arithmetic.scale(&giant);
            let quotient = if product.squared {
                let mut twice = giant.clone();
                arithmetic.add(&mut twice, &giant)?;
                if product.quotient.is_constant() {
                    arithmetic.add_constant(&mut twice, product.quotient.constant)?;
                } else {
                    let rest = self.sum(powers, &product.quotient, level + 1, quotient_scale)?;
                    arithmetic.add(&mut twice, &rest)?;
                }
                twice
            } else {
                self.sum(powers, &product.quotient, level + 1, quotient_scale)?
            };
            let product = arithmetic.multiply(&quotient, &giant)?;
            match &mut total {
                Some(total) => arithmetic.add(total, &product)?,
                None => total = Some(product),
            }
        }
        let terms = sum.terms.iter().map(|(k, factor)| (powers.of(*k), *factor));
        let terms: Vec<_> = terms.collect();
        match total {
            Some(mut total) if terms.is_empty() => {
                arithmetic.add_constant(&mut total, sum.constant)?;
                Ok(total)
            }
            Some(mut total) => {
                let rest = arithmetic.weighted_sum(&terms, sum.constant, level, scale)?;
                arithmetic.add(&mut total, &rest)?;
                Ok(total)
            }
            None => arithmetic.weighted_sum(&terms, sum.constant, level, scale),
        }
    }

    fn modulus(&self, level: usize) -> f64 {
        f64::from(self.parameters.modulus(level))
    }
}

impl Arithmetic for Evaluator {
    type Value = Ciphertext;

    fn level(&self, a: &Ciphertext) -> usize {
        a.level()
    }

    fn scale(&self, a: &Ciphertext) -> f64 {
        a.scale()
    }

    fn at_level(&self, a: &Ciphertext, level: usize) -> Result<Ciphertext, CkksError> {
        self.drop_to_level(a, level)
    }

    fn multiply(&self, a: &Ciphertext, b: &Ciphertext) -> Result<Ciphertext, CkksError> {
        self.multiply(a, b)
    }

    fn add(&self, a: &mut Ciphertext, b: &Ciphertext) -> Result<(), CkksError> {
        self.add_assign(a, b)
    }

    fn add_constant(&self, a: &mut Ciphertext, value: f64) -> Result<(), CkksError> {
        self.add_constant_assign(a, value)
    }

    fn weighted_sum(
        &self,
        terms: &[(&Ciphertext, f64)],
        constant: f64,
        level: usize,
        scale: f64,
    ) -> Result<Ciphertext, CkksError> {
        self.weighted_sum(terms, constant, level, scale)
    }
}

/// Levels and scales without values; remembers where products need a relinearisation key.
pub(super) struct DryRun<'a> {
    pub(super) parameters: &'a Parameters,
    pub(super) relinearizations: RefCell<Vec<usize>>,
}

/// What a ciphertext would be at.
#[derive(Debug, Clone, Copy)]
pub(super) struct LevelScale {
    pub(super) level: usize,
    pub(super) scale: f64,
}

impl Arithmetic for DryRun<'_> {
    type Value = LevelScale;

    fn level(&self, a: &LevelScale) -> usize {
        a.level
    }

    fn scale(&self, a: &LevelScale) -> f64 {
        a.scale
    }

    fn at_level(&self, a: &LevelScale, level: usize) -> Result<LevelScale, CkksError> {
        Ok(LevelScale { level, ..*a })
    }

    fn multiply(&self, a: &LevelScale, b: &LevelScale) -> Result<LevelScale, CkksError> {
        self.relinearizations.borrow_mut().push(a.level);
        Ok(LevelScale {
            level: a.level - 1,
            scale: a.scale * b.scale / f64::from(self.parameters.modulus(a.level)),
        })
    }

    fn add(&self, _: &mut LevelScale, _: &LevelScale) -> Result<(), CkksError> {
        Ok(())
    }

    fn add_constant(&self, _: &mut LevelScale, _: f64) -> Result<(), CkksError> {
        Ok(())
    }

    fn weighted_sum(
        &self,
        _: &[(&LevelScale, f64)],
        _: f64,
        level: usize,
        scale: f64,
    ) -> Result<LevelScale, CkksError> {
        Ok(LevelScale { level, scale })
    }
}
