//! `lab relu`: how close polynomials come to ReLU and other functions, and what they cost.

mod density;
mod depth;
mod plot;

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, FromArgMatches, ValueEnum};
use inkognito_activation::{
    ActivationError, Approximation, ChebyshevInterpolation, CompositeMinimax, Function, Hermite,
    Interval, LeastSquares, Method, Minimax, Target,
};
use serde::Serialize;

use self::density::DensityChoice;
use self::depth::Depths;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// What is approximated
    #[arg(long, value_enum, default_value = "relu")]
    function: FunctionChoice,
    /// Where, as LOW,HIGH
    #[arg(long, default_value = "-2,2", value_parser = interval, allow_hyphen_values = true)]
    interval: Interval,
    /// Degrees of the polynomials; of a chain, multiplied out, at most
    #[arg(long, value_delimiter = ',', default_values_t = [2, 4, 6, 8, 10])]
    degrees: Vec<usize>,
    /// Methods [default: all that fit]
    #[arg(long, value_enum, value_delimiter = ',')]
    methods: Vec<MethodChoice>,
    /// How often inputs occur: uniform, chebyshev, gaussian, gaussian:MEAN,DEVIATION,
    /// histogram:FILE with {"edges": [..], "counts": [..]}, or measured:MODEL,LAYER for what the
    /// layer of a model gives on the first 1000 training images
    #[arg(long, default_value = "uniform", allow_hyphen_values = true)]
    density: DensityChoice,
    /// Inputs of smaller magnitude do not count; the sign function needs some
    #[arg(long, default_value_t = 0.0)]
    gap: f64,
    /// Levels to compare, from one
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=7))]
    depths: u32,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Draw the function, the polynomials and their errors into this file
    #[arg(long)]
    svg: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum FunctionChoice {
    Relu,
    Silu,
    Sigmoid,
    Abs,
    Sign,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum MethodChoice {
    LeastSquares,
    Chebyshev,
    Minimax,
    Hermite,
    Composite,
}

/// Everything that the command says.
#[derive(Serialize)]
struct Report {
    function: &'static str,
    low: f64,
    high: f64,
    density: String,
    gap: f64,
    approximations: Vec<Row>,
    /// Methods that gave nothing, and why.
    left_out: Vec<LeftOut>,
    depths: Depths,
}

/// One polynomial.
#[derive(Serialize)]
struct Row {
    method: &'static str,
    /// Degree multiplied out.
    degree: usize,
    /// Degrees of a chain's polynomials, first to last.
    stages: Vec<usize>,
    mean_square_error: f64,
    max_error: f64,
    depth: usize,
    products: usize,
    /// Constant first.
    coefficients: Vec<f64>,
    /// In the Chebyshev basis of the interval.
    chebyshev: Vec<f64>,
}

#[derive(Serialize)]
struct LeftOut {
    method: &'static str,
    degree: usize,
    reason: String,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let report = measure(arguments)?;
    if arguments.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print!("{}", report.table());
    }
    Ok(())
}

/// What the command says without options, as JSON and as text; the picture goes to `svg`.
pub(crate) fn by_default(svg: PathBuf) -> anyhow::Result<(String, String)> {
    let command = Arguments::augment_args(clap::Command::new("relu"));
    let mut arguments = Arguments::from_arg_matches(&command.get_matches_from(["relu"]))?;
    arguments.svg = Some(svg);
    let report = measure(&arguments)?;
    Ok((serde_json::to_string_pretty(&report)?, report.table()))
}

fn measure(arguments: &Arguments) -> anyhow::Result<Report> {
    let target = Target::new(arguments.function.function(), arguments.interval)
        .with_gap(arguments.gap)?
        .with_density(arguments.density.load()?)?;
    let (found, left_out) = approximate(arguments, &target);
    let report = Report {
        function: target.function().name(),
        low: target.interval().low(),
        high: target.interval().high(),
        density: target.density().name(),
        gap: target.gap(),
        approximations: found
            .iter()
            .map(|(method, found)| Row::of(method, found))
            .collect(),
        left_out,
        depths: Depths::of(&target, arguments.depths)?,
    };
    if let Some(path) = &arguments.svg {
        let picture = plot::draw(&target, &found).context("cannot draw")?;
        std::fs::write(path, picture)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(report)
}

/// Every method at every degree.
fn approximate(
    arguments: &Arguments,
    target: &Target,
) -> (Vec<(&'static str, Approximation)>, Vec<LeftOut>) {
    let (mut found, mut left_out) = (vec![], vec![]);
    for choice in MethodChoice::value_variants() {
        if !arguments.methods.is_empty() && !arguments.methods.contains(choice) {
            continue;
        }
        let method = choice.method();
        for &degree in &arguments.degrees {
            match method.approximate(degree, target) {
                Ok(approximation) => {
                    // a chain that two degrees allow is one row
                    let row = (method.name(), approximation);
                    if found.last() != Some(&row) {
                        found.push(row);
                    }
                }
                Err(reason) => left_out.push(LeftOut {
                    method: method.name(),
                    degree,
                    reason: reason.to_string(),
                }),
            }
        }
    }
    (found, left_out)
}

impl Row {
    fn of(method: &'static str, found: &Approximation) -> Self {
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

    /// The polynomial, as far as a line holds it.
    fn formula(&self) -> String {
        if self.stages.len() > 1 {
            let stages: Vec<String> = self.stages.iter().map(ToString::to_string).collect();
            return format!("a chain of degrees {}", stages.join(", "));
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
    fn table(&self) -> String {
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

/// Five decimals as long as they show something.
fn number(value: f64) -> String {
    if value == 0.0 || value >= 1e-3 {
        format!("{value:.5}")
    } else {
        format!("{value:.3e}")
    }
}

impl FunctionChoice {
    fn function(self) -> Function {
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
    fn method(self) -> &'static dyn Method {
        match self {
            Self::LeastSquares => &LeastSquares,
            Self::Chebyshev => &ChebyshevInterpolation,
            Self::Minimax => &Minimax,
            Self::Hermite => &Hermite,
            Self::Composite => &CompositeMinimax,
        }
    }
}

/// `LOW,HIGH`.
fn interval(text: &str) -> Result<Interval, String> {
    let (low, high) = density::pair(text).ok_or("two numbers, as in -2,2")?;
    Interval::new(low, high).map_err(|error: ActivationError| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The report on the default target.
    fn report(density: &str) -> Report {
        let arguments = Arguments {
            function: FunctionChoice::Relu,
            interval: interval("-2,2").expect("an interval"),
            degrees: vec![2, 4, 10],
            methods: vec![],
            density: density.parse().expect("a density"),
            gap: 0.0,
            depths: 3,
            json: false,
            svg: None,
        };
        let density = arguments.density.load().expect("a density");
        let target = Target::new(Function::Relu, arguments.interval);
        let target = target.with_density(density).expect("weight");
        let (found, left_out) = approximate(&arguments, &target);
        let picture = plot::draw(&target, &found).expect("a picture");
        assert!(picture.starts_with("<svg") && !picture.contains("NaN"));
        assert!(picture.matches("<polyline").count() >= 2 * found.len());
        Report {
            function: "ReLU",
            low: -2.0,
            high: 2.0,
            density: target.density().name(),
            gap: 0.0,
            approximations: found.iter().map(|(m, f)| Row::of(m, f)).collect(),
            left_out,
            depths: Depths::of(&target, 3).expect("depths"),
        }
    }

    #[test]
    fn the_table_has_the_known_figures() {
        let table = report("uniform").table();
        for known in [
            "0.00521",
            "0.00130",
            "1.402e-4",
            "0.1875 +0.5000 x +0.2344 x^2",
            "0.15329",
            "0.00522",
        ] {
            assert!(table.contains(known), "no {known} in\n{table}");
        }
        assert!(table.contains("Hermite"), "{table}");
    }

    #[test]
    fn other_densities_have_a_table() {
        let gaussian = report("gaussian");
        assert!(gaussian.left_out.iter().all(|out| out.method != "Hermite"));
        assert!(gaussian.depths.rows[0].mean_square_error < gaussian.depths.thesis_here);
        assert!(
            report("gaussian:0.5,2")
                .table()
                .contains("Gaussian(0.5, 2)")
        );
        assert!(report("chebyshev").table().contains("Chebyshev inputs"));
        for wrong in [
            "normal",
            "gaussian:1",
            "measured:digits",
            "measured:digits,x",
        ] {
            assert!(wrong.parse::<DensityChoice>().is_err(), "{wrong}");
        }
        assert!(
            "gaussian:0,0"
                .parse::<DensityChoice>()
                .expect("read")
                .load()
                .is_ok()
        );
        assert!(
            "histogram:/nowhere"
                .parse::<DensityChoice>()
                .expect("read")
                .load()
                .is_err()
        );
        for wrong in ["2,-2", "1", "a,b", "1,2,3"] {
            assert!(interval(wrong).is_err(), "{wrong}");
        }
    }
}
