//! Draws the learning curve of a run.
//!
//! Relies on plain SVG. Not for other pictures.

use crate::train::Epoch;
use std::fmt::Write;

/// Width and height of the curve's picture, and the margin around its axes.
const PICTURE: (f64, f64, f64) = (640.0, 320.0, 56.0);

/// Draws the learning curve as SVG: test error and training loss, both on logarithmic axes.
#[must_use]
pub fn curve(epochs: &[Epoch]) -> String {
    let (width, height, margin) = PICTURE;
    // Zero has no logarithm: the least error drawn is 0.05 %.
    let errors: Vec<f64> = epochs
        .iter()
        .map(|epoch| (100.0 * (1.0 - epoch.accuracy)).max(0.05))
        .collect();
    let losses: Vec<f64> = epochs.iter().map(|epoch| epoch.loss.max(1e-3)).collect();
    let at = |index: usize| {
        margin + (width - 2.0 * margin) * index as f64 / (epochs.len().max(2) - 1) as f64
    };
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"13\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fbf8f1\"/>\n"
    );
    let curves = [
        (&errors, "#1d3557", "test error, %", margin, "end", -6.0),
        (
            &losses,
            "#b8860b",
            "training loss",
            width - margin,
            "start",
            6.0,
        ),
    ];
    for (values, colour, title, axis, anchor, gap) in curves {
        if values.is_empty() {
            continue;
        }
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values
            .iter()
            .copied()
            .fold(f64::MIN_POSITIVE, f64::max)
            .max(low * 1.01);
        let y = |value: f64| {
            let up = (value / low).ln() / (high / low).ln();
            height - margin - up * (height - 2.0 * margin)
        };
        let points: Vec<String> = values
            .iter()
            .enumerate()
            .map(|(index, value)| format!("{:.1},{:.1}", at(index), y(*value)))
            .collect();
        let _ = writeln!(
            svg,
            "<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"{}\"/>",
            points.join(" ")
        );
        for value in [low, (low * high).sqrt(), high] {
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\" \
                 fill=\"{colour}\">{value:.2}</text>",
                axis + gap,
                y(value) + 4.0
            );
        }
        let _ = writeln!(
            svg,
            "<text x=\"{axis:.1}\" y=\"{:.1}\" text-anchor=\"{}\" fill=\"{colour}\">{title}</text>",
            margin - 24.0,
            if anchor == "end" { "start" } else { "end" }
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#444\">epochs 1 to {}</text>\n\
         </svg>",
        width / 2.0,
        height - margin / 2.0,
        epochs.len()
    );
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_has_a_point_for_each_epoch() {
        let epochs: Vec<Epoch> = (1..=7)
            .map(|number| Epoch {
                number,
                loss: 1.0 / f64::from(number),
                accuracy: 1.0 - 0.1 / f64::from(number),
            })
            .collect();
        let svg = curve(&epochs);
        let lines: Vec<&str> = svg
            .lines()
            .filter(|line| line.starts_with("<polyline"))
            .collect();
        assert_eq!(lines.len(), 2);
        for line in lines {
            assert_eq!(line.matches(',').count(), 7);
            assert!(!line.contains("NaN") && !line.contains("inf"), "{line}");
        }
    }

    #[test]
    fn short_and_perfect_runs_have_a_curve_too() {
        let perfect = Epoch {
            number: 1,
            loss: 0.0,
            accuracy: 1.0,
        };
        for epochs in [vec![], vec![perfect], vec![perfect; 3]] {
            let svg = curve(&epochs);
            assert!(svg.ends_with("</svg>\n"));
            assert!(!svg.contains("NaN"), "{svg}");
        }
    }
}
