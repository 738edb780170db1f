//! The best polynomial of each depth, beside the one of the thesis that this project started from.
//!
//! Relies on the methods of `inkognito-activation`. Not for polynomials of a given degree.

use inkognito_activation::{
    ActivationError, Approximation, CompositeMinimax, Density, Function, Hermite, Interval,
    LeastSquares, Method, Minimax, Series, Target,
};
use serde::Serialize;

use super::format::number;

/// The mean square errors that the thesis states for its ReLU on [-2, 2], before and after its
/// improvement.
const THESIS_BEFORE: f64 = 0.153_29;
const THESIS_AFTER: f64 = 0.005_22;
/// The thesis's improved polynomial of degree 2, which takes one level.
const THESIS: [f64; 3] = [0.1875, 0.5, 0.2344];

/// The best polynomial of each depth.
#[derive(Serialize)]
pub(super) struct Depths {
    /// Whether the target is ReLU, which the thesis approximates.
    #[serde(skip)]
    relu: bool,
    thesis_before: f64,
    thesis_after: f64,
    /// The mean square error of the thesis's polynomial for this target.
    pub(super) thesis_here: f64,
    /// That error for inputs from N(0, 1), and the least of degree 2 for them.
    thesis_normal: f64,
    best_normal: f64,
    pub(super) rows: Vec<Row>,
}

/// The best polynomials of one depth.
///
/// A polynomial of depth D has degree `2^D` at most. No polynomial of that depth has a smaller mean
/// square error than the least-squares polynomial of that degree, and none has a smaller largest
/// error than the minimax polynomial.
#[derive(Serialize)]
pub(super) struct Row {
    depth: usize,
    degree: usize,
    pub(super) mean_square_error: f64,
    products: usize,
    minimax_error: Option<f64>,
    /// The composition of minimax polynomials, if there is one of this depth.
    chain: Option<Composition>,
}

#[derive(Serialize)]
struct Composition {
    mean_square_error: f64,
    max_error: f64,
    products: usize,
}

impl Depths {
    /// Finds the best polynomials of the depths from one to `depths`.
    ///
    /// # Errors
    ///
    /// If the target has no least-squares polynomial.
    pub(super) fn of(target: &Target, depths: u32) -> Result<Self, ActivationError> {
        let normal = Target::new(Function::Relu, Interval::symmetric(8.0)?)
            .with_density(Density::STANDARD_NORMAL)?;
        Ok(Self {
            relu: target.function() == Function::Relu,
            thesis_before: THESIS_BEFORE,
            thesis_after: THESIS_AFTER,
            thesis_here: thesis(target)?,
            thesis_normal: thesis(&normal)?,
            best_normal: Hermite.approximate(2, &normal)?.mean_square_error(),
            rows: (1..=depths)
                .map(|depth| Row::of(depth as usize, target))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Formats the depths as a table.
    pub(super) fn table(&self) -> String {
        use std::fmt::Write;
        let mut text = String::from(
            "At each depth, the smallest errors that any polynomial can have (degree 2^depth):\n\n",
        );
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{:>5} {:>6} {:>11} {:>8} {:>13} {:>32}{}",
            "depth",
            "degree",
            "least MSE",
            "products",
            "least max",
            "composition: MSE, max, products",
            if self.relu {
                "   the thesis's MSE over this"
            } else {
                ""
            }
        );
        for row in &self.rows {
            let composition = row.chain.as_ref().map_or("-".into(), |composition| {
                format!(
                    "{}, {}, {}",
                    number(composition.mean_square_error),
                    number(composition.max_error),
                    composition.products
                )
            });
            let thesis = if self.relu {
                format!("   {:.2}", self.thesis_here / row.mean_square_error)
            } else {
                String::new()
            };
            let _ = writeln!(
                text,
                "{:>5} {:>6} {:>11} {:>8} {:>13} {composition:>32}{thesis}",
                row.depth,
                row.degree,
                number(row.mean_square_error),
                row.products,
                row.minimax_error.map_or("-".into(), number),
            );
        }
        if self.relu {
            let _ = write!(
                text,
                "\nThe thesis: MSE {} before, {} improved, on [-2, 2] with uniform inputs, at one \
                 level (0.1875 + 0.5 x + 0.2344 x^2);\nmeasured here: {}. This is the \
                 least-squares polynomial of degree 2, with an MSE of exactly 1/192. No\n\
                 polynomial of one level has a smaller MSE on that interval. A better one must \
                 fit the inputs that occur:\nfor N(0, 1) inputs its MSE is {}, and the least \
                 possible of degree 2 is {} (Hermite).\n",
                number(THESIS_BEFORE),
                number(THESIS_AFTER),
                number(self.thesis_here),
                number(self.thesis_normal),
                number(self.best_normal),
            );
        }
        text
    }
}

/// Returns the mean square error of the thesis's polynomial for a target.
fn thesis(target: &Target) -> Result<f64, ActivationError> {
    let powers = inkognito_activation::Polynomial::new(THESIS.to_vec());
    let series = Series::from_polynomial(&powers, target.interval());
    Ok(Approximation::of(series, target)?.mean_square_error())
}

impl Row {
    fn of(depth: usize, target: &Target) -> Result<Self, ActivationError> {
        let degree = 1 << depth;
        let best = LeastSquares.approximate(degree, target)?;
        let composition = CompositeMinimax.of_depth(depth, target).ok().flatten();
        Ok(Self {
            depth,
            degree,
            mean_square_error: best.mean_square_error(),
            products: best.products(),
            minimax_error: Minimax
                .approximate(degree, target)
                .ok()
                .map(|m| m.max_error()),
            chain: composition.map(|found| Composition {
                mean_square_error: found.mean_square_error(),
                max_error: found.max_error(),
                products: found.products(),
            }),
        })
    }
}
