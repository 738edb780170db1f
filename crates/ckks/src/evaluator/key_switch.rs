//! Hybrid key switching (Han and Ki, *Better bootstrapping for approximate homomorphic encryption*,
//! 2020, section 3) in pieces: cut into digits, raise the digits to all moduli, inner product with
//! the key, division by P.
//!
//! The pieces are apart so that callers may share them: one decomposition serves many rotations
//! (hoisting), and many sums share one division (double hoisting, Bossuat et al. 2021). From the
//! raising to the sums all is done one modulus at a time, so that it happens in the cache and the
//! moduli are what threads share out.

use inkognito_ring::{ModDown, Ntt, Poly, SubRing};
use inkognito_threads as threads;

use crate::{
    Evaluator,
    evaluator::scratch::Buffer,
    scheme::parameters::{DigitTables, LevelTables},
};

/// Coefficients that are converted together.
const CHUNK: usize = 2048;

/// The digits of a polynomial over `q_0 .. q_level`.
pub(crate) struct Digits<'a> {
    tables: &'a LevelTables,
    /// The mixed-radix digits that each key-switching digit is raised from, coefficient domain.
    radix: Buffer<'a>,
    source: Source<'a>,
}

/// The polynomial's own residues, which are those of the digit that a modulus belongs to.
enum Source<'a> {
    Values(Vec<&'a [u32]>),
    Coefficients(Buffer<'a>),
}

impl<'a> Digits<'a> {
    /// The digits of a polynomial given limb by limb in the NTT domain: one transform a modulus.
    pub(crate) fn decompose(evaluator: &'a Evaluator, values: Vec<&'a [u32]>) -> Self {
        let tables = evaluator.parameters().at(values.len() - 1);
        let n = evaluator.parameters().degree();
        let mut radix = evaluator.scratch.take(values.len() * n);
        threads::for_each(
            radix.chunks_exact_mut(n).zip(&values),
            |i, (limb, values)| {
                tables.q.sub_ring(i).inverse_from(values, limb);
            },
        );
        evaluator.counters.ntt(values.len());
        threads::for_each(chunks(&mut radix, n), |_, mut radix| {
            tables.to_mixed_radix(&mut radix)
        });
        Self {
            tables,
            radix,
            source: Source::Values(values),
        }
    }

    /// The digits of a polynomial after a division; `limb` gives it before, in the coefficient domain
    /// and limb by limb.
    pub(crate) fn decompose_quotient<'b>(
        evaluator: &'a Evaluator,
        division: &ModDown,
        limb: impl Fn(usize) -> &'b [u32] + Sync,
    ) -> Self {
        let (n, scratch) = (evaluator.parameters().degree(), &evaluator.scratch);
        let tables = evaluator.parameters().at(division.kept().len() - 1);
        let [mut coefficients, mut radix] = [(); 2].map(|()| scratch.take(tables.q.len() * n));
        let parts = chunks(&mut coefficients, n).zip(chunks(&mut radix, n));
        // each coefficient is divided and cut by itself: a stretch of them stays in the nearest cache
        threads::for_each(parts, |k, (mut own, mut radix)| {
            let len = own[0].len();
            let limb = |i: usize| &limb(i)[k * len..][..len];
            let mut remainder = scratch.take(division.dropped().len() * len);
            for (i, out) in division.dropped().zip(remainder.chunks_exact_mut(len)) {
                out.copy_from_slice(limb(i));
            }
            division.radix().digits_of(&mut remainder);
            for (t, (own, radix)) in own.iter_mut().zip(&mut radix).enumerate() {
                division.divide_coefficients(t, &remainder, limb(division.position(t)), own);
                radix.copy_from_slice(own);
            }
            tables.to_mixed_radix(&mut radix);
        });
        Self {
            tables,
            radix,
            source: Source::Coefficients(coefficients),
        }
    }

    /// The transform modulo modulus `i` of `qp_basis`.
    pub(crate) fn sub_ring(&self, i: usize) -> &'a SubRing {
        self.tables.qp.sub_ring(i)
    }

    /// Number of digits.
    pub(crate) fn len(&self) -> usize {
        self.tables.digits.len()
    }

    /// Number of transforms that raising to all moduli takes.
    pub(crate) fn transforms(&self) -> usize {
        let own = match self.source {
            Source::Values(_) => self.tables.q.len(),
            Source::Coefficients(_) => 0,
        };
        self.len() * self.tables.qp.len() - own
    }

    /// The residues of each digit modulo modulus `i` of `qp_basis`, in the NTT domain. `room` is N
    /// words a digit, overwritten.
    pub(crate) fn mod_up<'b>(&'b self, i: usize, room: &'b mut [u32]) -> Vec<&'b [u32]> {
        let n = self.tables.q.degree();
        let raise = |(digit, out): (&DigitTables, &'b mut [u32])| {
            let range = &digit.range;
            if range.contains(&i) {
                match &self.source {
                    Source::Values(values) => return values[i],
                    Source::Coefficients(c) => {
                        self.tables
                            .qp
                            .sub_ring(i)
                            .forward_from(&c[i * n..(i + 1) * n], out);
                    }
                }
            } else {
                let target = if i < range.start { i } else { i - range.len() };
                let radix = &self.radix[range.start * n..range.end * n];
                digit.converter.evaluate_ntt(radix, target, out);
            }
            &*out
        };
        let digits = self.tables.digits.iter();
        digits.zip(room.chunks_exact_mut(n)).map(raise).collect()
    }
}

/// The residues of each modulus for a stretch of the coefficients, one stretch after the other.
pub(crate) fn chunks(data: &mut [u32], n: usize) -> impl Iterator<Item = Vec<&mut [u32]>> {
    let len = CHUNK.min(n);
    let limbs = data.chunks_exact_mut(n);
    let mut limbs: Vec<_> = limbs.map(|limb| limb.chunks_exact_mut(len)).collect();
    (0..n / len).map(move |_| limbs.iter_mut().filter_map(Iterator::next).collect())
}

impl LevelTables {
    /// Turns residues modulo each of `q_0 .. q_level`, coefficient domain, in place, into the mixed-radix digits of
    /// each key-switching digit.
    fn to_mixed_radix(&self, residues: &mut [&mut [u32]]) {
        for DigitTables { range, converter } in &self.digits {
            converter.radix().digits(&mut residues[range.clone()]);
        }
    }
}

/// The residues of each modulus.
pub(crate) fn limbs(poly: &Poly<Ntt>) -> Vec<&[u32]> {
    poly.residues()
        .chunks_exact(poly.basis().degree())
        .collect()
}
