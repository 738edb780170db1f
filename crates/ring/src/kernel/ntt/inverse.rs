//! The inverse transform: from values to coefficients.
//!
//! Relies on `butterfly.rs`. Not for the choice of a backend, which the parent module makes.

use super::{
    butterfly::{
        Multiples, gentleman_sande, load_block, load_quarters, pointers, root, store_block,
        store_quarters,
    },
    tables::NttTables,
};
use crate::{backend::Lanes, kernel::reduction::Factor};

// SAFETY (all functions of this module): the CPU has the instruction set of `L`, and the tables are
// laid out for it. Offsets are less than the degree, since blocks of 2 * stride words tile the
// data.

/// Transforms values to coefficients; see [`NttTables::inverse`].
///
/// # Safety
/// The CPU has the instruction set of `L`, and the tables are laid out for it.
#[inline(always)]
pub(super) unsafe fn inverse<L: Lanes>(
    tables: &NttTables,
    data: &mut [u32],
    source: Option<&[u32]>,
) {
    // SAFETY: by the caller's contract.
    unsafe {
        if tables.is_lazy() {
            inverse_passes::<L, true>(tables, data, source);
        } else {
            inverse_passes::<L, false>(tables, data, source);
        }
    }
}

/// Runs all passes. Between passes all words are below 4q if `LAZY`, and else below 2q.
#[inline(always)]
unsafe fn inverse_passes<L: Lanes, const LAZY: bool>(
    tables: &NttTables,
    data: &mut [u32],
    source: Option<&[u32]>,
) {
    let n = data.len();
    let (from, p) = pointers(tables, data, source);
    // SAFETY: as stated for the module.
    unsafe {
        let m = Multiples::<L>::new(tables);
        let bias = if LAZY { m.four_q } else { m.q.two_q };
        let roots = &tables.inverse_small;
        let mut next = 0;
        for block in (0..n).step_by(L::LANES * L::LANES) {
            let mut rows = load_block::<L>(from.add(block));
            L::transpose(&mut rows);
            let mut stride = 1;
            while stride < L::LANES {
                for u in 0..L::LANES / (2 * stride) {
                    let w = L::load(roots.w.as_ptr().add(next));
                    let ws = L::load(roots.ws.as_ptr().add(next));
                    next += L::LANES;
                    for j in 0..stride {
                        let (x, y) = (2 * u * stride + j, (2 * u + 1) * stride + j);
                        let (mut vx, mut vy) = (rows[x], rows[y]);
                        vx = L::opaque(vx, m.zero);
                        gentleman_sande::<L>(&m, &mut vx, &mut vy, bias, (w, ws));
                        if !LAZY {
                            vx = m.q.halve_range(vx);
                        } else if stride > 2 {
                            // the first two layers start from less than q
                            vx = m.below_4(vx);
                        }
                        (rows[x], rows[y]) = (vx, vy);
                    }
                }
                stride *= 2;
            }
            L::transpose(&mut rows);
            store_block::<L>(p.add(block), &rows);
        }
        let mut groups = n / L::LANES;
        while groups > 4 {
            groups /= 4;
            (0..groups).for_each(|i| inverse_pair::<L, LAZY, false>(&m, tables, p, groups, i));
        }
        // the last one or two layers carry the factor 1/N
        if groups == 4 {
            inverse_pair::<L, LAZY, true>(&m, tables, p, 1, 0);
        } else {
            let half = n / 2;
            let scale = Factor::<L>::new(tables.scale);
            let w = Factor::<L>::new(tables.scaled_root);
            for j in (0..half).step_by(L::LANES) {
                let (mut x, mut y) = (L::load(p.add(j)), L::load(p.add(half + j)));
                gentleman_sande::<L>(&m, &mut x, &mut y, bias, w.pair());
                x = m.q.mul_shoup(x, scale.pair());
                L::store(p.add(j), m.q.canonical(x));
                L::store(p.add(half + j), m.q.canonical(y));
            }
        }
    }
}

/// Does two inverse layers (of `2 groups` and of `groups` blocks) on block `i`.
#[inline(always)]
unsafe fn inverse_pair<L: Lanes, const LAZY: bool, const LAST: bool>(
    m: &Multiples<L>,
    tables: &NttTables,
    p: *mut u32,
    groups: usize,
    i: usize,
) {
    let quarter = tables.degree() / (4 * groups);
    let roots = &tables.inverse;
    // SAFETY: as stated for the module.
    unsafe {
        let w2 = root::<L>(roots, 2 * (groups + i));
        let w3 = root::<L>(roots, 2 * (groups + i) + 1);
        let w1 = if LAST {
            Factor::<L>::new(tables.scaled_root)
        } else {
            root::<L>(roots, groups + i)
        };
        let scale = Factor::<L>::new(tables.scale);
        // bounds of a, b, c and d; then those of the sums a + b and c + d
        let bias = if LAZY { m.four_q } else { m.q.two_q };
        let bias_of_sums = if LAZY { m.eight_q } else { m.q.two_q };
        let base = p.add(4 * i * quarter);
        for j in (0..quarter).step_by(L::LANES) {
            let at = base.add(j);
            let [mut a, mut b, mut c, mut d] = load_quarters::<L>(at, quarter);
            gentleman_sande::<L>(m, &mut a, &mut b, bias, w2.pair());
            gentleman_sande::<L>(m, &mut c, &mut d, bias, w3.pair());
            if !LAZY {
                a = m.q.halve_range(a);
                c = m.q.halve_range(c);
            }
            gentleman_sande::<L>(m, &mut a, &mut c, bias_of_sums, w1.pair());
            gentleman_sande::<L>(m, &mut b, &mut d, m.q.two_q, w1.pair());
            if LAST {
                a = m.q.canonical(m.q.mul_shoup(a, scale.pair()));
                b = m.q.canonical(m.q.mul_shoup(b, scale.pair()));
                c = m.q.canonical(c);
                d = m.q.canonical(d);
            } else if LAZY {
                a = m.below_4(m.below_8(a));
            } else {
                a = m.q.halve_range(a);
                b = m.q.halve_range(b);
            }
            store_quarters::<L>(at, quarter, [a, b, c, d]);
        }
    }
}
