//! The activation functions that are approximated.
//!
//! Not for functions of several inputs, such as softmax.

/// An activation function of one real number.
///
/// ```
/// use inkognito_activation::Function;
///
/// assert_eq!(Function::Relu.at(-2.0), 0.0);
/// assert_eq!(Function::Sign.at(-2.0), -1.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// The rectified linear unit, `max(0, x)`.
    Relu,
    /// `x / (1 + e^-x)`, also called swish (Elfwing, Uchibe and Doya 2018).
    Silu,
    /// `1 / (1 + e^-x)`.
    Sigmoid,
    /// `|x|`.
    Abs,
    /// -1 below zero, 0 at zero, 1 above zero.
    Sign,
}

/// The symmetry of a function minus its [`Function::affine_part`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parity {
    Even,
    Odd,
}

impl Function {
    /// All functions.
    pub const ALL: [Self; 5] = [Self::Relu, Self::Silu, Self::Sigmoid, Self::Abs, Self::Sign];

    /// Returns the name that users see.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Relu => "ReLU",
            Self::Silu => "SiLU",
            Self::Sigmoid => "sigmoid",
            Self::Abs => "|x|",
            Self::Sign => "sign",
        }
    }

    /// Returns the value at `x`.
    #[must_use]
    pub fn at(self, x: f64) -> f64 {
        match self {
            Self::Relu => x.max(0.0),
            Self::Silu => x * logistic(x),
            Self::Sigmoid => logistic(x),
            Self::Abs => x.abs(),
            Self::Sign if x == 0.0 => 0.0,
            Self::Sign => x.signum(),
        }
    }

    /// Returns whether the function is smooth at zero. All functions are smooth elsewhere.
    #[must_use]
    pub fn is_smooth(self) -> bool {
        matches!(self, Self::Silu | Self::Sigmoid)
    }

    /// Returns the polynomial of at most degree one, constant first, whose difference from the
    /// function is even or odd.
    pub(crate) fn affine_part(self) -> [f64; 2] {
        match self {
            Self::Relu | Self::Silu => [0.0, 0.5],
            Self::Sigmoid => [0.5, 0.0],
            Self::Abs | Self::Sign => [0.0, 0.0],
        }
    }

    /// Returns whether the function minus its affine part is even or odd.
    pub(crate) fn parity(self) -> Parity {
        match self {
            Self::Relu | Self::Silu | Self::Abs => Parity::Even,
            Self::Sigmoid | Self::Sign => Parity::Odd,
        }
    }
}

fn logistic(x: f64) -> f64 {
    // `e^-x` overflows to infinity for large negative x. The quotient is then zero, as it should
    // be.
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_without_the_affine_part_is_even_or_odd() {
        for function in Function::ALL {
            let [constant, slope] = function.affine_part();
            let rest = |x: f64| function.at(x) - constant - slope * x;
            for x in [0.1, 0.75, 2.0, 9.0] {
                let mirrored = match function.parity() {
                    Parity::Even => rest(-x),
                    Parity::Odd => -rest(-x),
                };
                assert!(
                    (rest(x) - mirrored).abs() < 1e-14,
                    "{} at {x}",
                    function.name()
                );
            }
        }
    }

    #[test]
    fn extreme_inputs_have_values() {
        for function in Function::ALL {
            for x in [-1e300, -800.0, 0.0, 800.0, 1e300] {
                assert!(function.at(x).is_finite(), "{} at {x}", function.name());
            }
        }
    }
}
