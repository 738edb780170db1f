//! Sums and products of ciphertexts, with relinearisation and rescaling.
//!
//! Relies on key switching (`key_switch.rs`) for products. Not for operands at different levels or
//! scales: `linear_combination.rs` adds those.

use inkognito_ring::Poly;
use inkognito_ring::fused::{DualInnerProduct, FusedKernels, Interleaved};
use inkognito_threads as threads;

use crate::{
    error::CkksError,
    evaluator::{Evaluator, ciphertext_qp::CiphertextQp, key_switch::Decomposition},
    scheme::ciphertext::{Ciphertext, Plaintext, expect_scale},
};

impl Evaluator {
    /// Adds `b` to `a`, slot by slot. Level and scale stay.
    ///
    /// # Errors
    /// - [`CkksError::Level`] if the levels differ;
    /// - [`CkksError::Scale`] if the scales differ.
    pub fn add_assign(&self, a: &mut Ciphertext, b: &Ciphertext) -> Result<(), CkksError> {
        b.expect_level(a.level())?;
        expect_scale(a.scale, b.scale)?;
        for (a, b) in a.c.iter_mut().zip(&b.c) {
            a.add_assign(b);
        }
        Ok(())
    }

    /// Adds an encoded vector to `a`, slot by slot. Level and scale stay.
    ///
    /// # Errors
    /// - [`CkksError::Level`] if the levels differ;
    /// - [`CkksError::Scale`] if the scales differ.
    pub fn add_plain_assign(&self, a: &mut Ciphertext, b: &Plaintext) -> Result<(), CkksError> {
        a.expect_level(b.level())?;
        expect_scale(a.scale, b.scale)?;
        a.c[0].add_assign(&b.poly);
        Ok(())
    }

    /// Multiplies by an encoded vector, slot by slot. The level stays and the scale becomes
    /// `D_a D_b`.
    ///
    /// # Errors
    /// [`CkksError::Level`] if the levels differ.
    ///
    /// ```
    /// # use inkognito_ckks::*;
    /// # use inkognito_ring::Poly;
    /// # let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
    /// # let evaluator = Evaluator::new(parameters.clone(), EvaluationKeys::new());
    /// # let zero = |level: usize, scale: f64| {
    /// #     let poly = Poly::zero(parameters.q_basis(level));
    /// #     Ciphertext::new([poly.clone(), poly], scale)
    /// # };
    /// let ones = |level| {
    ///     let basis = parameters.q_basis(level);
    ///     let ones = Encoder::new(&parameters).encode_real(&[1.0], 8.0, basis);
    ///     Plaintext::new(ones.unwrap().into_ntt(), 8.0)
    /// };
    /// assert_eq!(evaluator.mul_plain(&zero(2, 1024.0), &ones(2))?.scale(), 8192.0);
    /// let refused = evaluator.mul_plain(&zero(2, 1024.0), &ones(1));
    /// assert_eq!(refused, Err(CkksError::Level { expected: 1, actual: 2 }));
    /// # Ok::<(), CkksError>(())
    /// ```
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

    /// Divides by the last modulus, with rounding: from level l and scale `D` to level l - 1 and
    /// scale `D / q_l`.
    ///
    /// # Errors
    /// [`CkksError::LevelsExhausted`] at level 0.
    pub fn rescale(&self, mut a: Ciphertext) -> Result<Ciphertext, CkksError> {
        let level = a.level();
        let division = self.parameters().level_tables(level).rescale.as_ref();
        let division = division.ok_or(CkksError::LevelsExhausted)?;
        let scale = a.scale / f64::from(self.parameters().modulus(level));
        self.mod_down_assign(&division.plain, &mut a.c);
        Ok(Ciphertext::new(a.c, scale))
    }

    /// Multiplies two ciphertexts, slot by slot, then relinearises and rescales: from level l to
    /// level l - 1 and scale `D_a D_b / q_l`.
    ///
    /// One division takes P and `q_l` together, so there is a single rounding. (Rescaling before
    /// relinearising would switch keys one level lower, but `s^2` would multiply the rounding of
    /// the third polynomial: a loss of six bits of precision.)
    ///
    /// # Errors
    /// - [`CkksError::Level`] if the levels differ;
    /// - [`CkksError::LevelsExhausted`] at level 0;
    /// - [`CkksError::MissingKey`] if there is no relinearisation key at level l.
    ///
    /// ```
    /// # use inkognito_ckks::*;
    /// # use inkognito_ring::Poly;
    /// # let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
    /// # let mut evaluator = Evaluator::new(parameters.clone(), EvaluationKeys::new());
    /// # let zero = |level: usize, scale: f64| {
    /// #     let poly = Poly::zero(parameters.q_basis(level));
    /// #     Ciphertext::new([poly.clone(), poly], scale)
    /// # };
    /// let (a, b) = (zero(2, 1024.0), zero(2, 2048.0));
    /// let refused = evaluator.multiply(&a, &b);
    /// assert!(matches!(refused, Err(CkksError::MissingKey { level: 2, .. })));
    ///
    /// // zeros instead of a real key, which only the holder of the secret can make
    /// evaluator.keys_mut().insert(SeededSwitchingKey {
    ///     request: KeyRequest::relinearization(2),
    ///     seed: [7; 32],
    ///     b: vec![Poly::zero(parameters.qp_basis(2)); parameters.digits(2)],
    /// });
    /// let product = evaluator.multiply(&a, &b)?;
    /// assert_eq!(product.level(), 1);
    /// assert_eq!(product.scale(), 1024.0 * 2048.0 / f64::from(parameters.modulus(2)));
    /// # Ok::<(), CkksError>(())
    /// ```
    pub fn multiply(&self, a: &Ciphertext, b: &Ciphertext) -> Result<Ciphertext, CkksError> {
        let (level, n) = (a.level(), self.parameters().degree());
        b.expect_level(level)?;
        if level == 0 {
            return Err(CkksError::LevelsExhausted);
        }
        let tables = self.parameters().level_tables(level);
        let ([a0, a1], [b0, b1]) = (&a.c, &b.c);
        let mut tensor = self.scratch.take((level + 1) * 3 * n);
        threads::for_each(tensor.chunks_exact_mut(3 * n), |i, d| {
            let [a0, a1, b0, b1] = [a0, a1, b0, b1].map(|poly| poly.limb(i));
            let (sub_ring, (d0, d)) = (tables.q.sub_ring(i), d.split_at_mut(n));
            let (d1, d2) = d.split_at_mut(n);
            sub_ring.inner_product(d0, &[[a0, b0]]);
            sub_ring.inner_product(d1, &[[a0, b1], [a1, b0]]);
            sub_ring.inner_product(d2, &[[a1, b1]]);
        });
        let limbs = tensor.chunks_exact(3 * n);
        let d0_d1: Vec<_> = limbs.clone().map(|d| [&d[..n], &d[n..2 * n]]).collect();
        let d2 = limbs.map(|d| &d[2 * n..]).collect();
        let product = self.relinearize(d2, &d0_d1, a.scale * b.scale)?;
        self.mod_down(product, true)
    }

    /// Squares every slot; see [`Evaluator::multiply`].
    ///
    /// # Errors
    /// - [`CkksError::LevelsExhausted`] at level 0;
    /// - [`CkksError::MissingKey`] if there is no relinearisation key at level l.
    pub fn square(&self, a: &Ciphertext) -> Result<Ciphertext, CkksError> {
        self.multiply(a, a)
    }

    /// Relinearises `(d_0, d_1, d_2)` and returns P times the result, at the given scale.
    ///
    /// `d2` has a limb for each of `q_0 .. q_level`, and `d0_d1` a pair of limbs for each. `d0_d1`
    /// may be empty, which stands for zeros. All limbs are in the NTT domain.
    ///
    /// # Errors
    /// [`CkksError::MissingKey`] if there is no relinearisation key at the level.
    pub(super) fn relinearize(
        &self,
        d2: Vec<&[u32]>,
        d0_d1: &[[&[u32]; 2]],
        scale: f64,
    ) -> Result<CiphertextQp, CkksError> {
        let (level, n) = (d2.len() - 1, self.parameters().degree());
        let tables = self.parameters().level_tables(level);
        let key = self.keys().relinearization(level)?;
        let decomposition = Decomposition::new(self, d2);
        let mut c = [Poly::zero(&tables.qp), Poly::zero(&tables.qp)];
        let [first, second] = &mut c;
        threads::for_each(
            first.limbs_mut().zip(second.limbs_mut()),
            |i, (first, second)| {
                let mut buffer = self.scratch.take(decomposition.len() * n);
                let digits = decomposition.mod_up(i, &mut buffer);
                let terms = key.terms(&digits, i).into_iter();
                let terms: Vec<_> = terms
                    .map(|(digit, [b, a])| [Interleaved::contiguous(digit), b, a])
                    .collect();
                // P d_0 and P d_1 are 0 modulo the special moduli
                let p_times = |k: usize| {
                    let pair = d0_d1.get(i);
                    pair.map(|pair| (pair[k], tables.special_product[i]))
                };
                let sum = DualInnerProduct {
                    terms: &terms,
                    extra: [p_times(0), p_times(1)],
                };
                tables
                    .qp
                    .sub_ring(i)
                    .dual_inner_product([first, second], sum);
            },
        );
        self.counters.ntt(decomposition.transforms());
        self.counters.key_switch(1);
        Ok(CiphertextQp { c, level, scale })
    }
}
