//! The negacyclic transform, in place.
//!
//! Forward: Cooley-Tukey, natural order in, bit-reversed out; inverse: Gentleman-Sande, the other
//! way round (Longa and Naehrig, *Speeding up the NTT for faster ideal lattice-based cryptography*,
//! 2016, algorithms 1 and 2), with Harvey's lazy butterflies. Two layers a pass while the stride is
//! at least a vector; the layers below that run on `LANES x LANES` blocks transposed in registers,
//! so that no layer shuffles inside a butterfly.

use crate::{backend::dispatch, ntt::NttTable};

dispatch! {
    /// Coefficients in `[0, q)` to values in `[0, q)`; `data.len()` is the table's degree.
    fn forward(table: &NttTable, data: &mut [u32]);
    /// Values in `[0, q)` to coefficients in `[0, q)`; `data.len()` is the table's degree.
    fn inverse(table: &NttTable, data: &mut [u32]);
}

mod generic {
    use super::super::Splat;
    use crate::{
        backend::{Lanes, MAX_LANES},
        ntt::{NttTable, Twiddles},
    };

    /// `(x, y)` in `[0, 4q)` to `(x + w y, x - w y)` in `[0, 4q)`.
    #[inline(always)]
    unsafe fn cooley_tukey<L: Lanes>(m: &Splat<L>, x: &mut L::V, y: &mut L::V, w: L::V, ws: L::V) {
        // SAFETY: the caller runs on a CPU that has `L`.
        unsafe {
            let a = m.halve_range(*x);
            let b = m.mul_shoup(*y, w, ws);
            *x = L::add(a, b);
            *y = L::add(L::sub(a, b), m.two_q);
        }
    }

    /// `(x, y)` in `[0, 2q)` to `(x + y, (x - y) w)` in `[0, 2q)`.
    #[inline(always)]
    unsafe fn gentleman_sande<L: Lanes>(
        m: &Splat<L>,
        x: &mut L::V,
        y: &mut L::V,
        w: L::V,
        ws: L::V,
    ) {
        // SAFETY: the caller runs on a CPU that has `L`.
        unsafe {
            let sum = L::add(*x, *y);
            let difference = L::add(L::sub(*x, *y), m.two_q);
            *x = m.halve_range(sum);
            *y = m.mul_shoup(difference, w, ws);
        }
    }

    #[inline(always)]
    unsafe fn splat_pair<L: Lanes>(t: &Twiddles, i: usize) -> (L::V, L::V) {
        // SAFETY: `i < N`, the length of both lists, by the callers' loops.
        unsafe {
            (
                L::splat(*t.w.get_unchecked(i)),
                L::splat(*t.ws.get_unchecked(i)),
            )
        }
    }

    /// # Safety
    /// The CPU has the instruction set of `L`.
    #[inline(always)]
    pub(super) unsafe fn forward<L: Lanes>(table: &NttTable, data: &mut [u32]) {
        let n = data.len();
        assert_eq!(
            n,
            table.degree(),
            "length of the data and degree of the table"
        );
        let p = data.as_mut_ptr();
        let roots = &table.forward;
        // SAFETY: every offset below is less than `n`: blocks of 2 * stride words tile the data.
        unsafe {
            let m = Splat::<L>::new(table.modulus().q);
            let mut groups = 1;
            // an odd number of vector layers: one by itself
            if (n / L::LANES).trailing_zeros() % 2 == 1 {
                let half = n / 2;
                let (w, ws) = splat_pair::<L>(roots, 1);
                for j in (0..half).step_by(L::LANES) {
                    let (mut x, mut y) = (L::load(p.add(j)), L::load(p.add(half + j)));
                    cooley_tukey::<L>(&m, &mut x, &mut y, w, ws);
                    L::store(p.add(j), x);
                    L::store(p.add(half + j), y);
                }
                groups = 2;
            }
            while groups < n / L::LANES {
                let quarter = n / (4 * groups);
                for i in 0..groups {
                    let (w1, ws1) = splat_pair::<L>(roots, groups + i);
                    let (w2, ws2) = splat_pair::<L>(roots, 2 * (groups + i));
                    let (w3, ws3) = splat_pair::<L>(roots, 2 * (groups + i) + 1);
                    let base = p.add(4 * i * quarter);
                    for j in (0..quarter).step_by(L::LANES) {
                        let at = base.add(j);
                        let mut a = L::load(at);
                        let mut b = L::load(at.add(quarter));
                        let mut c = L::load(at.add(2 * quarter));
                        let mut d = L::load(at.add(3 * quarter));
                        cooley_tukey::<L>(&m, &mut a, &mut c, w1, ws1);
                        cooley_tukey::<L>(&m, &mut b, &mut d, w1, ws1);
                        cooley_tukey::<L>(&m, &mut a, &mut b, w2, ws2);
                        cooley_tukey::<L>(&m, &mut c, &mut d, w3, ws3);
                        L::store(at, a);
                        L::store(at.add(quarter), b);
                        L::store(at.add(2 * quarter), c);
                        L::store(at.add(3 * quarter), d);
                    }
                }
                groups *= 4;
            }
            let tail = &table.forward_small;
            let mut next = 0;
            for block in (0..n).step_by(L::LANES * L::LANES) {
                let mut rows = load_block::<L>(p.add(block));
                L::transpose(&mut rows);
                let mut stride = L::LANES / 2;
                while stride > 0 {
                    for u in 0..L::LANES / (2 * stride) {
                        let w = L::load(tail.w.as_ptr().add(next));
                        let ws = L::load(tail.ws.as_ptr().add(next));
                        next += L::LANES;
                        for j in 0..stride {
                            let (x, y) = (2 * u * stride + j, (2 * u + 1) * stride + j);
                            let (mut vx, mut vy) = (rows[x], rows[y]);
                            cooley_tukey::<L>(&m, &mut vx, &mut vy, w, ws);
                            (rows[x], rows[y]) = (vx, vy);
                        }
                    }
                    stride /= 2;
                }
                for row in rows.iter_mut().take(L::LANES) {
                    *row = m.canonical(m.halve_range(*row));
                }
                L::transpose(&mut rows);
                store_block::<L>(p.add(block), &rows);
            }
        }
    }

    /// # Safety
    /// The CPU has the instruction set of `L`.
    #[inline(always)]
    pub(super) unsafe fn inverse<L: Lanes>(table: &NttTable, data: &mut [u32]) {
        let n = data.len();
        assert_eq!(
            n,
            table.degree(),
            "length of the data and degree of the table"
        );
        let p = data.as_mut_ptr();
        // SAFETY: every offset below is less than `n`: blocks of 2 * stride words tile the data.
        unsafe {
            let m = Splat::<L>::new(table.modulus().q);
            let head = &table.inverse_small;
            let mut next = 0;
            for block in (0..n).step_by(L::LANES * L::LANES) {
                let mut rows = load_block::<L>(p.add(block));
                L::transpose(&mut rows);
                let mut stride = 1;
                while stride < L::LANES {
                    for u in 0..L::LANES / (2 * stride) {
                        let w = L::load(head.w.as_ptr().add(next));
                        let ws = L::load(head.ws.as_ptr().add(next));
                        next += L::LANES;
                        for j in 0..stride {
                            let (x, y) = (2 * u * stride + j, (2 * u + 1) * stride + j);
                            let (mut vx, mut vy) = (rows[x], rows[y]);
                            gentleman_sande::<L>(&m, &mut vx, &mut vy, w, ws);
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
                for i in 0..groups {
                    inverse_pair::<L, false>(&m, table, p, groups, i);
                }
            }
            // the last one or two layers carry the factor 1/N
            if groups == 4 {
                inverse_pair::<L, true>(&m, table, p, 1, 0);
            } else {
                let half = n / 2;
                let (scale, scale_s) = (L::splat(table.scale.w), L::splat(table.scale.ws));
                let (w, ws) = (
                    L::splat(table.scaled_root.w),
                    L::splat(table.scaled_root.ws),
                );
                for j in (0..half).step_by(L::LANES) {
                    let (x, y) = (L::load(p.add(j)), L::load(p.add(half + j)));
                    let (sum, difference) = (L::add(x, y), L::add(L::sub(x, y), m.two_q));
                    L::store(p.add(j), m.canonical(m.mul_shoup(sum, scale, scale_s)));
                    L::store(p.add(half + j), m.canonical(m.mul_shoup(difference, w, ws)));
                }
            }
        }
    }

    /// Two inverse layers (of `2 groups` and of `groups` blocks) on block `i`.
    ///
    /// # Safety
    /// `p` points to the table's degree of words; the CPU has the instruction set of `L`.
    #[inline(always)]
    unsafe fn inverse_pair<L: Lanes, const LAST: bool>(
        m: &Splat<L>,
        table: &NttTable,
        p: *mut u32,
        groups: usize,
        i: usize,
    ) {
        let quarter = table.degree() / (4 * groups);
        let roots = &table.inverse;
        // SAFETY: block `i` of `groups` is `4 * quarter` words.
        unsafe {
            let (w2, ws2) = splat_pair::<L>(roots, 2 * (groups + i));
            let (w3, ws3) = splat_pair::<L>(roots, 2 * (groups + i) + 1);
            let (w1, ws1) = if LAST {
                (
                    L::splat(table.scaled_root.w),
                    L::splat(table.scaled_root.ws),
                )
            } else {
                splat_pair::<L>(roots, groups + i)
            };
            let (scale, scale_s) = (L::splat(table.scale.w), L::splat(table.scale.ws));
            let base = p.add(4 * i * quarter);
            for j in (0..quarter).step_by(L::LANES) {
                let at = base.add(j);
                let mut a = L::load(at);
                let mut b = L::load(at.add(quarter));
                let mut c = L::load(at.add(2 * quarter));
                let mut d = L::load(at.add(3 * quarter));
                gentleman_sande::<L>(m, &mut a, &mut b, w2, ws2);
                gentleman_sande::<L>(m, &mut c, &mut d, w3, ws3);
                gentleman_sande::<L>(m, &mut a, &mut c, w1, ws1);
                gentleman_sande::<L>(m, &mut b, &mut d, w1, ws1);
                if LAST {
                    a = m.canonical(m.mul_shoup(a, scale, scale_s));
                    b = m.canonical(m.mul_shoup(b, scale, scale_s));
                    c = m.canonical(c);
                    d = m.canonical(d);
                }
                L::store(at, a);
                L::store(at.add(quarter), b);
                L::store(at.add(2 * quarter), c);
                L::store(at.add(3 * quarter), d);
            }
        }
    }

    #[inline(always)]
    unsafe fn load_block<L: Lanes>(p: *const u32) -> [L::V; MAX_LANES] {
        // SAFETY: the caller gives a block of LANES^2 words.
        unsafe {
            let mut rows = [L::splat(0); MAX_LANES];
            for (i, row) in rows.iter_mut().take(L::LANES).enumerate() {
                *row = L::load(p.add(i * L::LANES));
            }
            rows
        }
    }

    #[inline(always)]
    unsafe fn store_block<L: Lanes>(p: *mut u32, rows: &[L::V; MAX_LANES]) {
        // SAFETY: the caller gives a block of LANES^2 words.
        unsafe {
            for (i, row) in rows.iter().take(L::LANES).enumerate() {
                L::store(p.add(i * L::LANES), *row);
            }
        }
    }
}
