//! The plans of the linear layers.
//!
//! Relies on `layout/` for the matrices. Not for the choice of the numbers, which `linear.rs`
//! makes.

use inkognito_ckks::{Automorphism, BabyGiant};

use crate::encrypted::layout::Matrix;
use crate::encrypted::layout::output::OutputMatrix;
use crate::encrypted::layout::sum_steps::{SumStep, automorphisms};

/// The plan of a linear layer that is not the last.
#[derive(Debug, Clone)]
pub(in crate::encrypted) struct LinearPlan {
    /// Name of the stage, which observers see.
    pub(in crate::encrypted) name: String,
    pub(in crate::encrypted) matrix: Matrix,
    /// How the rotations of the diagonals are split into baby steps and giant steps.
    pub(in crate::encrypted) split: BabyGiant,
    /// The steps that sum up the products with the diagonals. The automorphisms of a group share
    /// one decomposition.
    pub(in crate::encrypted) sum_groups: Vec<Vec<SumStep>>,
    /// Level of the input. The output is one level lower.
    pub(in crate::encrypted) level: usize,
    /// Level of the giant steps and of the sums: the input's level, or the output's if the layer
    /// rescales before them.
    pub(in crate::encrypted) sum_level: usize,
    /// Scale of the encoded weights.
    pub(in crate::encrypted) weight_scale: f64,
    /// Scale of the output.
    pub(in crate::encrypted) output_scale: f64,
}

/// The plan of the last linear layer. It takes a ciphertext from level 1 to level 0.
#[derive(Debug, Clone)]
pub(in crate::encrypted) struct OutputPlan {
    /// Name of the stage, which observers see.
    pub(in crate::encrypted) name: String,
    pub(in crate::encrypted) matrix: OutputMatrix,
    /// The largest magnitude of a score in training.
    pub(in crate::encrypted) range: f64,
    /// Scale of the encoded weights.
    pub(in crate::encrypted) weight_scale: f64,
    /// Scale of the scores.
    pub(in crate::encrypted) output_scale: f64,
}

impl LinearPlan {
    /// Returns whether the layer rescales between baby steps and giant steps.
    pub(in crate::encrypted) fn rescales_before_sums(&self) -> bool {
        self.sum_level < self.level
    }

    /// Returns the automorphisms that are added, for each group of sum steps.
    pub(in crate::encrypted) fn automorphisms(&self, log_n: u32) -> Vec<Vec<Automorphism>> {
        let groups = self.sum_groups.iter();
        groups.map(|group| automorphisms(group, log_n)).collect()
    }
}
