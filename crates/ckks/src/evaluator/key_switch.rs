//! Hybrid key switching (Han and Ki, *Better bootstrapping for approximate homomorphic encryption*,
//! 2020, section 3): decompose into digits, mod up, inner product with the key, mod down.
//!
//! This file has the first two steps. The steps are separate functions, so that callers can share
//! them: one decomposition serves many rotations (hoisting), and many sums share one division
//! (double hoisting, Bossuat et al. 2021). From mod up to the sums, callers work one modulus at a
//! time: all operands of that modulus stay in the cache, and threads share the moduli.
//!
//! Relies on the tables of each level (`level_tables.rs`). Not for the last two steps, which the
//! callers do.

use inkognito_ring::{ModDown, SubRing};
use inkognito_threads as threads;

use crate::{
    evaluator::{Evaluator, limbs::chunks, scratch::Buffer},
    scheme::parameters::level_tables::{DigitTables, LevelTables},
};

/// A polynomial over `q_0 .. q_level`, decomposed into key-switching digits.
pub(crate) struct Decomposition<'a> {
    tables: &'a LevelTables,
    /// The mixed-radix digits of each key-switching digit, coefficient domain.
    radix: Buffer<'a>,
    source: Source<'a>,
}

/// The decomposed polynomial. Its residue modulo a modulus is also the residue of the digit that
/// the modulus belongs to.
enum Source<'a> {
    /// Limbs in the NTT domain.
    Ntt(Vec<&'a [u32]>),
    /// Limbs in the coefficient domain, one after another.
    Coeff(Buffer<'a>),
}

impl<'a> Decomposition<'a> {
    /// Decomposes a polynomial over `q_0 .. q_level`, given limb by limb in the NTT domain: one
    /// transform for each modulus.
    pub(crate) fn new(evaluator: &'a Evaluator, source: Vec<&'a [u32]>) -> Self {
        let tables = evaluator.parameters().level_tables(source.len() - 1);
        let n = evaluator.parameters().degree();
        let mut radix = evaluator.scratch.take(source.len() * n);
        threads::for_each(
            radix.chunks_exact_mut(n).zip(&source),
            |i, (limb, source)| {
                tables.q.sub_ring(i).inverse_from(source, limb);
            },
        );
        evaluator.counters.ntt(source.len());
        threads::for_each(chunks(&mut radix, n), |_, mut radix| {
            tables.to_mixed_radix(&mut radix);
        });
        Self {
            tables,
            radix,
            source: Source::Ntt(source),
        }
    }

    /// Decomposes the quotient of a division. `dividend` returns the limb of the polynomial before
    /// the division modulo each of its moduli, in the coefficient domain.
    pub(crate) fn of_quotient<'b>(
        evaluator: &'a Evaluator,
        division: &ModDown,
        dividend: impl Fn(usize) -> &'b [u32] + Sync,
    ) -> Self {
        let (n, scratch) = (evaluator.parameters().degree(), &evaluator.scratch);
        let level = division.kept().len() - 1;
        let tables = evaluator.parameters().level_tables(level);
        let [mut quotient, mut radix] = [(); 2].map(|()| scratch.take(tables.q.len() * n));
        let parts = chunks(&mut quotient, n).zip(chunks(&mut radix, n));
        // coefficients are independent: one chunk after another stays in the nearest cache
        threads::for_each(parts, |k, (mut quotient, mut radix)| {
            let len = quotient[0].len();
            let dividend = |i: usize| &dividend(i)[k * len..][..len];
            let mut remainder = scratch.take(division.dropped().len() * len);
            for (i, out) in division.dropped().zip(remainder.chunks_exact_mut(len)) {
                out.copy_from_slice(dividend(i));
            }
            division
                .mixed_radix()
                .digits_assign_contiguous(&mut remainder);
            for (t, (quotient, radix)) in quotient.iter_mut().zip(&mut radix).enumerate() {
                let dividend = dividend(division.position(t));
                division.divide_coefficients(t, &remainder, dividend, quotient);
                radix.copy_from_slice(quotient);
            }
            tables.to_mixed_radix(&mut radix);
        });
        Self {
            tables,
            radix,
            source: Source::Coeff(quotient),
        }
    }

    /// Returns modulus `i` of `qp_basis` with its transform.
    pub(crate) fn sub_ring(&self, i: usize) -> &'a SubRing {
        self.tables.qp.sub_ring(i)
    }

    /// Returns the number of digits.
    pub(crate) fn len(&self) -> usize {
        self.tables.digits.len()
    }

    /// Returns the number of transforms that mod up takes for all moduli together.
    pub(crate) fn transforms(&self) -> usize {
        let given = match self.source {
            Source::Ntt(_) => self.tables.q.len(),
            Source::Coeff(_) => 0,
        };
        self.len() * self.tables.qp.len() - given
    }

    /// Returns the residues of each digit modulo modulus `i` of `qp_basis`, in the NTT domain.
    /// `buffer` has N words for each digit, and is overwritten.
    pub(crate) fn mod_up<'b>(&'b self, i: usize, buffer: &'b mut [u32]) -> Vec<&'b [u32]> {
        let n = self.tables.q.degree();
        let mod_up = |(digit, out): (&DigitTables, &'b mut [u32])| {
            let range = &digit.range;
            if range.contains(&i) {
                match &self.source {
                    Source::Ntt(limbs) => return limbs[i],
                    Source::Coeff(limbs) => {
                        let limb = &limbs[i * n..(i + 1) * n];
                        self.sub_ring(i).forward_from(limb, out);
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
        let buffers = buffer.chunks_exact_mut(n);
        digits.zip(buffers).map(mod_up).collect()
    }
}
