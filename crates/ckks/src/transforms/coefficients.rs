//! A fixed matrix times an encrypted vector that repeats, its results as coefficients: one product of
//! polynomials, and no key.
//!
//! A vector that repeats every `period` slots is a polynomial `x` in `X^gap`, `gap = N / (2 period)`. The constant
//! coefficient of a product of two such polynomials is the mean over the slots of the real part of the products
//! there. So row j of the matrix, times the period, is encoded as a polynomial `w_j` in `X^gap` as well, and coefficient
//! `j < gap` of `x sum_j w_j X^j` is row j times the vector: each of the other terms has its coefficients
//! elsewhere. (Rows of coefficients, as Huang, Lu, Hong and Ding, *Cheetah: Lean and fast secure two-party deep neural
//! network inference*, 2022, section 3.1, have them; here the vector comes in slots.) More rows than `gap` take
//! further products.
//!
//! What is left of the result is an extract: the coefficients that are results, and no other.

use inkognito_ring::{Ntt, Poly};

use crate::{Ciphertext, CkksError, Complex64, Encoder, Evaluator, Parameters, Plaintext};

/// A ciphertext at level 0 of which no more than the first coefficients can be read.
#[derive(Debug, Clone, PartialEq)]
pub struct TruncatedCiphertext {
    /// The first coefficients of `c_0`, modulo `q_0`.
    pub(crate) c0: Vec<u32>,
    /// Over `q_0`.
    pub(crate) c1: Poly<Ntt>,
    pub(crate) scale: f64,
}

impl TruncatedCiphertext {
    /// The first coefficients of `c_0`, modulo `q_0`.
    pub fn c0(&self) -> &[u32] {
        &self.c0
    }

    /// `c_1`, whole, over `q_0`.
    pub fn c1(&self) -> &Poly<Ntt> {
        &self.c1
    }

    /// The factor that the encrypted coefficients carry.
    pub fn scale(&self) -> f64 {
        self.scale
    }
}

/// A matrix encoded for ciphertexts at level 1, and what is added to its results.
pub struct CoefficientMatVec {
    products: Vec<Product>,
}

/// The rows that one product computes.
struct Product {
    weights: Plaintext,
    added: Plaintext,
    rows: usize,
}

impl CoefficientMatVec {
    /// How many rows each product computes, given how many there are in all.
    pub fn row_counts(parameters: &Parameters, period: usize, rows: usize) -> Vec<usize> {
        let gap = parameters.slots() / period;
        (0..rows)
            .step_by(gap)
            .map(|row| gap.min(rows - row))
            .collect()
    }

    /// Encodes rows, each of as many weights as slots after which the vector repeats, a power of two, at
    /// `scale`; and what is added to each result, at `output_scale`.
    ///
    /// # Errors
    /// Values that do not fit slots or scales.
    pub fn new(
        parameters: &Parameters,
        encoder: &Encoder,
        rows: &[Vec<f64>],
        added: &[f64],
        scale: f64,
        output_scale: f64,
    ) -> Result<Self, CkksError> {
        let period = rows.first().map_or(1, Vec::len);
        let mut rest = (rows, added);
        let counts = Self::row_counts(parameters, period, rows.len());
        let products = counts.into_iter().map(|count| {
            let (rows, added) = (rest.0.split_at(count), rest.1.split_at(count));
            rest = (rows.1, added.1);
            let mut weights = vec![0; parameters.degree()];
            for (j, row) in rows.0.iter().enumerate() {
                let slots = row.iter().cycle().take(parameters.slots());
                let slots: Vec<_> = slots.map(|w| Complex64::from(w * period as f64)).collect();
                // those beyond the last multiple of the gap are zero
                let coefficients = encoder.coefficients(&slots, scale)?;
                for (sum, coefficient) in weights[j..].iter_mut().zip(coefficients) {
                    *sum += coefficient;
                }
            }
            let weights = Poly::from_signed(parameters.q_basis(1), &weights);
            let constants = encoder.constants(added.0, output_scale)?;
            let constants = Poly::from_signed(parameters.q_basis(0), &constants);
            Ok(Product {
                weights: Plaintext::new(weights.into_ntt(), scale),
                added: Plaintext::new(constants.into_ntt(), output_scale),
                rows: count,
            })
        });
        let products = products.collect::<Result<_, _>>()?;
        Ok(Self { products })
    }

    /// The results, encrypted, as the first coefficients of as many extracts as there are products.
    ///
    /// # Errors
    /// A ciphertext at another level than 1, or at a scale that does not lead to that of what is added.
    pub fn apply(
        &self,
        evaluator: &Evaluator,
        x: &Ciphertext,
    ) -> Result<Vec<TruncatedCiphertext>, CkksError> {
        let products = self.products.iter().map(|product| {
            let y = evaluator.mul_plain(x, &product.weights)?;
            let mut y = evaluator.rescale(y)?;
            evaluator.add_plain_assign(&mut y, &product.added)?;
            evaluator.truncate(y, product.rows)
        });
        products.collect()
    }
}

impl Evaluator {
    /// What it takes to read the first coefficients of a ciphertext at level 0, and no others.
    ///
    /// # Errors
    /// Another level, or more than N coefficients.
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
