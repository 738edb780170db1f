//! The stages of an evaluation: the level, the scale and the values of each.
//!
//! Relies on the plans of the layers. Not for decryption: it reads slots that the caller has
//! decrypted.

use inkognito_ckks::Complex64;

use super::Plan;
use crate::encrypted::activation::{absorbed_after, absorbed_before};

impl Plan {
    /// Returns the number of stages of an evaluation: one for each layer.
    pub fn stage_count(&self) -> usize {
        self.linears.len() + self.activations.len() + 1
    }

    /// Returns the level and the scale of a stage's output.
    ///
    /// # Panics
    /// If `stage` is not below [`Plan::stage_count`].
    pub fn stage_level_scale(&self, stage: usize) -> (usize, f64) {
        if stage == self.stage_count() - 1 {
            (0, self.output.output_scale)
        } else if stage.is_multiple_of(2) {
            let linear = &self.linears[stage / 2];
            (linear.level - 1, linear.output_scale)
        } else {
            let output = self.activations[stage / 2].output;
            (output.level, output.scale)
        }
    }

    /// Returns the network's values after a layer that is not the last, in the order of
    /// [`Model::trace`](crate::Model::trace), from the decrypted slots of the stage with the same
    /// index. Linear layers absorb the affine parts of activations, so that the slots of a stage
    /// differ from the network's values by an affine map. This method applies the map.
    ///
    /// # Panics
    /// If `stage` is the last stage or beyond it, or if there are fewer slots than values.
    pub fn values(&self, stage: usize, slots: &[Complex64]) -> Vec<f64> {
        let (linear, activation) = (&self.linears[stage / 2], &self.activations[stage / 2]);
        let slots = linear
            .matrix
            .slot_indices()
            .into_iter()
            .map(|slot| slots[slot].re);
        if stage.is_multiple_of(2) {
            let absorbed = absorbed_before(&activation.schedule);
            slots
                .map(|v| (v - absorbed.offset) / absorbed.factor)
                .collect()
        } else {
            let absorbed = absorbed_after(&activation.schedule);
            slots
                .map(|v| absorbed.factor * v + absorbed.offset)
                .collect()
        }
    }
}
