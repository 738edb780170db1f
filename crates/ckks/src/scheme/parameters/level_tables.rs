//! The tables that operations at one level need.
//!
//! Relies on the choice of special moduli (`special_moduli.rs`). Not for tables of single moduli,
//! which a [`Basis`] has.

use std::ops::Range;

use inkognito_ring::{BaseConverter, Basis, ModDown};

/// Bases, digits and divisions of one level l.
pub(crate) struct LevelTables {
    /// `q_0 .. q_l`.
    pub(crate) q: Basis,
    /// `q_0 .. q_l` and the level's special moduli.
    pub(crate) qp: Basis,
    /// Indices of the moduli of `qp` among all moduli of the set.
    pub(super) qp_indices: Vec<usize>,
    /// The digits that key switching decomposes a polynomial over `q` into.
    pub(crate) digits: Vec<DigitTables>,
    /// P modulo each modulus of `qp`, where P is the product of the level's special moduli: 0 for
    /// those.
    pub(crate) special_product: Vec<u32>,
    /// Division by P.
    pub(crate) mod_down: ModDown,
    /// None at level 0.
    pub(crate) rescale: Option<Rescale>,
}

/// Divisions by `q_l`.
pub(crate) struct Rescale {
    /// Divides polynomials over `q` by `q_l`.
    pub(crate) plain: ModDown,
    /// Divides polynomials over `qp` by `q_l P`.
    pub(crate) with_special: ModDown,
}

/// One key-switching digit at one level.
pub(crate) struct DigitTables {
    /// Indices in `q` of the moduli whose product is the digit's modulus.
    pub(crate) range: Range<usize>,
    /// Converts the digit to all other moduli of `qp`, in order.
    pub(crate) converter: BaseConverter,
}

impl LevelTables {
    /// Builds the tables of `level`, given all moduli and the indices of the level's special moduli
    /// among them.
    pub(super) fn new(all: &Basis, level: usize, special: &[usize]) -> Self {
        let qp_indices: Vec<usize> = (0..=level).chain(special.iter().copied()).collect();
        let q = all.prefix(level + 1);
        let qp = all.select(qp_indices.iter().copied());
        let digits = (0..=level)
            .step_by(special.len())
            .map(|start| {
                let range = start..(start + special.len()).min(level + 1);
                let others = (0..qp.len()).filter(|i| !range.contains(i));
                let converter = BaseConverter::new(&qp.select(range.clone()), &qp.select(others));
                DigitTables { range, converter }
            })
            .collect();
        let special = all.select(special.iter().copied());
        let special_product = qp.moduli().map(|m| special.product_mod(m)).collect();
        Self {
            digits,
            special_product,
            mod_down: ModDown::new(&qp, level + 1..qp.len()),
            rescale: (level > 0).then(|| Rescale {
                plain: ModDown::new(&q, level..level + 1),
                with_special: ModDown::new(&qp, level..qp.len()),
            }),
            q,
            qp,
            qp_indices,
        }
    }

    /// Returns the gadget factor of digit `j` modulo each modulus of `qp`: P modulo the digit's
    /// moduli, 0 modulo all others.
    pub(super) fn gadget(&self, j: usize) -> Vec<u32> {
        let range = &self.digits[j].range;
        let factor = |(i, &p)| if range.contains(&i) { p } else { 0 };
        let special_product = self.special_product.iter().enumerate();
        special_product.map(factor).collect()
    }

    /// Converts residues modulo each of `q_0 .. q_l`, in the coefficient domain and in place, to
    /// the mixed-radix digits of each key-switching digit.
    pub(crate) fn to_mixed_radix(&self, residues: &mut [&mut [u32]]) {
        for DigitTables { range, converter } in &self.digits {
            converter
                .mixed_radix()
                .digits_assign(&mut residues[range.clone()]);
        }
    }
}
