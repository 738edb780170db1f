//! The split of rotations into baby steps and giant steps, and the groups of sum steps: each is the
//! choice with the smallest estimated cost.
//!
//! Relies on measured costs in units of one NTT. Not for predicting times.

use inkognito_ckks::{BabyGiant, Parameters};

use crate::encrypted::layout::Matrix;
use crate::encrypted::layout::sum_steps::SumStep;

/// Cost of the inner product of one residue polynomial with a switching key. The unit of all costs
/// is one NTT.
const INNER_PRODUCT_COST: f64 = 0.08;
/// Cost of permuting one residue polynomial.
const PERMUTATION_COST: f64 = 0.13;
/// Cost of one more switching key: its bytes on the wire, and the time to make it.
const KEY_COST: f64 = 6.0;

/// Estimated costs of key switching at one level.
struct Costs {
    /// One automorphism, its key included, given a decomposition.
    automorphism: f64,
    /// One division by P and one decomposition, which all automorphisms of a group share.
    decomposition: f64,
}

impl Costs {
    fn at(parameters: &Parameters, level: usize) -> Self {
        let digits = parameters.digits(level);
        let limbs = parameters.qp_basis(level).len();
        let switch = (2 * limbs) as f64 * (digits as f64 * INNER_PRODUCT_COST + PERMUTATION_COST);
        Self {
            automorphism: switch + KEY_COST,
            decomposition: (limbs + digits * limbs) as f64,
        }
    }
}

/// Divides sum steps into groups. A group of k steps adds `2^k - 1` automorphisms on one
/// decomposition. The sizes of the groups differ by at most one.
pub(super) fn group(parameters: &Parameters, steps: &[SumStep], level: usize) -> Vec<Vec<SumStep>> {
    let costs = Costs::at(parameters, level);
    let sizes = |groups: usize| {
        let (size, larger) = (steps.len() / groups, steps.len() % groups);
        (0..groups).map(move |i| size + usize::from(i < larger))
    };
    let cost = |groups: usize| {
        let automorphisms = sizes(groups).map(|k| ((1 << k) - 1) as f64 * costs.automorphism);
        automorphisms.sum::<f64>() + groups as f64 * costs.decomposition
    };
    let groups = (1..=steps.len()).min_by(|&a, &b| cost(a).total_cmp(&cost(b)));
    let mut rest = steps;
    let groups = groups.map(|groups| {
        sizes(groups).map(|size| {
            let (group, after) = rest.split_at(size);
            rest = after;
            group.to_vec()
        })
    });
    groups.into_iter().flatten().collect()
}

/// Chooses the number of baby steps, a power of two. Baby steps rotate at `level` and share one
/// decomposition. Giant steps rotate at `sum_level` and need one decomposition each.
pub(super) fn choose_split(
    parameters: &Parameters,
    matrix: &Matrix,
    level: usize,
    sum_level: usize,
) -> BabyGiant {
    let count = matrix.diagonals();
    let baby_costs = Costs::at(parameters, level);
    let giant_costs = Costs::at(parameters, sum_level);
    let cost = |baby: usize| {
        let giant = count.div_ceil(baby);
        (baby - 1) as f64 * baby_costs.automorphism
            + (giant - 1) as f64 * (giant_costs.automorphism + giant_costs.decomposition)
    };
    let baby_steps = (0..=count.trailing_zeros())
        .map(|bits| 1 << bits)
        .min_by(|&a, &b| cost(a).total_cmp(&cost(b)))
        .unwrap_or(1);
    BabyGiant {
        unit: matrix.unit(),
        baby_steps,
    }
}
