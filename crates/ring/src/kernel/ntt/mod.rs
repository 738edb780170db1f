//! The negacyclic number-theoretic transform of one prime, in place or from one slice to another.
//!
//! Forward: Cooley-Tukey, from natural to bit-reversed order. Inverse: Gentleman-Sande, from
//! bit-reversed to natural order (Longa and Naehrig, *Speeding up the Number Theoretic Transform
//! for Faster Ideal Lattice-Based Cryptography*, 2016, algorithms 1 and 2). The butterflies are
//! Harvey's lazy ones (*Faster arithmetic for number-theoretic transforms*, 2014).
//!
//! While the stride is at least a vector, one pass over the data does two layers. The layers below
//! that run on `LANES x LANES` blocks, transposed in registers, so that no butterfly needs a
//! shuffle.
//!
//! A word holds 16 multiples of a modulus below 2^28. Butterflies then reduce only their products,
//! and all other values are reduced once in several layers (`LAZY`). A modulus up to 2^30 leaves
//! headroom for a single layer.
//!
//! Relies on [`NttTables`] being laid out for the backend that runs. Not for other rings than
//! `Z_q[X]/(X^N + 1)`.

mod butterfly;
mod forward;
mod inverse;
mod tables;

use crate::backend::dispatch;
pub(crate) use tables::NttTables;

impl NttTables {
    /// Transforms coefficients, below `input_bound` times q, to values in `[0, q)`. Reads the
    /// coefficients from `source`, if given, and else from `data`.
    ///
    /// # Panics
    /// If a slice is not N words long.
    pub(crate) fn forward(&self, data: &mut [u32], source: Option<&[u32]>) {
        forward(self.backend(), self, data, source);
    }

    /// Transforms values in `[0, q)` to coefficients in `[0, q)`. Reads the values from `source`,
    /// if given, and else from `data`.
    ///
    /// # Panics
    /// If a slice is not N words long.
    pub(crate) fn inverse(&self, data: &mut [u32], source: Option<&[u32]>) {
        inverse(self.backend(), self, data, source);
    }
}

// private: the backend must be that of the tables
dispatch! {
    fn forward(tables: &NttTables, data: &mut [u32], source: Option<&[u32]>);
    fn inverse(tables: &NttTables, data: &mut [u32], source: Option<&[u32]>);
}

mod generic {
    pub(super) use super::{forward::forward, inverse::inverse};
}
