//! The report: polynomials with their errors and costs, as JSON and as a table.

use inkognito_activation::Approximation;
use serde::Serialize;

use super::depth::Depths;
use super::format::number;

/// The polynomials for one target, and the best of each depth.
#[derive(Serialize)]
pub(super) struct Report {
    pub(super) function: &'static str,
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) density: String,
    pub(super) gap: f64,
    pub(super) approximations: Vec<Row>,
    /// The methods that gave no polynomial, with the reason.
    pub(super) left_out: Vec<LeftOut>,
    pub(super) depths: Depths,
}

/// One polynomial with its errors and costs.
#[derive(Serialize)]
pub(super) struct Row {
    pub(super) method: &'static str,
    /// The degree, multiplied out.
    pub(super) degree: usize,
    /// The degrees of a composition's polynomials, first to last.
    pub(super) stages: Vec<usize>,
    pub(super) mean_square_error: f64,
    pub(super) max_error: f64,
    pub(super) depth: usize,
    pub(super) products: usize,
    /// In powers, the constant first.
    pub(super) coefficients: Vec<f64>,
    /// In the Chebyshev basis of the interval.
    pub(super) chebyshev: Vec<f64>,
}

#[derive(Serialize)]
pub(super) struct LeftOut {
    pub(super) method: &'static str,
    pub(super) degree: usize,
    pub(super) reason: String,
}

impl Row {
    pub(super) fn of(method: &'static str, found: &Approximation) -> Self {
        let stages = found.composition().stages().iter();
        Self {
            method,
            degree: found.composition().degree(),
            stages: stages.map(|stage| stage.coefficients().len() - 1).collect(),
            mean_square_error: found.mean_square_error(),
            max_error: found.max_error(),
            depth: found.depth(),
            products: found.products(),
            coefficients: found.polynomial().coefficients().to_vec(),
            chebyshev: found.series().coefficients().to_vec(),
        }
    }

    /// Formats the polynomial, with at most six terms.
    fn formula(&self) -> String {
        if self.stages.len() > 1 {
            let stages: Vec<String> = self.stages.iter().map(ToString::to_string).collect();
            return format!("composition of degrees {}", stages.join(", "));
        }
        let terms = self.coefficients.iter().enumerate();
        let terms: Vec<String> = terms
            .filter(|(_, c)| c.abs() > 5e-10)
            .take(6)
            .map(|(power, c)| match power {
                0 => format!("{c:.4}"),
                1 => format!("{c:+.4} x"),
                _ => format!("{c:+.4} x^{power}"),
            })
            .collect();
        let more = self.coefficients.iter().filter(|c| c.abs() > 5e-10).count() > 6;
        format!("{}{}", terms.join(" "), if more { " …" } else { "" })
    }
}

impl Report {
    /// Formats the report as tables.
    pub(super) fn table(&self) -> String {
        use std::fmt::Write;
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{} on [{}, {}], {} inputs{}\n",
            self.function,
            self.low,
            self.high,
            self.density,
            if self.gap > 0.0 {
                format!(", without those below {} in magnitude", self.gap)
            } else {
                String::new()
            }
        );
        let _ = writeln!(
            text,
            "{:<24} {:>6} {:>11} {:>11} {:>5} {:>8}  polynomial",
            "method", "degree", "MSE", "max error", "depth", "products"
        );
        for row in &self.approximations {
            let _ = writeln!(
                text,
                "{:<24} {:>6} {:>11} {:>11} {:>5} {:>8}  {}",
                row.method,
                row.degree,
                number(row.mean_square_error),
                number(row.max_error),
                row.depth,
                row.products,
                row.formula()
            );
        }
        for LeftOut {
            method,
            degree,
            reason,
        } in &self.left_out
        {
            let _ = writeln!(text, "{method:<24} {degree:>6} none: {reason}");
        }
        text + "\n" + &self.depths.table()
    }
}
