//! The product of a fixed matrix and an encrypted vector that repeats, with its results as
//! coefficients: one product of polynomials for several rows, and no key.
//!
//! With `gap = N / (2 period)`, a vector that repeats every `period` slots is a polynomial `x` in
//! `X^gap`. The constant coefficient of a product of two such polynomials is the mean, over the
//! slots, of the real part of the slots' products. So row j of the matrix, times the period, is
//! encoded as a polynomial `w_j` in `X^gap`, too. Then coefficient `j < gap` of `x sum_j w_j X^j`
//! is row j times the vector, since every other term has its coefficients at other indices. More
//! rows than `gap` take further products.
//!
//! (Huang, Lu, Hong and Ding, *Cheetah: Lean and fast secure two-party deep neural network
//! inference*, 2022, section 3.1, encode rows as coefficients in this way. Here the vector comes in
//! slots.)
//!
//! The result is truncated to the coefficients that are results.
//!
//! Relies on [`Encoder`] and on one plaintext product for each ciphertext. Not for results that
//! another layer reads: they are not in slots.

use inkognito_ring::{Ntt, Poly};
use num_complex::Complex64;

use crate::{
    error::CkksError,
    evaluator::Evaluator,
    scheme::{
        ciphertext::{Ciphertext, Plaintext},
        encoder::Encoder,
        parameters::Parameters,
    },
};

/// A ciphertext at level 0 of which only the first coefficients can be decrypted.
#[derive(Debug, Clone, PartialEq)]
pub struct TruncatedCiphertext {
    /// The first coefficients of `c_0`, modulo `q_0`.
    pub(crate) c0: Vec<u32>,
    /// Over `q_0`.
    pub(crate) c1: Poly<Ntt>,
    pub(crate) scale: f64,
}

impl TruncatedCiphertext {
    /// Returns the first coefficients of `c_0`, modulo `q_0`.
    pub fn c0(&self) -> &[u32] {
        &self.c0
    }

    /// Returns the whole of `c_1`, over `q_0`.
    pub fn c1(&self) -> &Poly<Ntt> {
        &self.c1
    }

    /// Returns the factor that the encrypted coefficients carry.
    pub fn scale(&self) -> f64 {
        self.scale
    }
}

/// A matrix and a bias, encoded for ciphertexts at level 1.
///
/// ```
/// use inkognito_ckks::{
///     Ciphertext, CkksError, CoefficientMatVec, Encoder, EvaluationKeys, Evaluator, Parameters,
///     ParametersLiteral,
/// };
/// use inkognito_ring::Poly;
///
/// let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
/// let (encoder, scale) = (Encoder::new(&parameters), parameters.scale());
/// // two rows for a vector that repeats every four slots
/// let rows = [vec![1.0, 2.0, 3.0, 4.0], vec![0.5; 4]];
/// let q1 = f64::from(parameters.modulus(1));
/// let product = CoefficientMatVec::new(&parameters, &encoder, &rows, &[0.1, 0.2], q1, scale)?;
///
/// let evaluator = Evaluator::new(parameters.clone(), EvaluationKeys::new());
/// let zero = |level| {
///     let poly = Poly::zero(parameters.q_basis(level));
///     Ciphertext::new([poly.clone(), poly], scale)
/// };
/// let results = product.apply(&evaluator, &zero(1))?;
/// assert_eq!(results[0].c0().len(), 2);
///
/// let refused = product.apply(&evaluator, &zero(2));
/// assert_eq!(refused, Err(CkksError::Level { expected: 1, actual: 2 }));
/// # Ok::<(), CkksError>(())
/// ```
pub struct CoefficientMatVec {
    products: Vec<Product>,
}

/// The rows that one product of polynomials computes.
struct Product {
    weights: Plaintext,
    bias: Plaintext,
    rows: usize,
}

impl CoefficientMatVec {
    /// Returns the number of rows that each product of polynomials computes, for a matrix of `rows`
    /// rows.
    ///
    /// # Panics
    /// If `period` is 0 or greater than the number of slots.
    ///
    /// ```
    /// use inkognito_ckks::{CoefficientMatVec, Parameters, ParametersLiteral};
    ///
    /// let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
    /// // 4096 slots and a period of 1024 leave a gap of four
    /// assert_eq!(CoefficientMatVec::row_counts(&parameters, 1024, 10), [4, 4, 2]);
    /// ```
    pub fn row_counts(parameters: &Parameters, period: usize, rows: usize) -> Vec<usize> {
        let gap = parameters.slots() / period;
        (0..rows)
            .step_by(gap)
            .map(|row| gap.min(rows - row))
            .collect()
    }

    /// Encodes rows at `scale`, and the bias of each result at `output_scale`.
    ///
    /// All rows have as many weights as the vector's period, a power of two.
    ///
    /// # Errors
    /// - [`CkksError::TooManyValues`] if `encoder` is for a smaller degree;
    /// - [`CkksError::ValueOutOfRange`] if a value is not finite or too large for its scale.
    ///
    /// # Panics
    /// If the first row is empty or longer than the number of slots, there are fewer biases than
    /// rows, the parameter set has no level 1, or `encoder` is for a greater degree.
    pub fn new(
        parameters: &Parameters,
        encoder: &Encoder,
        rows: &[Vec<f64>],
        bias: &[f64],
        scale: f64,
        output_scale: f64,
    ) -> Result<Self, CkksError> {
        let period = rows.first().map_or(1, Vec::len);
        let mut rest = (rows, bias);
        let counts = Self::row_counts(parameters, period, rows.len());
        let products = counts.into_iter().map(|count| {
            let (rows, bias) = (rest.0.split_at(count), rest.1.split_at(count));
            rest = (rows.1, bias.1);
            let mut weights = vec![0; parameters.degree()];
            for (j, row) in rows.0.iter().enumerate() {
                let slots = row.iter().cycle().take(parameters.slots());
                let slots: Vec<_> = slots.map(|w| Complex64::from(w * period as f64)).collect();
                // coefficients beyond the last multiple of the gap are zero
                let coefficients = encoder.coefficients(&slots, scale)?;
                for (sum, coefficient) in weights[j..].iter_mut().zip(coefficients) {
                    *sum += coefficient;
                }
            }
            let weights = Poly::from_signed(parameters.q_basis(1), &weights);
            let bias = encoder.scale_coefficients(bias.0, output_scale)?;
            let bias = Poly::from_signed(parameters.q_basis(0), &bias);
            Ok(Product {
                weights: Plaintext::new(weights.into_ntt(), scale),
                bias: Plaintext::new(bias.into_ntt(), output_scale),
                rows: count,
            })
        });
        let products = products.collect::<Result<_, _>>()?;
        Ok(Self { products })
    }

    /// Multiplies the matrix and the vector and adds the bias: from level 1 and scale `D` to level
    /// 0 and scale `D scale / q_1`.
    ///
    /// The results are the coefficients of truncated ciphertexts, one for each product; see
    /// [`CoefficientMatVec::row_counts`].
    ///
    /// # Errors
    /// - [`CkksError::Level`] if the ciphertext is not at level 1;
    /// - [`CkksError::Scale`] if the resulting scale is not the bias's.
    pub fn apply(
        &self,
        evaluator: &Evaluator,
        x: &Ciphertext,
    ) -> Result<Vec<TruncatedCiphertext>, CkksError> {
        let products = self.products.iter().map(|product| {
            let y = evaluator.mul_plain(x, &product.weights)?;
            let mut y = evaluator.rescale(y)?;
            evaluator.add_plain_assign(&mut y, &product.bias)?;
            evaluator.truncate(y, product.rows)
        });
        products.collect()
    }
}

impl Evaluator {
    /// Drops all coefficients of `c_0` but the first `count`, so that only those can be decrypted.
    /// The scale stays.
    ///
    /// # Errors
    /// - [`CkksError::Level`] if the ciphertext is not at level 0;
    /// - [`CkksError::TooManyValues`] if `count` is more than N.
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
    /// assert_eq!(evaluator.truncate(zero(0, 1024.0), 10)?.c0().len(), 10);
    /// assert!(evaluator.truncate(zero(1, 1024.0), 10).is_err());
    /// assert!(evaluator.truncate(zero(0, 1024.0), 8193).is_err());
    /// # Ok::<(), CkksError>(())
    /// ```
    pub fn truncate(&self, a: Ciphertext, count: usize) -> Result<TruncatedCiphertext, CkksError> {
        a.expect_level(0)?;
        let scale = a.scale();
        let [c0, c1] = a.c;
        self.counters.ntt(1);
        let c0 = c0.into_coeff();
        let first = c0.limb(0).get(..count);
        let first = first.ok_or(CkksError::TooManyValues {
            slots: self.parameters().degree(),
            actual: count,
        })?;
        Ok(TruncatedCiphertext {
            c0: first.to_vec(),
            c1,
            scale,
        })
    }
}
