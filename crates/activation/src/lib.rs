//! Polynomial approximations of activation functions, for evaluation on ciphertexts.
//!
//! An encrypted circuit only adds and multiplies, so that its activations are polynomials. A
//! [`Target`] is a [`Function`] on an [`Interval`] under a [`Density`] of inputs. A [`Method`]
//! finds a polynomial of a given degree for it. An [`Approximation`] is that polynomial, with its
//! errors and the costs of its evaluation. A [`Schedule`] is the order in which a circuit evaluates
//! a polynomial in the fewest levels.
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
//! Relies on nothing but arithmetic in 64-bit floats. Not for the evaluation on ciphertexts:
//! `inkognito-network` evaluates the schedules that are made here.

mod approximation;
mod composite;
mod composition;
mod degree;
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
mod series_schedule;
mod target;

pub use approximation::{Approximation, Method};
pub use composite::CompositeMinimax;
pub use composition::Composition;
pub use degree::MAX_DEGREE;
pub use density::{Density, Histogram};
pub use error::ActivationError;
pub use function::Function;
pub use hermite::Hermite;
pub use interpolation::ChebyshevInterpolation;
pub use interval::Interval;
pub use least_squares::LeastSquares;
pub use minimax::Minimax;
pub use polynomial::Polynomial;
pub use schedule::{Chain, Schedule};
pub use series::Series;
pub use series_schedule::{Product, SeriesSchedule, Sum, power_depth, split_degree};
pub use target::Target;

/// All methods.
///
/// ```
/// use inkognito_activation::METHODS;
///
/// assert!(METHODS.iter().any(|method| method.name() == "minimax"));
/// ```
pub const METHODS: [&dyn Method; 5] = [
    &LeastSquares,
    &ChebyshevInterpolation,
    &Minimax,
    &Hermite,
    &CompositeMinimax,
];

/// Compiles and runs the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
