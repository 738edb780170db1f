//! Polynomial approximations of activation functions.
//!
//! An encrypted circuit only adds and multiplies, so that its activations are polynomials. A
//! [`Target`] is a [`Function`] on an [`Interval`] under a [`Density`] of inputs; a [`Method`] finds
//! a polynomial of a given degree for it; an [`Approximation`] is that polynomial together with how
//! far from the function it is and what its evaluation costs. [`Schedule`] is how a circuit
//! evaluates a polynomial in the fewest levels.
//!
//! ```
//! use inkognito_activation::{Function, Interval, LeastSquares, Method, Target};
//!
//! let target = Target::new(Function::Relu, Interval::symmetric(2.0)?);
//! let found = LeastSquares.approximate(2, &target)?;
//! // 3/16 + x/2 + 15/64 x^2
//! assert!((found.polynomial().coefficients()[2] - 15.0 / 64.0).abs() < 1e-12);
//! assert!((found.mean_square_error() - 1.0 / 192.0).abs() < 1e-12);
//! assert_eq!((found.depth(), found.products()), (1, 1));
//! # Ok::<(), inkognito_activation::ActivationError>(())
//! ```
//!
//! Relies on nothing but arithmetic. Not for evaluating polynomials under encryption: that is the
//! circuit's work, in `inkognito-network`, by the schedule made here.

mod approximation;
mod composite;
mod composition;
mod density;
mod error;
mod exchange;
mod function;
mod hermite;
mod interpolation;
mod interval;
mod least_squares;
mod minimax;
mod polynomial;
mod quadrature;
mod schedule;
mod series;
mod target;

pub use approximation::{Approximation, MAX_DEGREE, Method};
pub use composite::CompositeMinimax;
pub use composition::{Chain, Composition, Schedule};
pub use density::{Density, Histogram};
pub use error::ActivationError;
pub use function::Function;
pub use hermite::Hermite;
pub use interpolation::ChebyshevInterpolation;
pub use interval::Interval;
pub use least_squares::LeastSquares;
pub use minimax::Minimax;
pub use polynomial::Polynomial;
pub use schedule::{Product, SeriesSchedule, Sum, halves, power_depth};
pub use series::Series;
pub use target::Target;

/// Every method.
pub const METHODS: [&dyn Method; 5] = [
    &LeastSquares,
    &ChebyshevInterpolation,
    &Minimax,
    &Hermite,
    &CompositeMinimax,
];
