//! Views of polynomials: limb by limb, and chunk by chunk.
//!
//! Relies on the order of a polynomial's residues: modulus after modulus.

use inkognito_ring::{Ntt, Poly};

/// Coefficients that are converted together, so that all their residues stay in the nearest cache.
const CHUNK: usize = 2048;

/// Returns the residues modulo each modulus.
pub(crate) fn limbs(poly: &Poly<Ntt>) -> Vec<&[u32]> {
    poly.residues()
        .chunks_exact(poly.basis().degree())
        .collect()
}

/// Splits limbs of `n` words into chunks of coefficients. Each item holds the residues of one chunk
/// modulo each modulus.
pub(super) fn chunks(data: &mut [u32], n: usize) -> impl Iterator<Item = Vec<&mut [u32]>> {
    let len = CHUNK.min(n);
    let limbs = data.chunks_exact_mut(n);
    let mut limbs: Vec<_> = limbs.map(|limb| limb.chunks_exact_mut(len)).collect();
    (0..n / len).map(move |_| limbs.iter_mut().filter_map(Iterator::next).collect())
}
