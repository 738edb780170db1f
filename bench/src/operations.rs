//! The operations of the scheme that other libraries also have, one at a time.

use std::{f64::consts::TAU, hint::black_box};

use inkognito::Keyring;
use inkognito_ckks::{
    Ciphertext, Complex64, Encoder, EvaluationKeys, Evaluator, KeyRequest, Parameters, Plaintext,
};

/// One operation on ciphertexts with all slots in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Encodes N/2 complex numbers and encrypts them with the secret key.
    Encrypt,
    /// Decrypts and decodes N/2 complex numbers.
    Decrypt,
    /// Rotates by one slot: an automorphism and a key switch.
    Rotate,
    /// Multiplies by an encoded vector.
    MultiplyPlain,
    /// Divides by the last modulus.
    Rescale,
    /// Squares, relinearises and rescales.
    Square,
    /// Generates the switching key of one rotation.
    GaloisKey,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 7] = [
        Self::Encrypt,
        Self::Decrypt,
        Self::Rotate,
        Self::MultiplyPlain,
        Self::Rescale,
        Self::Square,
        Self::GaloisKey,
    ];

    /// Returns its name in every table, for all libraries.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Encrypt => "encrypt",
            Self::Decrypt => "decrypt",
            Self::Rotate => "rotate",
            Self::MultiplyPlain => "multiply_plain",
            Self::Rescale => "rescale",
            Self::Square => "square",
            Self::GaloisKey => "galois_key",
        }
    }
}

/// Keys and operands at one level of a parameter set.
pub struct Workbench {
    keyring: Keyring,
    evaluator: Evaluator,
    level: usize,
    values: Vec<Complex64>,
    plain: Plaintext,
    fresh: Ciphertext,
    product: Ciphertext,
}

impl Workbench {
    /// Generates keys and encrypts the operands, all at `level`.
    ///
    /// # Panics
    ///
    /// If `level` is 0 or above the top level of the parameter set.
    pub fn new(parameters: &Parameters, level: usize) -> Self {
        let mut keyring = Keyring::from_seed(parameters, &[7; 32]);
        let mut keys = EvaluationKeys::new();
        keys.insert(keyring.switching_key(KeyRequest::rotation(parameters, 1, level)));
        keys.insert(keyring.switching_key(KeyRequest::relinearization(level)));
        let evaluator = Evaluator::new(parameters.clone(), keys);
        let (values, scale) = (values(parameters.slots()), parameters.scale());
        let encoded = Encoder::new(parameters)
            .encode(&values, scale, parameters.q_basis(level))
            .expect("values of the unit disc fit the scale");
        let plain = Plaintext::new(encoded.into_ntt(), scale);
        let fresh = keyring
            .encrypt(&values, level, scale)
            .expect("values of the unit disc fit the scale")
            .expand();
        let product = evaluator
            .mul_plain(&fresh, &plain)
            .expect("both have the same level");
        Self {
            keyring,
            evaluator,
            level,
            values,
            plain,
            fresh,
            product,
        }
    }

    /// Runs an operation once.
    ///
    /// # Panics
    ///
    /// Never: keys and levels were chosen to fit.
    pub fn run(&mut self, operation: Operation) {
        let Self {
            keyring, evaluator, ..
        } = self;
        match operation {
            Operation::Encrypt => {
                let scale = evaluator.parameters().scale();
                let encrypted = keyring.encrypt(&self.values, self.level, scale);
                black_box(encrypted.expect("values of the unit disc fit the scale"));
            }
            Operation::Decrypt => {
                black_box(keyring.decrypt(&self.fresh));
            }
            Operation::Rotate => {
                black_box(
                    evaluator
                        .rotate(&self.fresh, 1)
                        .expect("the key was generated"),
                );
            }
            Operation::MultiplyPlain => {
                let product = evaluator.mul_plain(&self.fresh, &self.plain);
                black_box(product.expect("both have the same level"));
            }
            Operation::Rescale => {
                let rescaled = evaluator.rescale(self.product.clone());
                black_box(rescaled.expect("the level is at least 1"));
            }
            Operation::Square => {
                black_box(
                    evaluator
                        .square(&self.fresh)
                        .expect("the key was generated"),
                );
            }
            Operation::GaloisKey => {
                let request = KeyRequest::rotation(evaluator.parameters(), 1, self.level);
                black_box(keyring.switching_key(request));
            }
        }
    }
}

/// Pseudorandom numbers in [0, 1), the same on every run.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new() -> Self {
        Self(1)
    }

    pub(crate) fn next(&mut self) -> f64 {
        let product = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = product.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Returns `count` numbers of the unit disc.
fn values(count: usize) -> Vec<Complex64> {
    let mut numbers = Numbers::new();
    let mut next = || numbers.next();
    (0..count)
        .map(|_| Complex64::from_polar(next().sqrt(), next() * TAU))
        .collect()
}

#[cfg(test)]
mod tests {
    use inkognito_ckks::ParametersLiteral;

    use super::*;

    #[test]
    fn every_operation_can_be_repeated() {
        let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
        for level in [1, parameters.max_level()] {
            let mut workbench = Workbench::new(&parameters, level);
            for operation in Operation::ALL {
                workbench.run(operation);
                workbench.run(operation);
            }
            let read = workbench.keyring.decrypt(&workbench.fresh);
            let errors = read
                .iter()
                .zip(&workbench.values)
                .map(|(a, b)| (a - b).norm());
            assert!(
                errors.fold(0.0, f64::max) < 1e-3,
                "the operands have not changed"
            );
        }
    }

    #[test]
    fn names_are_distinct() {
        let names: std::collections::BTreeSet<_> = Operation::ALL
            .iter()
            .map(|operation| operation.name())
            .collect();
        assert_eq!(names.len(), Operation::ALL.len());
    }
}
