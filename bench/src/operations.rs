//! The operations of the scheme that other libraries have, too, each on its own.

use std::{f64::consts::TAU, hint::black_box};

use inkognito::Keyring;
use inkognito_ckks::{
    Ciphertext, Complex64, Encoder, EvaluationKeys, Evaluator, KeyRequest, Parameters, Plaintext,
};

/// One operation on full vectors of slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Encode N/2 numbers and encrypt them with the secret key.
    Encrypt,
    /// Decrypt and decode N/2 numbers.
    Decrypt,
    /// Rotate by one slot: an automorphism and a key switch.
    Rotate,
    /// Multiply with an encoded vector.
    MultiplyPlain,
    /// Divide by the last modulus.
    Rescale,
    /// Square, relinearise and rescale.
    Square,
    /// Make the key for one rotation.
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

    /// Its name in every table, whichever library does it.
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
    /// Draws a key and encrypts what the operations work on.
    ///
    /// # Panics
    /// If the level is not 1 or more of the set's levels.
    pub fn new(parameters: &Parameters, level: usize) -> Self {
        let mut keyring = Keyring::from_seed(parameters, &[7; 32]);
        let mut keys = EvaluationKeys::new();
        keys.insert(keyring.switching_key(KeyRequest::rotation(parameters, 1, level)));
        keys.insert(keyring.switching_key(KeyRequest::relinearization(level)));
        let evaluator = Evaluator::new(parameters.clone(), keys);
        let (values, scale) = (values(parameters.slots()), parameters.scale());
        let encoded = Encoder::new(parameters)
            .encode(&values, scale, parameters.q_basis(level))
            .expect("values of the unit disc fit");
        let plain = Plaintext::new(encoded.into_ntt(), scale);
        let fresh = keyring
            .encrypt(&values, level, scale)
            .expect("values of the unit disc fit")
            .expand();
        let product = evaluator
            .mul_plain(&fresh, &plain)
            .expect("both are at one level");
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

    /// Does it once.
    ///
    /// # Panics
    /// Never: keys and levels were chosen to fit.
    pub fn run(&mut self, operation: Operation) {
        let Self {
            keyring, evaluator, ..
        } = self;
        match operation {
            Operation::Encrypt => {
                let scale = evaluator.parameters().scale();
                let encrypted = keyring.encrypt(&self.values, self.level, scale);
                black_box(encrypted.expect("values of the unit disc fit"));
            }
            Operation::Decrypt => {
                black_box(keyring.decrypt(&self.fresh));
            }
            Operation::Rotate => {
                black_box(evaluator.rotate(&self.fresh, 1).expect("the key is there"));
            }
            Operation::MultiplyPlain => {
                let product = evaluator.mul_plain(&self.fresh, &self.plain);
                black_box(product.expect("both are at one level"));
            }
            Operation::Rescale => {
                let rescaled = evaluator.rescale(self.product.clone());
                black_box(rescaled.expect("there is a level left"));
            }
            Operation::Square => {
                black_box(evaluator.square(&self.fresh).expect("the key is there"));
            }
            Operation::GaloisKey => {
                let request = KeyRequest::rotation(evaluator.parameters(), 1, self.level);
                black_box(keyring.switching_key(request));
            }
        }
    }
}

/// Numbers from 0 to 1 that look random, always the same.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new() -> Self {
        Self(1)
    }

    pub(crate) fn next(&mut self) -> f64 {
        let step = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = step.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// `count` numbers of the unit disc.
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
    fn every_operation_can_be_done_again_and_again() {
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
                "the operands are as they were"
            );
        }
    }

    #[test]
    fn names_tell_operations_apart() {
        let names: std::collections::BTreeSet<_> = Operation::ALL
            .iter()
            .map(|operation| operation.name())
            .collect();
        assert_eq!(names.len(), Operation::ALL.len());
    }
}
