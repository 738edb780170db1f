//! The forward transform: from coefficients to values.
//!
//! Relies on `butterfly.rs`. Not for the choice of a backend, which the parent module makes.

use super::{
    butterfly::{
        Multiples, cooley_tukey, load_block, load_quarters, pointers, root, store_block,
        store_quarters,
    },
    tables::{HEADROOM, LAZY_INPUT, NttTables},
};
use crate::backend::{Lanes, MAX_LANES};

// SAFETY (all functions of this module): the CPU has the instruction set of `L`, and the tables are
// laid out for it. Offsets are less than the degree, since blocks of 2 * stride words tile the
// data.

/// Transforms coefficients to values; see [`NttTables::forward`].
///
/// # Safety
/// The CPU has the instruction set of `L`, and the tables are laid out for it.
#[inline(always)]
pub(super) unsafe fn forward<L: Lanes>(
    tables: &NttTables,
    data: &mut [u32],
    source: Option<&[u32]>,
) {
    // SAFETY: by the caller's contract.
    unsafe {
        if tables.is_lazy() {
            forward_passes::<L, true>(tables, data, source);
        } else {
            forward_passes::<L, false>(tables, data, source);
        }
    }
}

#[inline(always)]
unsafe fn forward_passes<L: Lanes, const LAZY: bool>(
    tables: &NttTables,
    data: &mut [u32],
    source: Option<&[u32]>,
) {
    let n = data.len();
    let (mut from, p) = pointers(tables, data, source);
    // SAFETY: as stated for the module.
    unsafe {
        let m = Multiples::<L>::new(tables);
        let mut groups = 1;
        // the multiple of q that all words are below
        let mut bound = LAZY_INPUT;
        // an odd number of layers of whole vectors: the first layer has a pass of its own
        if (n / L::LANES).trailing_zeros() % 2 == 1 {
            let half = n / 2;
            let w = root::<L>(&tables.forward, 1);
            for j in (0..half).step_by(L::LANES) {
                let (mut x, mut y) = (L::load(from.add(j)), L::load(from.add(half + j)));
                cooley_tukey::<L, LAZY>(&m, &mut x, &mut y, w.pair());
                L::store(p.add(j), x);
                L::store(p.add(half + j), y);
            }
            groups = 2;
            bound += 2;
            from = p.cast_const();
        }
        while groups < n / L::LANES {
            if bound + 4 > HEADROOM {
                (0..groups)
                    .for_each(|i| forward_pair::<L, LAZY, LAZY>(&m, tables, (from, p), groups, i));
                bound = HEADROOM / 2 + 4;
            } else {
                (0..groups).for_each(|i| {
                    forward_pair::<L, LAZY, false>(&m, tables, (from, p), groups, i);
                });
                bound += 4;
            }
            groups *= 4;
            from = p.cast_const();
        }
        let mut next = 0;
        for block in (0..n).step_by(L::LANES * L::LANES) {
            let mut rows = load_block::<L>(from.add(block));
            L::transpose(&mut rows);
            forward_rows::<L, LAZY, 8>(&m, tables, &mut rows, &mut next);
            forward_rows::<L, LAZY, 4>(&m, tables, &mut rows, &mut next);
            forward_rows::<L, LAZY, 2>(&m, tables, &mut rows, &mut next);
            forward_rows::<L, LAZY, 1>(&m, tables, &mut rows, &mut next);
            for row in rows.iter_mut().take(L::LANES) {
                if LAZY && L::LANES == 1 {
                    *row = m.below_4(m.below_8(*row));
                }
                *row = m.q.canonical(m.q.halve_range(*row));
            }
            L::transpose(&mut rows);
            store_block::<L>(p.add(block), &rows);
        }
    }
}

/// Does two layers (of `groups` and of `2 groups` blocks) on block `i`. If `REDUCE`, it first
/// reduces the words below 8q.
#[inline(always)]
unsafe fn forward_pair<L: Lanes, const LAZY: bool, const REDUCE: bool>(
    m: &Multiples<L>,
    tables: &NttTables,
    (from, p): (*const u32, *mut u32),
    groups: usize,
    i: usize,
) {
    let quarter = tables.degree() / (4 * groups);
    let roots = &tables.forward;
    // SAFETY: as stated for the module.
    unsafe {
        let w1 = root::<L>(roots, groups + i);
        let w2 = root::<L>(roots, 2 * (groups + i));
        let w3 = root::<L>(roots, 2 * (groups + i) + 1);
        let base = 4 * i * quarter;
        for j in (base..base + quarter).step_by(L::LANES) {
            let [mut a, mut b, mut c, mut d] = load_quarters::<L>(from.add(j), quarter);
            if REDUCE {
                // c and d are multiplied first, and a product is below 2q
                a = m.below_8(a);
                b = m.below_8(b);
            }
            cooley_tukey::<L, LAZY>(m, &mut a, &mut c, w1.pair());
            cooley_tukey::<L, LAZY>(m, &mut b, &mut d, w1.pair());
            cooley_tukey::<L, LAZY>(m, &mut a, &mut b, w2.pair());
            cooley_tukey::<L, LAZY>(m, &mut c, &mut d, w3.pair());
            store_quarters::<L>(p.add(j), quarter, [a, b, c, d]);
        }
    }
}

/// Does the layer of `STRIDE`, if that is less than a vector, on a transposed block. `next` is the
/// offset of its twiddles.
///
/// The stride is a constant, and the reductions have a loop of their own, because the compiler
/// unrolls short loops only, and rows stay in registers only in unrolled loops.
#[inline(always)]
unsafe fn forward_rows<L: Lanes, const LAZY: bool, const STRIDE: usize>(
    m: &Multiples<L>,
    tables: &NttTables,
    rows: &mut [L::V; MAX_LANES],
    next: &mut usize,
) {
    if STRIDE >= L::LANES {
        return;
    }
    let roots = &tables.forward_small;
    // SAFETY: as stated for the module; each block has a vector of twiddles for every two rows of a
    // layer.
    unsafe {
        // the layers between these two stay within the headroom
        if LAZY && (STRIDE == L::LANES / 2 || STRIDE == 1) {
            for k in 0..L::LANES / 2 {
                let x = &mut rows[2 * k - k % STRIDE];
                *x = m.below_8(*x);
                if STRIDE == 1 {
                    *x = m.q.halve_range(m.below_4(*x));
                }
            }
        }
        for u in 0..L::LANES / (2 * STRIDE) {
            let w = L::load(roots.w.as_ptr().add(*next));
            let ws = L::load(roots.ws.as_ptr().add(*next));
            *next += L::LANES;
            for j in 0..STRIDE {
                let (x, y) = (2 * u * STRIDE + j, (2 * u + 1) * STRIDE + j);
                let (mut vx, mut vy) = (rows[x], rows[y]);
                vy = L::opaque(vy, m.zero);
                cooley_tukey::<L, LAZY>(m, &mut vx, &mut vy, (w, ws));
                (rows[x], rows[y]) = (vx, vy);
            }
        }
    }
}
