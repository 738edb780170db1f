//! The inner sums of a linear transform, computed block by block.
//!
//! Every giant step reads the baby steps that it sums. The baby steps modulo one modulus are larger
//! than a core's cache. So this file computes a block of all baby steps, then that block of all
//! inner sums, and goes on to the next block.
//!
//! Relies on the fused kernels and on `giant_step.rs`. Not for whole transforms, which are in
//! `linear.rs`.

use inkognito_ring::SubRing;
use inkognito_ring::fused::{AutomorphismInnerProduct, DualInnerProduct, FusedKernels};

use crate::transforms::giant_step::GiantStep;

/// Words of each residue polynomial in a block.
const BLOCK: usize = 1024;

/// Unused words behind each block of a baby step. A cache keeps only a few lines whose addresses
/// differ by a power of two, and a giant step reads all baby steps together.
const GAP: usize = 32;

/// Returns the number of words that [`inner_sums`] needs for `baby_steps` baby steps of `n` words.
pub(super) fn buffer_len(baby_steps: usize, n: usize) -> usize {
    2 * baby_steps * (BLOCK.min(n) + GAP)
}

/// Writes both polynomials of the inner sum of each giant step, modulo modulus `i`.
///
/// A baby step is the inner product that computes it, or `None` for rotation 0. Rotation 0 is
/// `source`: for both polynomials a limb and a constant that multiplies it, or nothing for zero.
/// `buffer` has [`buffer_len`] words, and is overwritten.
pub(super) fn inner_sums(
    sub_ring: &SubRing,
    i: usize,
    baby_steps: &[Option<AutomorphismInnerProduct<'_>>],
    source: [Option<(&[u32], u32)>; 2],
    giant_steps: &[GiantStep],
    sums: &mut [[&mut [u32]; 2]],
    buffer: &mut [u32],
) {
    let n = sub_ring.degree();
    let len = BLOCK.min(n);
    for start in (0..n).step_by(len) {
        let range = start..start + len;
        for (rotated, step) in buffer.chunks_exact_mut(2 * (len + GAP)).zip(baby_steps) {
            let (first, second) = rotated.split_at_mut(len + GAP);
            let out = [&mut first[..len], &mut second[..len]];
            match step {
                None => {
                    let extra = source.map(|c| c.map(|(c, factor)| (&c[range.clone()], factor)));
                    let sum = DualInnerProduct { terms: &[], extra };
                    sub_ring.dual_inner_product(out, sum);
                }
                Some(step) => {
                    let step = std::slice::from_ref(step);
                    sub_ring.automorphism_inner_products(out, start, step, false);
                }
            }
        }
        let rotated = buffer.chunks_exact(len + GAP).map(|r| &r[..len]);
        let rotated: Vec<&[u32]> = rotated.collect();
        for ([first, second], giant) in sums.iter_mut().zip(giant_steps) {
            let sum = DualInnerProduct {
                terms: &giant.terms(&rotated, i, range.clone()),
                extra: [None; 2],
            };
            let out = [&mut first[range.clone()], &mut second[range.clone()]];
            sub_ring.dual_inner_product(out, sum);
        }
    }
}
