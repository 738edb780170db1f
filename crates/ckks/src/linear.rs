//! A fixed matrix times an encrypted vector.
//!
//! The matrix is given by its diagonals, `y = sum_d diagonal_d * rotate(x, d)` (Halevi and Shoup
//! 2014), and evaluated by baby steps and giant steps: `d = g + b`,
//! `y = sum_g rotate(sum_b rotate(diagonal_(g+b), -g) * rotate(x, b), g)`. Baby steps share one
//! decomposition and stay multiplied by P, giant steps are summed before the one division at the
//! end (double hoisting: Bossuat et al., *Efficient bootstrapping for approximate homomorphic
//! encryption with non-sparse keys*, 2021, algorithm 6); that division takes the rescaling with it.

use std::collections::{BTreeMap, BTreeSet};

use inkognito_ring::{GaloisElement, Ntt, Poly};

use crate::{
    Ciphertext, CkksError, Complex64, Encoder, Evaluator, KeyRequest, Parameters,
    evaluator::add_pair, parallel,
};

/// How diagonal numbers are split: `d = unit (baby_steps i + j)` is giant step `i`, baby step `j`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BabyGiant {
    /// All diagonal numbers are multiples of this.
    pub unit: usize,
    /// Number of baby steps.
    pub baby_steps: usize,
}

impl BabyGiant {
    fn split(self, diagonal: usize) -> (usize, usize) {
        let giant = self.unit * self.baby_steps;
        (diagonal / giant * giant, diagonal % giant)
    }

    /// The rotations that a transform with these diagonals makes, without the trivial one.
    pub fn rotations(self, diagonals: impl IntoIterator<Item = usize>) -> BTreeSet<usize> {
        let split = diagonals.into_iter().map(|d| self.split(d));
        let mut steps: BTreeSet<usize> = split.flat_map(|(g, b)| [g, b]).collect();
        steps.remove(&0);
        steps
    }
}

/// A matrix encoded for ciphertexts at one level.
pub struct LinearTransform {
    level: usize,
    scale: f64,
    /// Baby steps that occur, ascending.
    baby: Vec<usize>,
    giant: Vec<Giant>,
}

struct Giant {
    step: usize,
    /// Index into `baby` and the encoded, pre-rotated diagonal over `qp_basis(level)`.
    terms: Vec<(usize, Poly<Ntt>)>,
}

impl LinearTransform {
    /// Encodes the diagonals (number to N/2 slots, or fewer with zeros implied) at `scale` for
    /// ciphertexts at `level`. Diagonals that are all zero are left out.
    ///
    /// # Errors
    /// Values that do not fit slots or scale; level 0, from which nothing can be rescaled.
    pub fn new(
        parameters: &Parameters,
        encoder: &Encoder,
        diagonals: &BTreeMap<usize, Vec<Complex64>>,
        split: BabyGiant,
        level: usize,
        scale: f64,
    ) -> Result<Self, CkksError> {
        if level == 0 {
            return Err(CkksError::LevelsExhausted);
        }
        let slots = parameters.slots();
        let present: Vec<_> = diagonals
            .iter()
            .filter(|(_, values)| values.iter().any(|v| *v != Complex64::default()))
            .map(|(&d, values)| (split.split(d % slots), values))
            .collect();
        let encoded = parallel::map(present.len(), |i| {
            let ((giant, _), values) = present[i];
            if values.len() > slots {
                return Err(CkksError::TooManyValues {
                    slots,
                    actual: values.len(),
                });
            }
            let mut rotated = vec![Complex64::default(); slots];
            for (i, &value) in values.iter().enumerate() {
                rotated[(i + giant) % slots] = value;
            }
            let basis = parameters.qp_basis(level);
            Ok(encoder.encode(&rotated, scale, basis)?.into_ntt())
        });
        let baby: Vec<usize> = present
            .iter()
            .map(|((_, b), _)| *b)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let mut giant: BTreeMap<usize, Vec<(usize, Poly<Ntt>)>> = BTreeMap::new();
        for (((g, b), _), poly) in present.iter().zip(encoded) {
            // every baby step of `present` is in `baby`
            let index = baby.partition_point(|step| step < b);
            giant.entry(*g).or_default().push((index, poly?));
        }
        let giant = giant
            .into_iter()
            .map(|(step, terms)| Giant { step, terms })
            .collect();
        Ok(Self {
            level,
            scale,
            baby,
            giant,
        })
    }

    /// The level of the ciphertexts that the transform takes; the result is one lower.
    pub fn level(&self) -> usize {
        self.level
    }

    /// The keys that [`LinearTransform::apply`] needs.
    pub fn key_requests(&self, parameters: &Parameters) -> BTreeSet<KeyRequest> {
        let steps = self
            .baby
            .iter()
            .copied()
            .chain(self.giant.iter().map(|g| g.step));
        steps
            .filter(|&s| s != 0)
            .map(|s| KeyRequest::rotation(parameters, s as i64, self.level))
            .collect()
    }

    /// The matrix times the ciphertext, rescaled: level l to l - 1, scale `D` to
    /// `D scale / q_l`.
    ///
    /// # Errors
    /// A ciphertext at another level; a missing rotation key.
    pub fn apply(&self, evaluator: &Evaluator, x: &Ciphertext) -> Result<Ciphertext, CkksError> {
        let total = self.lifted(evaluator, x)?;
        evaluator.mod_down_rescale(total, self.level, x.scale() * self.scale)
    }

    /// The matrix times the ciphertext, at the same level, scale `D` to `D scale`: for callers
    /// that have more to add up before the rescaling.
    ///
    /// # Errors
    /// As [`LinearTransform::apply`].
    pub fn apply_unscaled(
        &self,
        evaluator: &Evaluator,
        x: &Ciphertext,
    ) -> Result<Ciphertext, CkksError> {
        let total = self.lifted(evaluator, x)?;
        Ok(Ciphertext::new(
            evaluator.mod_down(total, self.level),
            x.scale() * self.scale,
        ))
    }

    /// P times the matrix times the ciphertext, over `qp_basis`.
    fn lifted(&self, evaluator: &Evaluator, x: &Ciphertext) -> Result<[Poly<Ntt>; 2], CkksError> {
        x.expect_level(self.level)?;
        let tables = evaluator.parameters().at(self.level);
        let rotated = self.baby_steps(evaluator, x)?;
        let sums = parallel::map(self.giant.len(), |i| {
            self.giant_step(evaluator, &self.giant[i], &rotated)
        });
        let mut total = None;
        for sum in sums {
            add_pair(&mut total, sum?);
        }
        Ok(total.unwrap_or_else(|| [Poly::zero(&tables.qp), Poly::zero(&tables.qp)]))
    }

    /// P times the rotations of `x` by the baby steps, over `qp_basis`.
    fn baby_steps(
        &self,
        evaluator: &Evaluator,
        x: &Ciphertext,
    ) -> Result<Vec<[Poly<Ntt>; 2]>, CkksError> {
        let tables = evaluator.parameters().at(self.level);
        let log_n = evaluator.parameters().log_n();
        let [c0, c1] = x.polys();
        let (lifted, decomposition) = (tables.lift(c0), evaluator.decompose(c1));
        let rotated = parallel::map(self.baby.len(), |i| match self.baby[i] {
            0 => Ok([lifted.clone(), tables.lift(c1)]),
            step => {
                let g = GaloisElement::rotation(step as i64, log_n);
                evaluator.galois_lifted(&lifted, &decomposition, g, self.level)
            }
        });
        rotated.into_iter().collect()
    }

    /// P times one giant step's rotated sum, over `qp_basis`.
    fn giant_step(
        &self,
        evaluator: &Evaluator,
        giant: &Giant,
        rotated: &[[Poly<Ntt>; 2]],
    ) -> Result<[Poly<Ntt>; 2], CkksError> {
        let parameters = evaluator.parameters();
        let tables = parameters.at(self.level);
        let basis = &tables.qp;
        let mut sum = [Poly::zero(basis), Poly::zero(basis)];
        let [first, second] = &mut sum;
        parallel::each(
            first.limbs_mut().zip(second.limbs_mut()),
            |i, (first, second)| {
                let terms: Vec<_> = giant
                    .terms
                    .iter()
                    .map(|(b, diagonal)| {
                        let [x0, x1] = &rotated[*b];
                        [diagonal.limb(i), x0.limb(i), x1.limb(i)]
                    })
                    .collect();
                Poly::inner_product_pair_limb(basis, i, [first, second], &terms);
            },
        );
        evaluator.counters.plaintext_product(giant.terms.len());
        if giant.step == 0 {
            return Ok(sum);
        }
        // rotate (s0, s1): switch s1 / P, and let s0 stay multiplied by P
        let g = GaloisElement::rotation(giant.step as i64, parameters.log_n());
        let [s0, s1] = sum;
        let [s1] = evaluator.divide_all(&tables.mod_down, [s1]);
        let decomposition = evaluator.decompose(&s1);
        evaluator.galois_lifted(&s0, &decomposition, g, self.level)
    }
}
