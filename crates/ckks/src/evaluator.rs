//! Operations on ciphertexts. Everything here works without a secret.

use inkognito_ring::{DivideRound, GaloisElement, Ntt, Poly};

use crate::{
    Ciphertext, CkksError, Decomposition, EvaluationKeys, OperationCount, Parameters, Plaintext,
    ciphertext::expect_scale, count::Counters, key_switch, parallel,
};

/// Computes on ciphertexts of one key pair: parameters, evaluation keys, and a count of the work.
pub struct Evaluator {
    parameters: Parameters,
    keys: EvaluationKeys,
    pub(crate) counters: Counters,
}

impl Evaluator {
    /// An evaluator for ciphertexts of `parameters` with the keys that its owner sent.
    pub fn new(parameters: Parameters, keys: EvaluationKeys) -> Self {
        Self {
            parameters,
            keys,
            counters: Counters::default(),
        }
    }

    /// The parameter set.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The evaluation keys.
    pub fn keys(&self) -> &EvaluationKeys {
        &self.keys
    }

    /// The evaluation keys, to take more in.
    pub fn keys_mut(&mut self) -> &mut EvaluationKeys {
        &mut self.keys
    }

    /// The operations counted since the last call.
    pub fn take_operation_count(&self) -> OperationCount {
        self.counters.take()
    }

    /// `a += b`, slot by slot; both at the same level and scale.
    ///
    /// # Errors
    /// Levels or scales that differ.
    pub fn add_assign(&self, a: &mut Ciphertext, b: &Ciphertext) -> Result<(), CkksError> {
        b.expect_level(a.level())?;
        expect_scale(a.scale, b.scale)?;
        for (a, b) in a.c.iter_mut().zip(&b.c) {
            a.add_assign(b);
        }
        Ok(())
    }

    /// Adds an encoded vector at the ciphertext's level and scale.
    ///
    /// # Errors
    /// Levels or scales that differ.
    pub fn add_plain_assign(&self, a: &mut Ciphertext, b: &Plaintext) -> Result<(), CkksError> {
        a.expect_level(b.level())?;
        expect_scale(a.scale, b.scale)?;
        a.c[0].add_assign(&b.poly);
        Ok(())
    }

    /// The slotwise product with an encoded vector, at the product of the scales; not rescaled.
    ///
    /// # Errors
    /// Levels that differ.
    pub fn mul_plain(&self, a: &Ciphertext, b: &Plaintext) -> Result<Ciphertext, CkksError> {
        a.expect_level(b.level())?;
        self.counters.plaintext_product(1);
        let mut product = a.clone();
        for c in &mut product.c {
            c.mul_assign(&b.poly);
        }
        product.scale *= b.scale;
        Ok(product)
    }

    /// Divides by the last modulus: level l to l - 1, scale `D` to `D / q_l`.
    ///
    /// # Errors
    /// [`CkksError::LevelsExhausted`] at level 0.
    pub fn rescale(&self, a: Ciphertext) -> Result<Ciphertext, CkksError> {
        let level = a.level();
        let division = self.parameters.at(level).rescale.as_ref();
        let division = division.ok_or(CkksError::LevelsExhausted)?;
        Ok(Ciphertext {
            c: self.divide_all(division, a.c),
            scale: a.scale / f64::from(self.parameters.modulus(level)),
        })
    }

    /// The slotwise product of two ciphertexts, relinearised and rescaled: level l to l - 1, scale
    /// `D_a D_b / q_l`. One division takes P and `q_l` together, so that a single rounding is left.
    /// (Rescaling before relinearising would run the key switching one level lower, but the rounding
    /// of the third polynomial is then multiplied by `s^2`: six bits of precision lost.)
    ///
    /// # Errors
    /// Levels that differ or are exhausted; a missing relinearisation key at level l.
    pub fn multiply(&self, a: &Ciphertext, b: &Ciphertext) -> Result<Ciphertext, CkksError> {
        let level = a.level();
        b.expect_level(level)?;
        if level == 0 {
            return Err(CkksError::LevelsExhausted);
        }
        let tables = self.parameters.at(level);
        let key = self.keys.relinearization(level)?;
        let ([a0, a1], [b0, b1]) = (&a.c, &b.c);
        let product = |terms: &[[&Poly<Ntt>; 2]]| {
            let mut out = Poly::zero(&tables.q);
            for (i, limb) in out.limbs_mut().enumerate() {
                let terms: Vec<_> = terms.iter().map(|[x, y]| [x.limb(i), y.limb(i)]).collect();
                Poly::inner_product_limb(&tables.q, i, limb, &terms);
            }
            out
        };
        let tensor: [&[[&Poly<Ntt>; 2]]; 3] = [&[[a0, b0]], &[[a0, b1], [a1, b0]], &[[a1, b1]]];
        let [d0, d1, d2] = parallel::all(tensor, product);
        let decomposition = self.decompose(&d2);
        let [mut c0, mut c1] = key_switch::inner_product(&decomposition, key, &self.counters);
        c0.add_assign(&tables.lift(&d0));
        c1.add_assign(&tables.lift(&d1));
        self.mod_down_rescale([c0, c1], level, a.scale * b.scale)
    }

    /// The slotwise square; see [`Evaluator::multiply`].
    ///
    /// # Errors
    /// As [`Evaluator::multiply`].
    pub fn square(&self, a: &Ciphertext) -> Result<Ciphertext, CkksError> {
        self.multiply(a, a)
    }

    /// Rotates the slots left by `steps`: slot i becomes what slot `i + steps` was.
    ///
    /// # Errors
    /// [`CkksError::MissingKey`] if there is no key for that rotation at this level.
    pub fn rotate(&self, a: &Ciphertext, steps: i64) -> Result<Ciphertext, CkksError> {
        self.apply_galois(a, GaloisElement::rotation(steps, self.parameters.log_n()))
    }

    /// Conjugates every slot.
    ///
    /// # Errors
    /// [`CkksError::MissingKey`] if there is no key for it at this level.
    pub fn conjugate(&self, a: &Ciphertext) -> Result<Ciphertext, CkksError> {
        self.apply_galois(a, GaloisElement::conjugation(self.parameters.log_n()))
    }

    fn apply_galois(&self, a: &Ciphertext, g: GaloisElement) -> Result<Ciphertext, CkksError> {
        let level = a.level();
        let decomposition = self.decompose(&a.c[1]);
        let lifted = self.parameters.at(level).lift(&a.c[0]);
        let sum = self.galois_lifted(&lifted, &decomposition, g, level)?;
        Ok(Ciphertext {
            c: self.mod_down(sum, level),
            scale: a.scale,
        })
    }

    /// `a + sum of a rotated by each of steps`, with one decomposition and one division by P.
    ///
    /// # Errors
    /// [`CkksError::MissingKey`] if there is no key for one of the rotations at this level.
    pub fn add_rotations(&self, a: &Ciphertext, steps: &[i64]) -> Result<Ciphertext, CkksError> {
        let (level, log_n) = (a.level(), self.parameters.log_n());
        let decomposition = self.decompose(&a.c[1]);
        let lifted = self.parameters.at(level).lift(&a.c[0]);
        let rotated = parallel::map(steps.len(), |i| {
            let g = GaloisElement::rotation(steps[i], log_n);
            self.galois_lifted(&lifted, &decomposition, g, level)
        });
        let mut sum: Option<[Poly<Ntt>; 2]> = None;
        for rotated in rotated {
            add_pair(&mut sum, rotated?);
        }
        let Some(sum) = sum else { return Ok(a.clone()) };
        let mut c = self.mod_down(sum, level);
        for (c, a) in c.iter_mut().zip(&a.c) {
            c.add_assign(a);
        }
        Ok(Ciphertext { c, scale: a.scale })
    }

    /// Cuts a ciphertext's second polynomial into key-switching digits, to be shared by several
    /// rotations.
    pub fn decompose(&self, c1: &Poly<Ntt>) -> Decomposition {
        key_switch::decompose(&self.parameters, c1, &self.counters)
    }

    /// The image under an automorphism of the ciphertext whose first polynomial, times P, is
    /// `lifted` and whose second has the given decomposition; times P, over `qp_basis(level)`.
    pub(crate) fn galois_lifted(
        &self,
        lifted: &Poly<Ntt>,
        decomposition: &Decomposition,
        g: GaloisElement,
        level: usize,
    ) -> Result<[Poly<Ntt>; 2], CkksError> {
        let key = self.keys.galois(g, level)?;
        Ok(key_switch::automorphism(
            lifted,
            decomposition,
            key,
            &self.counters,
        ))
    }

    /// Divides two polynomials over `qp_basis(level)` by P.
    pub(crate) fn mod_down(&self, pair: [Poly<Ntt>; 2], level: usize) -> [Poly<Ntt>; 2] {
        self.divide_all(&self.parameters.at(level).mod_down, pair)
    }

    /// Divides two polynomials over `qp_basis(level)` by P and `q_level`: a ciphertext at `scale`,
    /// rescaled.
    pub(crate) fn mod_down_rescale(
        &self,
        pair: [Poly<Ntt>; 2],
        level: usize,
        scale: f64,
    ) -> Result<Ciphertext, CkksError> {
        let division = self.parameters.at(level).mod_down_rescale.as_ref();
        let division = division.ok_or(CkksError::LevelsExhausted)?;
        Ok(Ciphertext {
            c: self.divide_all(division, pair),
            scale: scale / f64::from(self.parameters.modulus(level)),
        })
    }

    /// Divides each polynomial.
    pub(crate) fn divide_all<const K: usize>(
        &self,
        division: &DivideRound,
        polys: [Poly<Ntt>; K],
    ) -> [Poly<Ntt>; K] {
        self.counters.ntt(K * division.transforms());
        parallel::all(polys, |poly| division.apply(poly))
    }
}

/// Adds a pair of polynomials to a sum that may still be empty.
pub(crate) fn add_pair(sum: &mut Option<[Poly<Ntt>; 2]>, pair: [Poly<Ntt>; 2]) {
    match sum {
        Some(sum) => sum.iter_mut().zip(&pair).for_each(|(s, p)| s.add_assign(p)),
        None => *sum = Some(pair),
    }
}
