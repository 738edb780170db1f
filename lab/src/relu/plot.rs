//! Draws the polynomials: above them the function and its approximations, below the errors.

use inkognito_activation::{Approximation, Target};
use plotters::prelude::*;

const SIZE: (u32, u32) = (960, 720);
/// The points of each curve.
const POINTS: u32 = 800;
const PAPER: RGBColor = RGBColor(0xfb, 0xf8, 0xf1);
const INK: RGBColor = RGBColor(0x22, 0x30, 0x3c);
const GRID: RGBColor = RGBColor(0xe6, 0xdf, 0xd0);
/// The colours of the methods.
const COLOURS: [RGBColor; 5] = [
    RGBColor(0x1d, 0x35, 0x57),
    RGBColor(0x3a, 0x8f, 0x85),
    RGBColor(0xb8, 0x86, 0x0b),
    RGBColor(0xa3, 0x3b, 0x3b),
    RGBColor(0x7a, 0x4f, 0x9a),
];

/// Draws the picture as SVG.
///
/// # Errors
///
/// If the plotter fails.
pub(super) fn draw(
    target: &Target,
    found: &[(&'static str, Approximation)],
) -> Result<String, DrawingAreaErrorKind<std::io::Error>> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        area.fill(&PAPER)?;
        let (above, below) = area.split_vertically(400);
        curves(&above, target, found)?;
        errors(&below, target, found)?;
        area.present()?;
    }
    Ok(svg)
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

fn curves(
    area: &Area<'_>,
    target: &Target,
    found: &[(&'static str, Approximation)],
) -> Result<(), DrawingAreaErrorKind<std::io::Error>> {
    let function = |x: f64| target.function().at(x);
    let (low, high) = range(points(target).map(function));
    let mut chart = chart(area, target, low, high, "the function and its polynomials")?;
    let line = points(target).map(|x| (x, function(x)));
    chart.draw_series(LineSeries::new(line, INK.stroke_width(3)))?;
    for (index, (method, approximation)) in found.iter().enumerate() {
        let colour = colour(found, index);
        let line = points(target).map(|x| (x, approximation.at(x)));
        let series = chart.draw_series(LineSeries::new(line, colour.stroke_width(1)))?;
        // One entry for each method.
        if index == 0 || found[index - 1].0 != *method {
            series.label(*method).legend(move |(x, y)| {
                PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2))
            });
        }
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(PAPER)
        .border_style(GRID)
        .label_font(("system-ui, sans-serif", 14, &INK))
        .draw()
}

fn errors(
    area: &Area<'_>,
    target: &Target,
    found: &[(&'static str, Approximation)],
) -> Result<(), DrawingAreaErrorKind<std::io::Error>> {
    let error = |found: &Approximation, x: f64| found.at(x) - target.function().at(x);
    let all = found
        .iter()
        .flat_map(|(_, found)| points(target).map(|x| error(found, x)));
    let (low, high) = range(all);
    let mut chart = chart(area, target, low, high, "polynomial less function")?;
    for (index, (_, approximation)) in found.iter().enumerate() {
        let line = points(target).map(|x| (x, error(approximation, x)));
        let colour = colour(found, index);
        chart.draw_series(LineSeries::new(line, colour.stroke_width(1)))?;
    }
    Ok(())
}

type Chart<'a, 'b> = ChartContext<
    'a,
    SVGBackend<'b>,
    Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
>;

/// Draws axes and grid.
fn chart<'a, 'b>(
    area: &'a Area<'b>,
    target: &Target,
    low: f64,
    high: f64,
    title: &str,
) -> Result<Chart<'a, 'b>, DrawingAreaErrorKind<std::io::Error>> {
    let interval = target.interval();
    let mut chart = ChartBuilder::on(area)
        .margin(16)
        .x_label_area_size(28)
        .y_label_area_size(64)
        .caption(title, ("system-ui, sans-serif", 16, &INK))
        .build_cartesian_2d(interval.low()..interval.high(), low..high)?;
    chart
        .configure_mesh()
        .light_line_style(PAPER)
        .bold_line_style(GRID)
        .axis_style(INK)
        .label_style(("system-ui, sans-serif", 13, &INK))
        .draw()?;
    Ok(chart)
}

/// Returns the inputs of a curve in order, without those in the gap.
fn points(target: &Target) -> impl Iterator<Item = f64> {
    let interval = target.interval();
    let step = (interval.high() - interval.low()) / f64::from(POINTS);
    let gap = target.gap();
    (0..=POINTS)
        .map(move |i| interval.low() + step * f64::from(i))
        .filter(move |x| x.abs() >= gap)
}

/// Returns the least and the largest value, with a margin of 8 %.
fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    if low > high {
        return (-1.0, 1.0);
    }
    let margin = (0.08 * (high - low)).max(1e-12);
    (low - margin, high + margin)
}

/// Returns the colour of a row's method.
fn colour(found: &[(&'static str, Approximation)], index: usize) -> RGBColor {
    let before = found[..=index]
        .windows(2)
        .filter(|pair| pair[0].0 != pair[1].0);
    COLOURS[before.count() % COLOURS.len()]
}
