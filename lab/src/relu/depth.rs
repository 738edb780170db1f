//! What each level buys: the best polynomial of a depth beside the one that this work started from.

use inkognito_activation::{
    ActivationError, Approximation, CompositeMinimax, Density, Function, Hermite, Interval,
    LeastSquares, Method, Minimax, Series, Target,
};
use serde::Serialize;

use super::number;

/// Mean square errors that the thesis gives for its ReLU on [-2, 2], before its improvement and
/// after.
const THESIS_BEFORE: f64 = 0.153_29;
const THESIS_AFTER: f64 = 0.005_22;
/// The thesis's improved polynomial: degree 2, one level.
const THESIS: [f64; 3] = [0.1875, 0.5, 0.2344];

/// The best at each depth.
#[derive(Serialize)]
pub(super) struct Depths {
    /// Whether the target is a ReLU, for which the thesis has something to say.
    #[serde(skip)]
    relu: bool,
    thesis_before: f64,
    thesis_after: f64,
    /// Mean square error of the thesis's polynomial for this target.
    pub(super) thesis_here: f64,
    /// The same, and the best of degree 2, where inputs are normalised, N(0, 1).
    thesis_normal: f64,
    best_normal: f64,
    pub(super) rows: Vec<Row>,
}

/// One depth. A polynomial of depth D has degree `2^D` at most, so that the least squares of that
/// degree are a floor: nothing of the depth has a smaller mean square error. The same holds for
/// minimax and the largest error.
#[derive(Serialize)]
pub(super) struct Row {
    depth: usize,
    degree: usize,
    pub(super) mean_square_error: f64,
    products: usize,
    minimax_error: Option<f64>,
    /// The chain of minimax polynomials, if one is as shallow.
    chain: Option<Chain>,
}

#[derive(Serialize)]
struct Chain {
    mean_square_error: f64,
    max_error: f64,
    products: usize,
}

impl Depths {
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

    pub(super) fn table(&self) -> String {
        use std::fmt::Write;
        let mut text = String::from(
            "At each depth, the smallest errors that any polynomial can have (degree 2^depth):\n\n",
        );
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{:>5} {:>6} {:>11} {:>8} {:>13} {:>24}{}",
            "depth",
            "degree",
            "least MSE",
            "products",
            "least max",
            "chain: MSE, max, products",
            if self.relu {
                "   the thesis's MSE over this"
            } else {
                ""
            }
        );
        for row in &self.rows {
            let chain = row.chain.as_ref().map_or("-".into(), |chain| {
                format!(
                    "{}, {}, {}",
                    number(chain.mean_square_error),
                    number(chain.max_error),
                    chain.products
                )
            });
            let thesis = if self.relu {
                format!("   {:.2}", self.thesis_here / row.mean_square_error)
            } else {
                String::new()
            };
            let _ = writeln!(
                text,
                "{:>5} {:>6} {:>11} {:>8} {:>13} {chain:>24}{thesis}",
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
                "\nThe thesis: MSE {} before, {} improved, on [-2, 2] with uniform inputs, at one level \
                 (0.1875 + 0.5 x + 0.2344 x^2);\nmeasured here: {}. That is the least-squares \
                 polynomial of degree 2, MSE 1/192 exactly, and mathematics\nallows nothing smaller at \
                 one level on that interval. Better then means closer to the inputs that occur: for\n\
                 N(0, 1) inputs its MSE is {}, of degree 2 the least possible is {} (Hermite).\n",
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

fn thesis(target: &Target) -> Result<f64, ActivationError> {
    let powers = inkognito_activation::Polynomial::new(THESIS.to_vec());
    let series = Series::from_polynomial(&powers, target.interval());
    Ok(Approximation::of(series, target)?.mean_square_error())
}

impl Row {
    fn of(depth: usize, target: &Target) -> Result<Self, ActivationError> {
        let degree = 1 << depth;
        let best = LeastSquares.approximate(degree, target)?;
        let chain = CompositeMinimax.of_depth(depth, target).ok().flatten();
        Ok(Self {
            depth,
            degree,
            mean_square_error: best.mean_square_error(),
            products: best.products(),
            minimax_error: Minimax
                .approximate(degree, target)
                .ok()
                .map(|m| m.max_error()),
            chain: chain.map(|chain| Chain {
                mean_square_error: chain.mean_square_error(),
                max_error: chain.max_error(),
                products: chain.products(),
            }),
        })
    }
}
