//! The negacyclic transform, in place, or from one place to another: the first pass reads it there.
//!
//! Forward: Cooley-Tukey, natural order in, bit-reversed out; inverse: Gentleman-Sande, the other
//! way round (Longa and Naehrig, *Speeding up the NTT for faster ideal lattice-based cryptography*,
//! 2016, algorithms 1 and 2), with Harvey's lazy butterflies. Two layers a pass while the stride is
//! at least a vector; the layers below that run on `LANES x LANES` blocks transposed in registers,
//! so that no layer shuffles inside a butterfly.
//!
//! A word holds 16 multiples of a modulus below 2^28. Then a butterfly reduces nothing but its
//! product, and the rest is reduced once in several layers (`LAZY`); a modulus up to 2^30 leaves room
//! for a single layer.

use crate::{backend::dispatch, sub_ring::SubRing};

dispatch! {
    /// Coefficients, below the table's `input_bound` times q, to values in `[0, q)`; `data.len()` is
    /// the table's degree. The coefficients are in `from`, if that is given, and else in `data`.
    fn forward(table: &SubRing, data: &mut [u32], from: Option<&[u32]>);
    /// Values in `[0, q)` to coefficients in `[0, q)`; `data.len()` is the table's degree. The values are in
    /// `from`, if that is given, and else in `data`.
    fn inverse(table: &SubRing, data: &mut [u32], from: Option<&[u32]>);
}

/// Largest multiple of q that a word may hold, and what the input of the forward transform may.
const ROOM: u32 = 16;
pub(crate) const LAZY_INPUT: u32 = ROOM / 2;

mod generic {
    use super::{
        super::{Factor, Splat},
        LAZY_INPUT, ROOM,
    };
    use crate::{
        Shoup,
        backend::{Lanes, MAX_LANES},
        sub_ring::{SubRing, Twiddles},
    };

    // SAFETY (all functions of this module): the CPU has the instruction set of `L`. Offsets are less
    // than the table's degree, since blocks of 2 * stride words tile the data.

    /// The modulus and some of its multiples.
    struct Multiples<L: Lanes> {
        q: Splat<L>,
        four_q: L::V,
        eight_q: L::V,
        /// For [`Lanes::whole`].
        zero: L::V,
    }

    impl<L: Lanes> Multiples<L> {
        #[inline(always)]
        unsafe fn new(table: &SubRing) -> Self {
            let q = table.modulus().q;
            // SAFETY: as stated for the module.
            unsafe {
                Self {
                    q: Splat::new(q),
                    four_q: L::splat(4 * q),
                    // used where this is no more than 32 bits
                    eight_q: L::splat(q.wrapping_mul(8)),
                    zero: L::reread(&L::splat(0)),
                }
            }
        }

        /// `[0, 16q)` to `[0, 8q)`.
        #[inline(always)]
        unsafe fn below_8(&self, x: L::V) -> L::V {
            // SAFETY: as stated for the module.
            unsafe { L::min(x, L::sub(x, self.eight_q)) }
        }

        /// `[0, 8q)` to `[0, 4q)`.
        #[inline(always)]
        unsafe fn below_4(&self, x: L::V) -> L::V {
            // SAFETY: as stated for the module.
            unsafe { L::min(x, L::sub(x, self.four_q)) }
        }
    }

    /// `(x, y)` to `(x + w y, x - w y)`, and 2q more than `x` was: `[0, 4q)` to `[0, 4q)` unless `LAZY`.
    #[inline(always)]
    unsafe fn cooley_tukey<L: Lanes, const LAZY: bool>(
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

    /// `(x, y)` to `(x + y, (x - y) w)`, the second in `[0, 2q)`, for `y` below `bias`.
    #[inline(always)]
    unsafe fn gentleman_sande<L: Lanes>(
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

    #[inline(always)]
    unsafe fn root<L: Lanes>(t: &Twiddles, i: usize) -> Factor<L> {
        // SAFETY: `i < N`, the length of both lists, by the callers' loops.
        unsafe {
            Factor::new(Shoup {
                w: *t.w.get_unchecked(i),
                ws: *t.ws.get_unchecked(i),
            })
        }
    }

    /// Where the first pass reads, and where all others do and all write.
    #[inline(always)]
    fn places(table: &SubRing, data: &mut [u32], from: Option<&[u32]>) -> (*const u32, *mut u32) {
        let n = from.map_or(data.len(), <[u32]>::len);
        assert!(
            n == table.degree() && n == data.len(),
            "length of the data and degree of the table"
        );
        let p = data.as_mut_ptr();
        (from.map_or(p.cast_const(), <[u32]>::as_ptr), p)
    }

    /// # Safety
    /// The CPU has the instruction set of `L`.
    #[inline(always)]
    pub(super) unsafe fn forward<L: Lanes>(
        table: &SubRing,
        data: &mut [u32],
        from: Option<&[u32]>,
    ) {
        // SAFETY: the caller's.
        unsafe {
            if table.is_lazy() {
                forward_in::<L, true>(table, data, from);
            } else {
                forward_in::<L, false>(table, data, from);
            }
        }
    }

    #[inline(always)]
    unsafe fn forward_in<L: Lanes, const LAZY: bool>(
        table: &SubRing,
        data: &mut [u32],
        from: Option<&[u32]>,
    ) {
        let n = data.len();
        let (mut from, p) = places(table, data, from);
        // SAFETY: as stated for the module.
        unsafe {
            let m = Multiples::<L>::new(table);
            let mut groups = 1;
            // the multiple of q that all words are below
            let mut bound = LAZY_INPUT;
            // an odd number of vector layers: one by itself
            if (n / L::LANES).trailing_zeros() % 2 == 1 {
                let half = n / 2;
                let w = root::<L>(&table.forward, 1);
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
                if bound + 4 > ROOM {
                    (0..groups).for_each(|i| {
                        forward_pair::<L, LAZY, LAZY>(&m, table, (from, p), groups, i)
                    });
                    bound = ROOM / 2 + 4;
                } else {
                    (0..groups).for_each(|i| {
                        forward_pair::<L, LAZY, false>(&m, table, (from, p), groups, i);
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
                forward_rows::<L, LAZY, 8>(&m, table, &mut rows, &mut next);
                forward_rows::<L, LAZY, 4>(&m, table, &mut rows, &mut next);
                forward_rows::<L, LAZY, 2>(&m, table, &mut rows, &mut next);
                forward_rows::<L, LAZY, 1>(&m, table, &mut rows, &mut next);
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

    /// Two layers (of `groups` and of `2 groups` blocks) on block `i`, on words that are brought below
    /// 8q first, if need be.
    #[inline(always)]
    unsafe fn forward_pair<L: Lanes, const LAZY: bool, const REDUCE: bool>(
        m: &Multiples<L>,
        table: &SubRing,
        (from, p): (*const u32, *mut u32),
        groups: usize,
        i: usize,
    ) {
        let quarter = table.degree() / (4 * groups);
        let roots = &table.forward;
        // SAFETY: as stated for the module.
        unsafe {
            let w1 = root::<L>(roots, groups + i);
            let w2 = root::<L>(roots, 2 * (groups + i));
            let w3 = root::<L>(roots, 2 * (groups + i) + 1);
            let base = 4 * i * quarter;
            for j in (base..base + quarter).step_by(L::LANES) {
                let [mut a, mut b, mut c, mut d] = load_quarters::<L>(from.add(j), quarter);
                if REDUCE {
                    // of the others only the products count, which are small
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

    /// The layer of this stride, if that is less than a vector, on a transposed block; `next` is where its roots
    /// are. The stride is a constant, and what is reduced is so in a loop by itself, because the compiler unrolls
    /// short loops only, and rows do not stay in registers otherwise.
    #[inline(always)]
    unsafe fn forward_rows<L: Lanes, const LAZY: bool, const STRIDE: usize>(
        m: &Multiples<L>,
        table: &SubRing,
        rows: &mut [L::V; MAX_LANES],
        next: &mut usize,
    ) {
        if STRIDE >= L::LANES {
            return;
        }
        let roots = &table.forward_small;
        // SAFETY: as stated for the module; each block has a vector of roots for every two rows of a layer.
        unsafe {
            // layers in between add no more than there is room for
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
                    vy = L::whole(vy, m.zero);
                    cooley_tukey::<L, LAZY>(m, &mut vx, &mut vy, (w, ws));
                    (rows[x], rows[y]) = (vx, vy);
                }
            }
        }
    }

    /// # Safety
    /// The CPU has the instruction set of `L`.
    #[inline(always)]
    pub(super) unsafe fn inverse<L: Lanes>(
        table: &SubRing,
        data: &mut [u32],
        from: Option<&[u32]>,
    ) {
        // SAFETY: the caller's.
        unsafe {
            if table.is_lazy() {
                inverse_in::<L, true>(table, data, from);
            } else {
                inverse_in::<L, false>(table, data, from);
            }
        }
    }

    /// Between passes all words are below 4q if `LAZY`, and else below 2q.
    #[inline(always)]
    unsafe fn inverse_in<L: Lanes, const LAZY: bool>(
        table: &SubRing,
        data: &mut [u32],
        from: Option<&[u32]>,
    ) {
        let n = data.len();
        let (from, p) = places(table, data, from);
        // SAFETY: as stated for the module.
        unsafe {
            let m = Multiples::<L>::new(table);
            let bias = if LAZY { m.four_q } else { m.q.two_q };
            let head = &table.inverse_small;
            let mut next = 0;
            for block in (0..n).step_by(L::LANES * L::LANES) {
                let mut rows = load_block::<L>(from.add(block));
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
                            vx = L::whole(vx, m.zero);
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
                (0..groups).for_each(|i| inverse_pair::<L, LAZY, false>(&m, table, p, groups, i));
            }
            // the last one or two layers carry the factor 1/N
            if groups == 4 {
                inverse_pair::<L, LAZY, true>(&m, table, p, 1, 0);
            } else {
                let half = n / 2;
                let scale = Factor::<L>::new(table.scale);
                let w = Factor::<L>::new(table.scaled_root);
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

    /// Two inverse layers (of `2 groups` and of `groups` blocks) on block `i`.
    #[inline(always)]
    unsafe fn inverse_pair<L: Lanes, const LAZY: bool, const LAST: bool>(
        m: &Multiples<L>,
        table: &SubRing,
        p: *mut u32,
        groups: usize,
        i: usize,
    ) {
        let quarter = table.degree() / (4 * groups);
        let roots = &table.inverse;
        // SAFETY: as stated for the module.
        unsafe {
            let w2 = root::<L>(roots, 2 * (groups + i));
            let w3 = root::<L>(roots, 2 * (groups + i) + 1);
            let w1 = if LAST {
                Factor::<L>::new(table.scaled_root)
            } else {
                root::<L>(roots, groups + i)
            };
            let scale = Factor::<L>::new(table.scale);
            // what a, b, c and d are below; then the sums of a and b and of c and d
            let bias = if LAZY { m.four_q } else { m.q.two_q };
            let lift_sums = if LAZY { m.eight_q } else { m.q.two_q };
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
                gentleman_sande::<L>(m, &mut a, &mut c, lift_sums, w1.pair());
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

    /// One vector of each quarter of a block.
    #[inline(always)]
    unsafe fn load_quarters<L: Lanes>(at: *const u32, quarter: usize) -> [L::V; 4] {
        // SAFETY: the caller gives a place in the first quarter; and as stated for the module.
        unsafe {
            [
                L::load(at),
                L::load(at.add(quarter)),
                L::load(at.add(2 * quarter)),
                L::load(at.add(3 * quarter)),
            ]
        }
    }

    #[inline(always)]
    unsafe fn store_quarters<L: Lanes>(at: *mut u32, quarter: usize, vectors: [L::V; 4]) {
        // SAFETY: as for `load_quarters`.
        unsafe {
            for (k, v) in vectors.into_iter().enumerate() {
                L::store(at.add(k * quarter), v);
            }
        }
    }

    #[inline(always)]
    unsafe fn load_block<L: Lanes>(p: *const u32) -> [L::V; MAX_LANES] {
        // SAFETY: the caller gives a block of LANES^2 words; and as stated for the module.
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
        // SAFETY: the caller gives a block of LANES^2 words; and as stated for the module.
        unsafe {
            for (i, row) in rows.iter().take(L::LANES).enumerate() {
                L::store(p.add(i * L::LANES), *row);
            }
        }
    }
}
