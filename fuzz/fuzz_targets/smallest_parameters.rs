//! The smallest parameter set, so that messages are short and a target reads many of them a second.

use std::sync::LazyLock;

use inkognito_ckks::{Parameters, ParametersLiteral};

/// N = 4096 and one level. An input at level 0 has 16 KB.
pub(crate) static PARAMETERS: LazyLock<Parameters> = LazyLock::new(|| {
    let literal = ParametersLiteral {
        log_n: 12,
        moduli_q_bits: vec![28, 26],
        special_moduli_bits: vec![29],
        log_scale: 26,
    };
    Parameters::new(literal).expect("a valid set")
});
