//! Polynomial approximations of ReLU.
//!
//! An encrypted circuit only adds and multiplies, so that its activations are polynomials. A
//! [`Method`] finds one of a given degree on a given [`Interval`]; an [`Approximation`] is that
//! polynomial together with how far from ReLU it is.
//!
//! ```
//! use inkognito_activation::{Interval, LeastSquares, Method};
//!
//! let found = LeastSquares.approximate(2, Interval::symmetric(2.0)?)?;
//! // 3/16 + x/2 + 15/64 x^2
//! assert!((found.polynomial().coefficients()[2] - 15.0 / 64.0).abs() < 1e-12);
//! assert!((found.mean_square_error() - 1.0 / 192.0).abs() < 1e-12);
//! # Ok::<(), inkognito_activation::ActivationError>(())
//! ```
//!
//! Relies on nothing but arithmetic. Not for evaluating polynomials under encryption: that is the
//! circuit's work, in `inkognito-network`.

mod approximation;
mod error;
mod interval;
mod least_squares;
mod polynomial;
mod quadrature;

pub use approximation::{Approximation, MAX_DEGREE, Method, relu};
pub use error::ActivationError;
pub use interval::Interval;
pub use least_squares::LeastSquares;
pub use polynomial::Polynomial;
