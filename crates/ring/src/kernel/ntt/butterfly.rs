//! Butterflies, and access to twiddles and data, for both directions of the transform.
//!
//! Relies on the layout of [`NttTables`]. Not for the order of the passes, which `forward.rs` and
//! `inverse.rs` have.

use super::tables::{NttTables, Twiddles};
use crate::{
    backend::{Lanes, MAX_LANES},
    kernel::reduction::{Factor, Splat},
    modulus::Shoup,
};

// SAFETY (all functions of this module): the CPU has the instruction set of `L`. Offsets are less
// than the degree, since blocks of 2 * stride words tile the data.

/// A modulus and some of its multiples, in every lane.
pub(super) struct Multiples<L: Lanes> {
    pub(super) q: Splat<L>,
    pub(super) four_q: L::V,
    pub(super) eight_q: L::V,
    /// For [`Lanes::opaque`].
    pub(super) zero: L::V,
}

impl<L: Lanes> Multiples<L> {
    #[inline(always)]
    pub(super) unsafe fn new(tables: &NttTables) -> Self {
        let q = tables.modulus().value();
        // SAFETY: as stated for the module.
        unsafe {
            Self {
                q: Splat::new(q),
                four_q: L::splat(4 * q),
                // used only where this fits into 32 bits
                eight_q: L::splat(q.wrapping_mul(8)),
                zero: L::reread(&L::splat(0)),
            }
        }
    }

    /// Reduces `[0, 16q)` to `[0, 8q)`.
    #[inline(always)]
    pub(super) unsafe fn below_8(&self, x: L::V) -> L::V {
        // SAFETY: as stated for the module.
        unsafe { L::min(x, L::sub(x, self.eight_q)) }
    }

    /// Reduces `[0, 8q)` to `[0, 4q)`.
    #[inline(always)]
    pub(super) unsafe fn below_4(&self, x: L::V) -> L::V {
        // SAFETY: as stated for the module.
        unsafe { L::min(x, L::sub(x, self.four_q)) }
    }
}

/// Replaces `(x, y)` by `(x + w y, x - w y)`. If `LAZY`, both bounds grow to 2q more than that of
/// `x`; else `[0, 4q)` stays `[0, 4q)`.
#[inline(always)]
pub(super) unsafe fn cooley_tukey<L: Lanes, const LAZY: bool>(
    m: &Multiples<L>,
    x: &mut L::V,
    y: &mut L::V,
    w: (L::V, L::V),
) {
    // SAFETY: as stated for the module.
    unsafe {
        let a = if LAZY { *x } else { m.q.halve_range(*x) };
        let b = m.q.mul_shoup(*y, w);
        *x = L::add(a, b);
        *y = L::sub(L::add(a, m.q.two_q), b);
    }
}

/// Replaces `(x, y)` by `(x + y, (x - y) w)`, the second in `[0, 2q)`. `bias` is a multiple of q
/// that `y` is below.
#[inline(always)]
pub(super) unsafe fn gentleman_sande<L: Lanes>(
    m: &Multiples<L>,
    x: &mut L::V,
    y: &mut L::V,
    bias: L::V,
    w: (L::V, L::V),
) {
    // SAFETY: as stated for the module.
    unsafe {
        let difference = L::sub(L::add(*x, bias), *y);
        *x = L::add(*x, *y);
        *y = m.q.mul_shoup(difference, w);
    }
}

/// Returns twiddle `i` of a list of N.
#[inline(always)]
pub(super) unsafe fn root<L: Lanes>(t: &Twiddles, i: usize) -> Factor<L> {
    // SAFETY: `i < N`, the length of both lists, by the callers' loops.
    unsafe {
        Factor::new(Shoup {
            w: *t.w.get_unchecked(i),
            ws: *t.ws.get_unchecked(i),
        })
    }
}

/// Returns the pointer that the first pass reads from, and the pointer that all passes write to and
/// the others read from.
///
/// # Panics
/// If a slice is not N words long.
#[inline(always)]
pub(super) fn pointers(
    tables: &NttTables,
    data: &mut [u32],
    source: Option<&[u32]>,
) -> (*const u32, *mut u32) {
    let n = source.map_or(data.len(), <[u32]>::len);
    assert!(
        n == tables.degree() && n == data.len(),
        "length of the data and degree of the ring"
    );
    let p = data.as_mut_ptr();
    (source.map_or(p.cast_const(), <[u32]>::as_ptr), p)
}

/// Loads one vector of each quarter of a block.
#[inline(always)]
pub(super) unsafe fn load_quarters<L: Lanes>(at: *const u32, quarter: usize) -> [L::V; 4] {
    // SAFETY: `at` points into the first quarter of a block; and as stated for the module.
    unsafe {
        [
            L::load(at),
            L::load(at.add(quarter)),
            L::load(at.add(2 * quarter)),
            L::load(at.add(3 * quarter)),
        ]
    }
}

/// Stores one vector of each quarter of a block.
#[inline(always)]
pub(super) unsafe fn store_quarters<L: Lanes>(at: *mut u32, quarter: usize, vectors: [L::V; 4]) {
    // SAFETY: `at` points into the first quarter of a block; and as stated for the module.
    unsafe {
        for (k, v) in vectors.into_iter().enumerate() {
            L::store(at.add(k * quarter), v);
        }
    }
}

/// Loads a block of `LANES^2` words.
#[inline(always)]
pub(super) unsafe fn load_block<L: Lanes>(p: *const u32) -> [L::V; MAX_LANES] {
    // SAFETY: the caller gives a block of LANES^2 words; and as stated for the module.
    unsafe {
        let mut rows = [L::splat(0); MAX_LANES];
        for (i, row) in rows.iter_mut().take(L::LANES).enumerate() {
            *row = L::load(p.add(i * L::LANES));
        }
        rows
    }
}

/// Stores a block of `LANES^2` words.
#[inline(always)]
pub(super) unsafe fn store_block<L: Lanes>(p: *mut u32, rows: &[L::V; MAX_LANES]) {
    // SAFETY: the caller gives a block of LANES^2 words; and as stated for the module.
    unsafe {
        for (i, row) in rows.iter().take(L::LANES).enumerate() {
            L::store(p.add(i * L::LANES), *row);
        }
    }
}
