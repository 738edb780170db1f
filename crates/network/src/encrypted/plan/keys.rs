//! The evaluation keys of a plan, and the sizes of keys and messages.
//!
//! Relies on the plans of the layers. Not for making keys, which takes the secret.

use inkognito_ckks::{KeyPurpose, KeyRequest, wire};

use super::Plan;

impl Plan {
    /// Returns the evaluation keys that an inference needs, each at the level where it is used, in
    /// ascending order.
    pub fn key_requests(&self) -> Vec<KeyRequest> {
        let parameters = self.parameters();
        let mut requests = vec![];
        for linear in &self.linears {
            let unit = linear.matrix.unit();
            let diagonals = (0..linear.matrix.diagonals()).map(|d| d * unit);
            let steps = linear.split.rotations(diagonals);
            for (steps, level) in steps.into_iter().zip([linear.level, linear.sum_level]) {
                let request = |step| KeyRequest::rotation(parameters, step as i64, level);
                requests.extend(steps.into_iter().map(request));
            }
            let automorphisms = linear.automorphisms(parameters.log_n());
            for automorphism in automorphisms.into_iter().flatten() {
                requests.push(KeyRequest {
                    purpose: KeyPurpose::Galois(automorphism.galois_element),
                    level: linear.sum_level,
                });
            }
        }
        for activation in &self.activations {
            let levels = activation.relinearizations.iter();
            requests.extend(levels.map(|level| KeyRequest::relinearization(*level)));
        }
        requests.sort_unstable();
        requests.dedup();
        requests
    }

    /// Returns the number of bytes of all evaluation keys, each as a message of the wire format.
    pub fn evaluation_keys_len(&self) -> usize {
        let requests = self.key_requests().into_iter();
        requests
            .map(|request| wire::evaluation_key_len(self.parameters(), request.level))
            .sum()
    }

    /// Returns an upper bound for the bytes of memory of all evaluation keys that are ready for
    /// use: both polynomials of each digit with 32 bits for a residue, and the permutation of the
    /// key's automorphism.
    pub fn evaluation_keys_memory(&self) -> usize {
        let (parameters, requests) = (self.parameters(), self.key_requests());
        let words = requests.iter().map(|&KeyRequest { level, .. }| {
            let limbs = 2 * parameters.digits(level) * parameters.qp_basis(level).len();
            limbs * parameters.degree() + parameters.degree() / 4
        });
        words.sum::<usize>() * size_of::<u32>()
    }

    /// Returns an upper bound for the bytes of memory of an
    /// [`OfflineResult`](crate::OfflineResult).
    pub fn offline_memory(&self) -> usize {
        let Some(first) = self.linears.first() else {
            return 0;
        };
        let (parameters, level) = (self.parameters(), first.level);
        // one polynomial modulo Q P, one modulo Q, and the two of a square modulo Q P
        let limbs =
            parameters.qp_basis(level).len() + level + 2 * parameters.qp_basis(level - 1).len();
        limbs * parameters.degree() * size_of::<u32>()
    }

    /// Returns the number of bytes of an encrypted image as a message of the wire format.
    pub fn input_len(&self) -> usize {
        wire::input_len(self.parameters(), self.input_level())
    }

    /// Returns the number of bytes of the encrypted scores as a message of the wire format.
    pub fn result_len(&self) -> usize {
        wire::result_len(self.parameters(), &self.score_counts())
    }

    /// Returns the number of bytes of the outputs of all stages, one message after another.
    pub fn inspection_len(&self) -> usize {
        let intermediate = (0..self.stage_count() - 1).map(|stage| {
            let (level, _) = self.stage_level_scale(stage);
            wire::intermediate_len(self.parameters(), level)
        });
        intermediate.sum::<usize>() + self.result_len()
    }
}
