//! The canonical embedding: vectors of N/2 complex slots to integer polynomials and back.
//!
//! Slot `j` is the polynomial's value at `zeta^(5^j)`, `zeta = exp(i pi / N)`. The coefficients are
//! real, so the other roots hold the conjugates. The transform is the radix-2 transform of HEAAN
//! (Cheon et al. 2017, section 3.1), in double precision. Its relative error is some 2^-46, far
//! below the scheme's.
//!
//! Relies on [`Poly`] for residues. Not for exact integers: encoding and decoding round.

use inkognito_ring::{Basis, Coeff, MixedRadix, Poly};
use num_complex::Complex64;

use crate::{error::CkksError, scheme::parameters::Parameters};

/// Largest absolute coefficient: exactly convertible to `i64`.
const MAX_COEFFICIENT: f64 = (1u64 << 62) as f64;

/// Number of moduli that decoding reads. Moduli of 20 bits make integers below 2^79 exact, which is
/// more than any sensible scale times value, and `i128` holds all intermediate products.
const DECODED_MODULI: usize = 4;

/// Encodes vectors as polynomials and decodes them, for one ring degree.
///
/// ```
/// use inkognito_ckks::{CkksError, Encoder, Parameters, ParametersLiteral};
///
/// let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
/// let encoder = Encoder::new(&parameters);
/// let (scale, basis) = (parameters.scale(), parameters.q_basis(0));
///
/// let poly = encoder.encode_real(&[1.5, -2.0], scale, basis)?;
/// let slots = encoder.decode(&poly, scale);
/// assert!((slots[0].re - 1.5).abs() < 1e-5 && (slots[1].re + 2.0).abs() < 1e-5);
///
/// // a value that is no number, and more values than slots
/// let refused = encoder.encode_real(&[f64::NAN], scale, basis);
/// assert!(matches!(refused, Err(CkksError::ValueOutOfRange { .. })));
/// let refused = encoder.encode_real(&[0.0; 4097], scale, basis);
/// assert!(matches!(refused, Err(CkksError::TooManyValues { slots: 4096, actual: 4097 })));
/// # Ok::<(), CkksError>(())
/// ```
pub struct Encoder {
    slots: usize,
    /// `zeta^k` for `k < 2N`.
    roots: Vec<Complex64>,
    /// `5^j mod 2N` for `j < N/2`.
    powers_of_five: Vec<usize>,
}

impl Encoder {
    /// Computes the tables for the degree of `parameters`.
    pub fn new(parameters: &Parameters) -> Self {
        let (n, slots) = (parameters.degree(), parameters.slots());
        let powers_of_five = std::iter::successors(Some(1), |&g| Some(g * 5 % (2 * n)))
            .take(slots)
            .collect();
        Self {
            slots,
            roots: roots_of_unity(2 * n),
            powers_of_five,
        }
    }

    /// Returns the N coefficients, times `scale` and rounded, of the polynomial whose slots are
    /// `values`. Slots beyond them are zero.
    ///
    /// # Errors
    /// - [`CkksError::TooManyValues`] if there are more values than slots;
    /// - [`CkksError::ValueOutOfRange`] if a coefficient times the scale is not finite, or not
    ///   below 2^62 in magnitude.
    pub fn coefficients(&self, values: &[Complex64], scale: f64) -> Result<Vec<i64>, CkksError> {
        if values.len() > self.slots {
            return Err(CkksError::TooManyValues {
                slots: self.slots,
                actual: values.len(),
            });
        }
        let mut z = vec![Complex64::default(); self.slots];
        z[..values.len()].copy_from_slice(values);
        self.to_coefficients(&mut z);
        let mut coefficients = vec![0i64; 2 * self.slots];
        let (low, high) = coefficients.split_at_mut(self.slots);
        for (z, (re, im)) in z.iter().zip(low.iter_mut().zip(high)) {
            *re = rounded(z.re, scale)?;
            *im = rounded(z.im, scale)?;
        }
        Ok(coefficients)
    }

    /// Returns N coefficients: `values` times `scale`, rounded, and zeros behind them.
    ///
    /// # Errors
    /// - [`CkksError::TooManyValues`] if there are more than N values;
    /// - [`CkksError::ValueOutOfRange`] if a value times the scale is not finite, or not below 2^62
    ///   in magnitude.
    ///
    /// ```
    /// use inkognito_ckks::{Encoder, Parameters, ParametersLiteral};
    ///
    /// let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
    /// let encoder = Encoder::new(&parameters);
    /// assert_eq!(encoder.scale_coefficients(&[0.5, -0.25], 8.0).unwrap()[..3], [4, -2, 0]);
    /// assert!(encoder.scale_coefficients(&[f64::INFINITY], 8.0).is_err());
    /// ```
    pub fn scale_coefficients(&self, values: &[f64], scale: f64) -> Result<Vec<i64>, CkksError> {
        let mut coefficients = vec![0; 2 * self.slots];
        let first = coefficients.get_mut(..values.len());
        let first = first.ok_or(CkksError::TooManyValues {
            slots: 2 * self.slots,
            actual: values.len(),
        })?;
        for (coefficient, &value) in first.iter_mut().zip(values) {
            *coefficient = rounded(value, scale)?;
        }
        Ok(coefficients)
    }

    /// Encodes complex slots at `scale` as a polynomial over `basis`, in the coefficient domain.
    /// Slots beyond `values` are zero.
    ///
    /// # Errors
    /// - [`CkksError::TooManyValues`] if there are more values than slots;
    /// - [`CkksError::ValueOutOfRange`] if a coefficient times the scale is not finite, or not
    ///   below 2^62 in magnitude.
    ///
    /// # Panics
    /// If the degree of `basis` is not the encoder's.
    pub fn encode(
        &self,
        values: &[Complex64],
        scale: f64,
        basis: &Basis,
    ) -> Result<Poly<Coeff>, CkksError> {
        let coefficients = self.coefficients(values, scale)?;
        Ok(Poly::from_signed(basis, &coefficients))
    }

    /// Encodes real slots; see [`Encoder::encode`].
    ///
    /// # Errors
    /// - [`CkksError::TooManyValues`] if there are more values than slots;
    /// - [`CkksError::ValueOutOfRange`] if a coefficient times the scale is not finite, or not
    ///   below 2^62 in magnitude.
    ///
    /// # Panics
    /// If the degree of `basis` is not the encoder's.
    pub fn encode_real(
        &self,
        values: &[f64],
        scale: f64,
        basis: &Basis,
    ) -> Result<Poly<Coeff>, CkksError> {
        let values: Vec<_> = values.iter().map(|&v| Complex64::from(v)).collect();
        self.encode(&values, scale, basis)
    }

    /// Returns the slots of a polynomial at `scale`: the inverse of [`Encoder::encode`] up to
    /// rounding.
    ///
    /// The result is right for coefficients whose magnitude is below half the product of the
    /// polynomial's first four moduli, or of all its moduli if there are fewer.
    ///
    /// # Panics
    /// If the polynomial's degree is not the encoder's.
    pub fn decode(&self, poly: &Poly<Coeff>, scale: f64) -> Vec<Complex64> {
        assert_eq!(
            poly.basis().degree(),
            2 * self.slots,
            "degree of the polynomial"
        );
        let coefficients = centred_integers(poly);
        let mut z: Vec<_> = (0..self.slots)
            .map(|i| Complex64::new(coefficients[i], coefficients[i + self.slots]) / scale)
            .collect();
        self.to_slots(&mut z);
        z
    }

    /// Converts coefficients to values at `zeta^(5^j)`, in place. The real part of entry `i` is
    /// coefficient `i`, the imaginary part is coefficient `i + N/2`.
    fn to_slots(&self, z: &mut [Complex64]) {
        bit_reverse(z);
        let order = self.roots.len();
        let mut len = 2;
        while len <= z.len() {
            let (half, quadrants) = (len / 2, len * 4);
            let step = order / quadrants;
            for block in z.chunks_exact_mut(len) {
                let (low, high) = block.split_at_mut(half);
                for (j, (u, v)) in low.iter_mut().zip(high).enumerate() {
                    let w = self.roots[(self.powers_of_five[j] % quadrants) * step];
                    let t = *v * w;
                    (*u, *v) = (*u + t, *u - t);
                }
            }
            len *= 2;
        }
    }

    /// Inverts [`Encoder::to_slots`].
    fn to_coefficients(&self, z: &mut [Complex64]) {
        let order = self.roots.len();
        let mut len = z.len();
        while len >= 2 {
            let (half, quadrants) = (len / 2, len * 4);
            let step = order / quadrants;
            for block in z.chunks_exact_mut(len) {
                let (low, high) = block.split_at_mut(half);
                for (j, (u, v)) in low.iter_mut().zip(high).enumerate() {
                    let w = self.roots[(self.powers_of_five[j] % quadrants) * step].conj();
                    (*u, *v) = (*u + *v, (*u - *v) * w);
                }
            }
            len /= 2;
        }
        bit_reverse(z);
        let scale = 1.0 / z.len() as f64;
        z.iter_mut().for_each(|z| *z *= scale);
    }
}

/// Returns a value times a scale, rounded.
fn rounded(value: f64, scale: f64) -> Result<i64, CkksError> {
    let value = value * scale;
    // NaN is in no range
    if (-MAX_COEFFICIENT..MAX_COEFFICIENT).contains(&value) {
        Ok(value.round() as i64)
    } else {
        Err(CkksError::ValueOutOfRange { scale })
    }
}

/// Returns `exp(2 pi i k / count)` for `k < count`, a power of two.
///
/// The roots of order `2 m` are the roots of order `m`, and the same times one root of order `2 m`.
/// So each root is a product of at most log2 of `count` factors, with an error of some 2^-49.
fn roots_of_unity(count: usize) -> Vec<Complex64> {
    // primitive roots of order 2, 4, 8, ..
    let mut primitive = vec![Complex64::from(-1.0)];
    for k in 1..count.trailing_zeros() as usize {
        let Complex64 { re, im } = primitive[k - 1];
        primitive.push(if k == 1 {
            Complex64::i()
        } else {
            // half-angle formulas without a difference of close numbers
            let cosine = ((1.0 + re) / 2.0).sqrt();
            Complex64::new(cosine, im / (2.0 * cosine))
        });
    }
    let mut roots = vec![Complex64::default(); count];
    roots[0] = Complex64::from(1.0);
    let mut step = count;
    for root in primitive {
        step /= 2;
        for k in (step..count).step_by(2 * step) {
            roots[k] = roots[k - step] * root;
        }
    }
    roots
}

/// Moves each entry to the index with the bits reversed.
fn bit_reverse(z: &mut [Complex64]) {
    let shift = usize::BITS - z.len().trailing_zeros();
    for i in 0..z.len() {
        let j = i.reverse_bits() >> shift;
        if i < j {
            z.swap(i, j);
        }
    }
}

/// Returns each coefficient as the signed integer of least magnitude modulo the first moduli.
fn centred_integers(poly: &Poly<Coeff>) -> Vec<f64> {
    let basis = poly.basis().prefix(poly.basis().len().min(DECODED_MODULI));
    let n = basis.degree();
    let mut digits = poly.residues()[..n * basis.len()].to_vec();
    MixedRadix::new(&basis).digits_assign_contiguous(&mut digits);
    let moduli: Vec<_> = basis.moduli().map(|m| i128::from(m.value())).collect();
    let half = moduli.iter().product::<i128>() / 2;
    (0..n)
        .map(|k| {
            let digits = digits.iter().skip(k).step_by(n).zip(&moduli);
            let value = digits.rfold(0, |value, (&digit, p)| value * p + i128::from(digit));
            (value - half) as f64
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use proptest::prelude::*;

    use super::*;
    use crate::scheme::parameters::literal::ParametersLiteral;

    fn parameters() -> Parameters {
        Parameters::new(ParametersLiteral {
            log_n: 12,
            moduli_q_bits: vec![28, 26],
            special_moduli_bits: vec![29],
            log_scale: 26,
        })
        .unwrap()
    }

    #[test]
    fn slots_are_values_at_powers_of_five() {
        let p = parameters();
        let (encoder, n) = (Encoder::new(&p), p.degree());
        let mut coefficients = vec![0i64; n];
        [(0, 3), (1, -2), (5, 7), (n - 1, 11)]
            .iter()
            .for_each(|&(i, c)| coefficients[i] = c);
        let slots = encoder.decode(&Poly::from_signed(p.q_basis(1), &coefficients), 1.0);
        let mut exponent = 1;
        for slot in slots {
            let at = |i: usize| {
                Complex64::from_polar(1.0, PI * (exponent * i % (2 * n)) as f64 / n as f64)
            };
            let expected = 3.0 - 2.0 * at(1) + 7.0 * at(5) + 11.0 * at(n - 1);
            assert!((slot - expected).norm() < 1e-10);
            exponent = exponent * 5 % (2 * n);
        }
    }

    #[test]
    fn roots_are_where_sine_and_cosine_are() {
        for bits in [3, 14, 17] {
            let roots = roots_of_unity(1 << bits);
            for (k, root) in roots.iter().enumerate() {
                let angle = 2.0 * PI * k as f64 / roots.len() as f64;
                let error = (root - Complex64::from_polar(1.0, angle)).norm();
                assert!(error < 49f64.exp2().recip(), "{k} of 2^{bits}: {error:e}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn decoding_undoes_encoding(
            seed in any::<u64>(),
            count in 1usize..=2048,
            bits in 20u32..=50,
        ) {
            let p = parameters();
            let encoder = Encoder::new(&p);
            let mut x = seed | 1;
            let mut next = || {
                x = x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                (x >> 11) as f64 / (1u64 << 52) as f64 - 1.0
            };
            let values: Vec<_> = (0..count).map(|_| Complex64::new(next(), next())).collect();
            let scale = f64::from(bits).exp2();
            let poly = encoder.encode(&values, scale, p.q_basis(1)).unwrap();
            let decoded = encoder.decode(&poly, scale);
            // N rounding errors of variance 1/12 in each slot; six standard deviations
            let bound = 6.0 * (p.degree() as f64 / 12.0).sqrt() / scale + 1e-12;
            for (i, z) in decoded.iter().enumerate() {
                let expected = values.get(i).copied().unwrap_or_default();
                prop_assert!((z - expected).norm() < bound);
            }
        }

        #[test]
        fn bad_values_are_refused(bad in prop_oneof![
            Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(1e300)
        ]) {
            let p = parameters();
            let result = Encoder::new(&p).encode_real(&[1.0, bad], p.scale(), p.q_basis(0));
            let refused = matches!(result, Err(CkksError::ValueOutOfRange { .. }));
            prop_assert!(refused);
        }
    }
}
