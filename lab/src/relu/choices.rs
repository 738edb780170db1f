//! The options of the command line: functions, methods, intervals.

use clap::ValueEnum;
use inkognito_activation::{
    ActivationError, ChebyshevInterpolation, CompositeMinimax, Function, Hermite, Interval,
    LeastSquares, Method, Minimax,
};

use super::pair::pair;

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum FunctionChoice {
    Relu,
    Silu,
    Sigmoid,
    Abs,
    Sign,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub(super) enum MethodChoice {
    LeastSquares,
    Chebyshev,
    Minimax,
    Hermite,
    Composite,
}

impl FunctionChoice {
    pub(super) fn function(self) -> Function {
        match self {
            Self::Relu => Function::Relu,
            Self::Silu => Function::Silu,
            Self::Sigmoid => Function::Sigmoid,
            Self::Abs => Function::Abs,
            Self::Sign => Function::Sign,
        }
    }
}

impl MethodChoice {
    pub(super) fn method(self) -> &'static dyn Method {
        match self {
            Self::LeastSquares => &LeastSquares,
            Self::Chebyshev => &ChebyshevInterpolation,
            Self::Minimax => &Minimax,
            Self::Hermite => &Hermite,
            Self::Composite => &CompositeMinimax,
        }
    }
}

/// Parses `LOW,HIGH`.
pub(super) fn interval(text: &str) -> Result<Interval, String> {
    let (low, high) = pair(text).ok_or("two numbers, as in -2,2")?;
    Interval::new(low, high).map_err(|error: ActivationError| error.to_string())
}
