//! Parameter sets at the bounds, the special moduli of each level, and the refusals.

use super::security::SECURITY_TABLE;
use super::*;
use crate::scheme::special_moduli::P_MARGIN_BITS;

#[test]
fn the_default_is_at_the_limit_and_one_bit_more_is_refused() {
    let literal = ParametersLiteral::n8192_levels5();
    let parameters = Parameters::new(literal.clone()).unwrap();
    assert!(parameters.log_qp() <= 214.0 && parameters.log_qp() > 213.0);
    for i in 0..literal.moduli_q_bits.len() {
        let mut beyond = literal.clone();
        beyond.moduli_q_bits[i] += 1;
        let error = Parameters::new(beyond).unwrap_err();
        assert!(
            matches!(error, ParameterError::NotSecure { limit: 214, .. }),
            "{error}"
        );
    }
}

#[test]
fn every_row_of_the_security_table_is_enforced() {
    for (log_n, limit) in SECURITY_TABLE {
        let with_total = |total: u32| {
            let count = total.div_ceil(29);
            // the larger ones first, and two of those are the special moduli
            let bits = (0..count).map(|i| total / count + u32::from(i < total % count));
            let mut special_moduli_bits: Vec<u32> = bits.collect();
            let moduli_q_bits = special_moduli_bits.split_off(2);
            assert_eq!(
                moduli_q_bits
                    .iter()
                    .chain(&special_moduli_bits)
                    .sum::<u32>(),
                total
            );
            ParametersLiteral {
                log_n,
                moduli_q_bits,
                special_moduli_bits,
                log_scale: 25,
            }
        };
        let allowed = Parameters::new(with_total(limit)).unwrap();
        assert!(allowed.log_qp() <= f64::from(limit));
        let error = Parameters::new(with_total(limit + 1)).unwrap_err();
        assert!(matches!(error, ParameterError::NotSecure { limit: l, .. } if l == limit));
    }
}

#[test]
fn dropped_moduli_serve_as_special_moduli() {
    for (literal, digits) in [
        (ParametersLiteral::n8192_levels5(), vec![1, 1, 1, 2, 2, 3]),
        (
            ParametersLiteral::n16384_levels11(),
            vec![1, 1, 1, 2, 1, 2, 1, 2, 2, 2, 3, 4],
        ),
    ] {
        let parameters = Parameters::new(literal).unwrap();
        let levels = 0..=parameters.max_level();
        let actual: Vec<_> = levels.clone().map(|l| parameters.digits(l)).collect();
        assert_eq!(actual, digits);
        for level in levels {
            let qp = parameters.qp_basis(level);
            let size = |indices: std::ops::Range<usize>| -> f64 {
                let sizes = indices.map(|i| f64::from(qp.modulus(i).value()).log2());
                sizes.sum()
            };
            let special = size(level + 1..qp.len());
            for digit in &parameters.level_tables(level).digits {
                assert!(special - size(digit.range.clone()) >= P_MARGIN_BITS);
            }
            // in ascending order and all different, the ciphertext moduli first
            let indices = parameters.qp_indices(level);
            assert!(indices[..=level].iter().copied().eq(0..=level));
            assert!(indices.is_sorted_by(|a, b| a < b) && indices.len() == qp.len());
        }
    }
}

#[test]
fn where_levels_share_moduli_the_lower_p_is_the_upper_p_times_the_last_modulus() {
    for (literal, levels) in [
        (ParametersLiteral::n8192_levels5(), vec![3, 5]),
        (
            ParametersLiteral::n16384_levels11(),
            vec![3, 5, 7, 9, 10, 11],
        ),
    ] {
        let parameters = Parameters::new(literal).unwrap();
        let all = 0..=parameters.max_level();
        let shared = all.filter(|&level| parameters.shares_moduli_below(level));
        assert_eq!(shared.collect::<Vec<_>>(), levels);
        for level in levels {
            let [here, below] =
                [level, level - 1].map(|l| &parameters.level_tables(l).special_product);
            for (i, m) in parameters.qp_basis(level).moduli().enumerate() {
                let last = parameters.modulus(level) % m.value();
                assert_eq!(below[i], m.mul(here[i], last));
            }
        }
    }
}

#[test]
fn a_deeper_set_needs_only_another_literal() {
    let parameters = Parameters::new(ParametersLiteral::n16384_levels11()).unwrap();
    assert!(parameters.log_qp() <= 430.0);
    assert_eq!((parameters.max_level(), parameters.digits(11)), (11, 4));
}

#[test]
fn literals_that_cannot_work_are_refused() {
    let good = ParametersLiteral::n8192_levels5();
    let with = |change: fn(&mut ParametersLiteral)| {
        let mut literal = good.clone();
        change(&mut literal);
        Parameters::new(literal).unwrap_err()
    };
    assert!(matches!(
        with(|l| l.log_n = 10),
        ParameterError::DegreeNotTabulated { .. }
    ));
    assert!(matches!(
        with(|l| l.log_scale = 31),
        ParameterError::Scale { .. }
    ));
    assert!(matches!(
        with(|l| l.moduli_q_bits.clear()),
        ParameterError::Ring(_)
    ));
    assert!(matches!(
        with(|l| l.special_moduli_bits.clear()),
        ParameterError::Ring(_)
    ));
    assert!(matches!(
        with(|l| l.moduli_q_bits[1] = 12),
        ParameterError::Ring(_)
    ));
    assert!(matches!(
        with(|l| l.special_moduli_bits = vec![26, 26]),
        ParameterError::SpecialTooSmall { .. }
    ));
}
