//! `lab relu`: errors and costs of polynomials that approximate ReLU and other functions.
//!
//! Relies on `inkognito-activation` for all methods. Not for the errors of ciphertexts.

mod choices;
mod density;
mod depth;
mod format;
mod pair;
mod plot;
mod report;

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, FromArgMatches, ValueEnum};
use inkognito_activation::{Approximation, Interval, Target};

use self::choices::{FunctionChoice, MethodChoice, interval};
use self::density::DensityChoice;
use self::depth::Depths;
use self::report::{LeftOut, Report, Row};
use crate::output;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The function to approximate
    #[arg(long, value_enum, default_value = "relu")]
    function: FunctionChoice,
    /// The interval, as LOW,HIGH
    #[arg(long, default_value = "-2,2", value_parser = interval, allow_hyphen_values = true)]
    interval: Interval,
    /// Degrees of the polynomials; for a composition the largest degree, multiplied out
    #[arg(long, value_delimiter = ',', default_values_t = [2, 4, 6, 8, 10])]
    degrees: Vec<usize>,
    /// Methods [default: all that apply]
    #[arg(long, value_enum, value_delimiter = ',')]
    methods: Vec<MethodChoice>,
    /// The density of inputs: uniform, chebyshev, gaussian, gaussian:MEAN,DEVIATION,
    /// histogram:FILE with {"edges": [..], "counts": [..]}, or measured:MODEL,LAYER for the
    /// outputs of a model's layer on the first 1000 training images
    #[arg(long, default_value = "uniform", allow_hyphen_values = true)]
    density: DensityChoice,
    /// Inputs of smaller magnitude do not count; the sign function needs such a gap
    #[arg(long, default_value_t = 0.0)]
    gap: f64,
    /// Compare the depths from one to this
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=7))]
    depths: u32,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Draw the function, the polynomials and their errors into this file
    #[arg(long)]
    svg: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    output::print(&measure(arguments)?, Report::table, arguments.json)
}

/// Returns the report of the command without options, as JSON and as text, and writes the picture
/// to `svg`.
///
/// # Errors
///
/// If the picture cannot be drawn or written.
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

/// Applies every chosen method at every degree. Returns the polynomials, and the methods that gave
/// none.
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
                    // Two degrees may allow the same composition, which is then one row.
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

#[cfg(test)]
mod tests {
    use inkognito_activation::Function;

    use super::*;

    /// Returns the report on ReLU over [-2, 2].
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
