//! The functions that are approximated.

/// A function of one real number, as networks use them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// The rectifier, `max(0, x)`.
    Relu,
    /// `x / (1 + e^-x)`, also called swish (Elfwing et al. 2017).
    Silu,
    /// `1 / (1 + e^-x)`.
    Sigmoid,
    /// `|x|`.
    Abs,
    /// -1 below zero, 1 above, 0 at zero.
    Sign,
}

/// What is left of a function when its [`Function::straight`] part is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parity {
    Even,
    Odd,
}

impl Function {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Relu, Self::Silu, Self::Sigmoid, Self::Abs, Self::Sign];

    /// Its name, for people.
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

    /// The value at `x`.
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

    /// Whether it has a kink or a jump at zero; elsewhere all of them are smooth.
    #[must_use]
    pub fn is_smooth(self) -> bool {
        matches!(self, Self::Silu | Self::Sigmoid)
    }

    /// The polynomial of degree one at most, constant first, that leaves an even or odd function
    /// when it is taken away.
    pub(crate) fn straight(self) -> [f64; 2] {
        match self {
            Self::Relu | Self::Silu => [0.0, 0.5],
            Self::Sigmoid => [0.5, 0.0],
            Self::Abs | Self::Sign => [0.0, 0.0],
        }
    }

    pub(crate) fn parity(self) -> Parity {
        match self {
            Self::Relu | Self::Silu | Self::Abs => Parity::Even,
            Self::Sigmoid | Self::Sign => Parity::Odd,
        }
    }
}

fn logistic(x: f64) -> f64 {
    // `e^-x` overflows to infinity for large negative x, and the quotient is zero, as it should be.
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_straight_part_leaves_what_parity_says() {
        for function in Function::ALL {
            let [constant, slope] = function.straight();
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
