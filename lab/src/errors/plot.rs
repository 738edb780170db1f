//! Draws the report: errors, ranges and modulus, layer by layer.
//!
//! Relies on `picture.rs`. Not for the figures, which are in `report.rs`.

use super::report::{Report, Stage};
use crate::picture::{
    Anchor, BLUE, GOLD, INK, PENCIL, Panel, Picture, Sign, TEAL, legend, power_of_two,
};

const WIDTH: f64 = 860.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = WIDTH - 30.0;

/// The colour of free bits.
const FREE: &str = "#d9e4e1";

/// Draws the report as an SVG picture.
pub(super) fn draw(report: &Report) -> String {
    let mut picture = Picture::new(WIDTH, 890.0);
    let names: Vec<&str> = report
        .stages
        .iter()
        .map(|stage| stage.name.as_str())
        .collect();
    picture.title((LEFT, 34.0), &report.summary());
    errors(&mut picture, &report.stages, &names);
    ranges(&mut picture, &report.stages, &names);
    modulus(&mut picture, &report.stages, &names);
    picture.finish()
}

fn panel(stages: &[Stage], top: f64, bottom: f64, low: f64, high: f64) -> Panel {
    Panel {
        left: LEFT,
        right: RIGHT,
        top,
        bottom,
        low,
        high,
        columns: stages.len(),
    }
}

/// Draws the errors of the values on a logarithmic axis.
fn errors(picture: &mut Picture, stages: &[Stage], names: &[&str]) {
    let figures = |stage: &Stage| [stage.all, stage.one];
    let all = || stages.iter().flat_map(figures);
    let least = all().flat_map(|f| [f.rms_error, f.predicted_rms_error]);
    let low = least.fold(f64::INFINITY, f64::min).log2().floor();
    let high = all().map(|f| f.max_error).fold(0.0, f64::max).log2().ceil();
    let panel = panel(stages, 100.0, 330.0, low, high);
    picture.text(
        (LEFT, 62.0),
        Anchor::Start,
        INK,
        "Error of a decrypted value against the plain network",
    );
    legend(
        picture,
        (LEFT, 84.0),
        &[
            ("RMS, measured", Sign::Line, BLUE),
            ("RMS, predicted", Sign::Dashes, GOLD),
            ("first image: measured", Sign::Dot, BLUE),
            ("predicted", Sign::Ring, GOLD),
            ("largest", Sign::Line, PENCIL),
        ],
    );
    panel.grid(picture, 2.0, power_of_two);
    panel.names(picture, names);
    let mut curve = |value: fn(&Stage) -> f64, colour: &str, dashed: bool| {
        let points: Vec<_> = stages
            .iter()
            .enumerate()
            .map(|(column, stage)| (panel.x(column), panel.y(value(stage).log2())))
            .collect();
        picture.path(&points, colour, dashed);
    };
    curve(|stage| stage.all.max_error, PENCIL, false);
    curve(|stage| stage.all.rms_error, BLUE, false);
    curve(|stage| stage.all.predicted_rms_error, GOLD, true);
    for (column, stage) in stages.iter().enumerate() {
        let x = panel.x(column);
        let at = |error: f64| panel.y(error.log2());
        picture.dot((x + 9.0, at(stage.one.predicted_rms_error)), GOLD, false);
        picture.dot((x - 9.0, at(stage.one.rms_error)), BLUE, true);
    }
}

/// Draws the largest values beside those of the training images.
fn ranges(picture: &mut Picture, stages: &[Stage], names: &[&str]) {
    let values = stages
        .iter()
        .flat_map(|stage| [Some(stage.all.largest_value), stage.trained_range]);
    let high = values.flatten().fold(0.0, f64::max);
    let step = (high / 5.0).max(0.5).ceil();
    let panel = panel(stages, 430.0, 580.0, 0.0, (high / step).ceil() * step);
    picture.text(
        (LEFT, 392.0),
        Anchor::Start,
        INK,
        "Largest magnitude of a value",
    );
    legend(
        picture,
        (LEFT, 414.0),
        &[
            ("these images", Sign::Bar, TEAL),
            ("first image", Sign::Dot, BLUE),
            ("all training images", Sign::Line, GOLD),
        ],
    );
    panel.grid(picture, step, |value| format!("{value:.0}"));
    panel.names(picture, names);
    for (column, stage) in stages.iter().enumerate() {
        let (x, half_width) = (panel.x(column), 0.4 * panel.half_column());
        let top = panel.y(stage.all.largest_value);
        picture.bar((x - half_width, top), (x + half_width, panel.bottom), TEAL);
        picture.dot((x, panel.y(stage.one.largest_value)), BLUE, true);
        if let Some(range) = stage.trained_range {
            let y = panel.y(range);
            picture.line(
                (x - 1.6 * half_width, y),
                (x + 1.6 * half_width, y),
                GOLD,
                3.0,
            );
        }
    }
}

/// Draws the bits of the modulus that the message takes, and those that are left.
fn modulus(picture: &mut Picture, stages: &[Stage], names: &[&str]) {
    let high = stages
        .iter()
        .map(|stage| stage.log2_modulus)
        .fold(0.0, f64::max);
    let panel = panel(
        stages,
        680.0,
        810.0,
        0.0,
        (1.15 * high / 20.0).ceil() * 20.0,
    );
    picture.text((LEFT, 642.0), Anchor::Start, INK, "Modulus, in bits");
    legend(
        picture,
        (LEFT, 664.0),
        &[
            ("scale times largest value, and sign", Sign::Bar, BLUE),
            ("left", Sign::Bar, FREE),
        ],
    );
    panel.grid(picture, if high > 120.0 { 40.0 } else { 20.0 }, |value| {
        format!("{value:.0}")
    });
    panel.names(picture, names);
    for (column, stage) in stages.iter().enumerate() {
        let (x, half_width) = (panel.x(column), 0.5 * panel.half_column());
        let (used, whole) = (
            panel.y(stage.log2_modulus - stage.bits_left),
            panel.y(stage.log2_modulus),
        );
        picture.bar((x - half_width, whole), (x + half_width, used), FREE);
        picture.bar((x - half_width, used), (x + half_width, panel.bottom), BLUE);
        let left = format!("{:.1} left", stage.bits_left);
        picture.text((x, whole - 7.0), Anchor::Middle, INK, &left);
        let level = format!("level {}", stage.level);
        picture.text((x, panel.bottom + 38.0), Anchor::Middle, PENCIL, &level);
    }
}
