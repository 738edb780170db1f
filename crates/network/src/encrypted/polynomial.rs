//! The evaluation of an activation's schedule, written once for two types of values: ciphertexts,
//! and their levels and scales alone. The plan simulates the evaluation; the circuit does it.
//!
//! Scales are chosen from the end backwards (Bossuat, Mouchet, Troncoso-Pastoriza and Hubaux,
//! *Efficient Bootstrapping for Approximate Homomorphic Encryption with Non-sparse Keys*, EUROCRYPT
//! 2021, section 3.2). Each sum is computed at a given level and scale, so that its summands have
//! exactly the same scale for any moduli.
//!
//! Relies on the schedules of `inkognito-activation`. Not for the choice of a polynomial.

use std::cell::RefCell;

use inkognito_activation::{Chain, SeriesSchedule, Sum, split_degree};
use inkognito_ckks::{Ciphertext, CkksError, Evaluator, Parameters};

/// The operations that polynomials are evaluated with.
pub(super) trait Arithmetic {
    type Value: Clone;

    /// Returns the level of a value.
    fn level(&self, a: &Self::Value) -> usize;
    /// Returns the scale of a value.
    fn scale(&self, a: &Self::Value) -> f64;
    /// Drops moduli down to `level`. The scale stays.
    fn at_level(&self, a: &Self::Value, level: usize) -> Result<Self::Value, CkksError>;
    /// Multiplies, relinearises and rescales two values at the same level. The result is one level
    /// lower, and its scale is the product of both scales divided by the dropped modulus.
    fn multiply(&self, a: &Self::Value, b: &Self::Value) -> Result<Self::Value, CkksError>;
    /// Adds a value at the same level and scale.
    fn add(&self, a: &mut Self::Value, b: &Self::Value) -> Result<(), CkksError>;
    /// Adds a constant. Level and scale stay.
    fn add_constant(&self, a: &mut Self::Value, value: f64) -> Result<(), CkksError>;
    /// Computes a linear combination at `level` and `scale`; see [`Evaluator::weighted_sum`].
    fn weighted_sum(
        &self,
        terms: &[(&Self::Value, f64)],
        constant: f64,
        level: usize,
        scale: f64,
    ) -> Result<Self::Value, CkksError>;
}

/// Evaluates a chain on the values `x` of t. The result is `depth` levels lower.
///
/// # Errors
/// [`CkksError::LevelsExhausted`] if the level of `x` is below the chain's depth, and the errors of
/// the arithmetic.
pub(super) fn evaluate<A: Arithmetic>(
    arithmetic: &A,
    parameters: &Parameters,
    chain: &Chain,
    x: &A::Value,
) -> Result<A::Value, CkksError> {
    let evaluator = PolynomialEvaluator {
        arithmetic,
        parameters,
    };
    let mut y = x.clone();
    let count = chain.stages.len();
    for (i, stage) in chain.stages.iter().enumerate() {
        let level = evaluator.level_below(&y, stage.depth)?;
        // the last stage of a gated chain is multiplied by x: the product has the set's scale
        let scale = match chain.gate {
            Some(_) if i + 1 == count => {
                parameters.scale() * f64::from(parameters.modulus(level)) / arithmetic.scale(x)
            }
            _ => parameters.scale(),
        };
        y = evaluator.series(stage, y, level, scale)?;
    }
    let Some(offset) = chain.gate else {
        return Ok(y);
    };
    evaluator.level_below(&y, 1)?;
    let mut gate = arithmetic.at_level(x, arithmetic.level(&y))?;
    arithmetic.add_constant(&mut gate, offset)?;
    arithmetic.multiply(&gate, &y)
}

struct PolynomialEvaluator<'a, A> {
    arithmetic: &'a A,
    parameters: &'a Parameters,
}

/// The Chebyshev polynomials `T_k(t)` that a schedule lists, each after those that it is made of.
struct PowerBasis<V>(Vec<(usize, V)>);

impl<V> PowerBasis<V> {
    /// Returns `T_k(t)`.
    ///
    /// # Panics
    /// If the schedule does not list `T_k`. [`SeriesSchedule::new`] lists all that are needed.
    fn get(&self, k: usize) -> &V {
        let found = self.0.iter().find(|(other, _)| *other == k);
        &found
            .expect("the schedule lists every power that it uses")
            .1
    }
}

impl<A: Arithmetic> PolynomialEvaluator<'_, A> {
    /// Returns the level that is `depth` below the value's level.
    fn level_below(&self, a: &A::Value, depth: usize) -> Result<usize, CkksError> {
        let level = self.arithmetic.level(a).checked_sub(depth);
        level.ok_or(CkksError::LevelsExhausted)
    }

    /// Evaluates a series of `t` at `level`. The result has the scale `scale`, unless the schedule
    /// begins with the square of a power: the scale of that square cannot be chosen.
    fn series(
        &self,
        schedule: &SeriesSchedule,
        t: A::Value,
        level: usize,
        scale: f64,
    ) -> Result<A::Value, CkksError> {
        let mut powers = PowerBasis(vec![(1, t)]);
        for &k in &schedule.powers {
            let power = self.power(&powers, k)?;
            powers.0.push((k, power));
        }
        let squared = schedule.sum.products.iter().find(|p| p.squared);
        let scale = match squared {
            Some(product) => {
                let giant = self.arithmetic.scale(powers.get(product.giant));
                giant * giant / self.modulus(level + 1)
            }
            None => scale,
        };
        self.sum(&powers, &schedule.sum, level, scale)
    }

    /// Computes `T_k = 2 T_a T_b - T_(a - b)` from powers computed before.
    fn power(&self, powers: &PowerBasis<A::Value>, k: usize) -> Result<A::Value, CkksError> {
        let arithmetic = self.arithmetic;
        let (a, b) = split_degree(k);
        let level = arithmetic
            .level(powers.get(a))
            .min(arithmetic.level(powers.get(b)));
        let at_level = |k: usize| arithmetic.at_level(powers.get(k), level);
        let product = arithmetic.multiply(&at_level(a)?, &at_level(b)?)?;
        let mut power = product.clone();
        arithmetic.add(&mut power, &product)?;
        if a == b {
            arithmetic.add_constant(&mut power, -1.0)?;
        } else {
            let (level, scale) = (arithmetic.level(&power), arithmetic.scale(&power));
            let first = arithmetic.weighted_sum(&[(powers.get(1), -1.0)], 0.0, level, scale)?;
            arithmetic.add(&mut power, &first)?;
        }
        Ok(power)
    }

    /// Computes a sum at `level` and `scale`.
    fn sum(
        &self,
        powers: &PowerBasis<A::Value>,
        sum: &Sum,
        level: usize,
        scale: f64,
    ) -> Result<A::Value, CkksError> {
        let arithmetic = self.arithmetic;
        let mut total: Option<A::Value> = None;
        for product in &sum.products {
            let giant = arithmetic.at_level(powers.get(product.giant), level + 1)?;
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
        let terms = sum
            .terms
            .iter()
            .map(|(k, factor)| (powers.get(*k), *factor));
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

/// Simulates the arithmetic on levels and scales, and records where products are relinearised.
pub(super) struct Simulator<'a> {
    pub(super) parameters: &'a Parameters,
    /// The level of the operands of each product so far.
    pub(super) relinearizations: RefCell<Vec<usize>>,
}

/// The level and the scale of a ciphertext.
#[derive(Debug, Clone, Copy)]
pub(super) struct LevelScale {
    pub(super) level: usize,
    pub(super) scale: f64,
}

impl Arithmetic for Simulator<'_> {
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
