//! Operations on ciphertexts. Everything here works without a secret.

use inkognito_ring::{DualInnerProduct, GaloisElement, Poly};
use inkognito_threads as threads;

use crate::{
    Automorphism, Ciphertext, CiphertextQp, CkksError, EvaluationKeys, OperationCount, Parameters,
    Plaintext, evaluator::key_switch::Digits, evaluator::operation_count::Counters,
    evaluator::scratch::Scratch, scheme::ciphertext::expect_scale,
};

/// Computes on ciphertexts of one key pair: parameters, evaluation keys, a count of the work, and
/// the memory that it is done in.
pub struct Evaluator {
    parameters: Parameters,
    keys: EvaluationKeys,
    pub(crate) counters: Counters,
    pub(crate) scratch: Scratch,
}

impl Evaluator {
    /// An evaluator for ciphertexts of `parameters` with the keys that its owner sent.
    pub fn new(parameters: Parameters, keys: EvaluationKeys) -> Self {
        Self {
            parameters,
            keys,
            counters: Counters::default(),
            scratch: Scratch::default(),
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
    pub fn rescale(&self, mut a: Ciphertext) -> Result<Ciphertext, CkksError> {
        let level = a.level();
        let division = self.parameters.at(level).rescale.as_ref();
        let division = division.ok_or(CkksError::LevelsExhausted)?;
        let scale = a.scale / f64::from(self.parameters.modulus(level));
        self.mod_down_assign(&division.plain, &mut a.c);
        Ok(Ciphertext::new(a.c, scale))
    }

    /// The slotwise product of two ciphertexts, relinearised and rescaled: level l to l - 1, scale
    /// `D_a D_b / q_l`. One division takes P and `q_l` together, so that a single rounding is left.
    /// (Rescaling before relinearising would run the key switching one level lower, but the rounding
    /// of the third polynomial is then multiplied by `s^2`: six bits of precision lost.)
    ///
    /// # Errors
    /// Levels that differ or are exhausted; a missing relinearisation key at level l.
    pub fn multiply(&self, a: &Ciphertext, b: &Ciphertext) -> Result<Ciphertext, CkksError> {
        let (level, n) = (a.level(), self.parameters.degree());
        b.expect_level(level)?;
        if level == 0 {
            return Err(CkksError::LevelsExhausted);
        }
        let tables = self.parameters.at(level);
        let ([a0, a1], [b0, b1]) = (&a.c, &b.c);
        let mut tensor = self.scratch.take((level + 1) * 3 * n);
        threads::for_each(tensor.chunks_exact_mut(3 * n), |i, d| {
            let [a0, a1, b0, b1] = [a0, a1, b0, b1].map(|poly| poly.limb(i));
            let (table, (d0, d)) = (tables.q.sub_ring(i), d.split_at_mut(n));
            let (d1, d2) = d.split_at_mut(n);
            table.inner_product(d0, &[[a0, b0]]);
            table.inner_product(d1, &[[a0, b1], [a1, b0]]);
            table.inner_product(d2, &[[a1, b1]]);
        });
        let tensor: Vec<&[u32]> = tensor.chunks_exact(n).collect();
        let third = tensor.iter().skip(2).step_by(3).copied().collect();
        let product = self.relinearize(third, &tensor, a.scale * b.scale)?;
        self.mod_down(product, true)
    }

    /// P times what the third polynomial of a product becomes, given limb by limb; plus, lifted, the first two of
    /// `tensor`, which has all three of them for each modulus, or nothing.
    pub(crate) fn relinearize(
        &self,
        third: Vec<&[u32]>,
        tensor: &[&[u32]],
        scale: f64,
    ) -> Result<CiphertextQp, CkksError> {
        let (level, n) = (third.len() - 1, self.parameters.degree());
        let (tables, key) = (self.parameters.at(level), self.keys.relinearization(level)?);
        let digits = Digits::decompose(self, third);
        let mut c = [Poly::zero(&tables.qp), Poly::zero(&tables.qp)];
        let [first, second] = &mut c;
        threads::for_each(
            first.limbs_mut().zip(second.limbs_mut()),
            |i, (first, second)| {
                let mut room = self.scratch.take(digits.len() * n);
                let raised = digits.mod_up(i, &mut room);
                // P d is 0 modulo the special moduli, of which the tensor knows nothing
                let lift = |k: usize| tensor.get(3 * i + k).copied();
                let terms = key.terms(&raised, i).into_iter();
                let terms: Vec<_> = terms.map(|(digit, [b, a])| [digit.into(), b, a]).collect();
                let sum = DualInnerProduct {
                    terms: &terms,
                    extra: [lift(0), lift(1)].map(|d| d.map(|d| (d, tables.special_product[i]))),
                };
                tables
                    .qp
                    .sub_ring(i)
                    .dual_inner_product([first, second], sum);
            },
        );
        self.counters.ntt(digits.transforms());
        self.counters.key_switch(1);
        Ok(CiphertextQp { c, level, scale })
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
        let image = Automorphism {
            galois_element: g,
            mul_by_i: false,
        };
        self.mod_down(self.apply_automorphism(a, image)?, false)
    }
}
