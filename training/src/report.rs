//! What a run leaves beside the model: its card and its learning curve.

use crate::train::{Epoch, Settings};
use inkognito_network::{Layer, Model};
use std::fmt::Write;

/// How many of some images were read rightly, and the largest magnitudes met on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Which images.
    pub images: &'static str,
    /// How many there are.
    pub count: usize,
    /// How many were read rightly.
    pub right: usize,
    /// Largest magnitude of each linear layer's outputs.
    pub ranges: Vec<f64>,
}

impl Measured {
    /// The part that was read rightly, 0 to 1.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        self.right as f64 / self.count as f64
    }
}

/// Everything that the card tells.
#[derive(Debug, Clone)]
pub struct Run<'a> {
    /// The command that was given.
    pub command: &'a str,
    /// The settings.
    pub settings: Settings,
    /// The model.
    pub model: &'a Model,
    /// Bytes of its file.
    pub file_bytes: usize,
    /// The interval `[-radius, radius]` of the activation's approximation.
    pub radius: f64,
    /// What each epoch came to.
    pub epochs: &'a [Epoch],
    /// What the model came to, the test images first.
    pub measured: &'a [Measured],
    /// How long the run took, in seconds.
    pub seconds: f64,
    /// Threads it ran on.
    pub threads: usize,
}

/// The model card, as Markdown.
#[must_use]
pub fn card(run: &Run<'_>) -> String {
    let Run {
        command,
        settings,
        model,
        ..
    } = run;
    let description = model.description();
    let name = &description.name;
    let layers: Vec<String> = description.layers.iter().map(layer).collect();
    let mut text = String::new();
    let mut line = |line: std::fmt::Arguments<'_>| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{line}");
    };
    line(format_args!("# Model card: {name}\n"));
    line(format_args!(
        "This card was written by the training run that made `{name}.safetensors`.\n"
    ));
    line(format_args!("| | |\n|---|---|"));
    line(format_args!(
        "| reads | {} |",
        "one digit, 28x28 pixels from 0 (paper) to 1 (ink)"
    ));
    line(format_args!("| layers | {} |", layers.join(" -> ")));
    line(format_args!(
        "| file | {:.0} KB of 32-bit floats |",
        run.file_bytes as f64 / 1e3
    ));
    line(format_args!("| trained on | {} |", description.dataset));
    line(format_args!(
        "| recipe | {} epochs, batches of {}, Adam with a rate of {} falling along a cosine |",
        settings.epochs, settings.batch, settings.rate
    ));
    line(format_args!("| seed | {} |", settings.seed));
    line(format_args!("| command | `{command}` |"));
    line(format_args!(
        "| time | {:.1} minutes on {} threads |",
        run.seconds / 60.0,
        run.threads
    ));
    line(format_args!("\n## Accuracy and ranges\n"));
    line(format_args!(
        "The exported file, evaluated by the plain forward pass of `inkognito-network`. A range is \
         the largest magnitude of an output of that linear layer, over all these images; those of \
         the training images stand in the file.\n"
    ));
    let linear: Vec<String> = (0..description.layers.len())
        .filter(|index| description.layers[*index].tensor_shapes().is_some())
        .map(|index| format!("layer {index}"))
        .collect();
    line(format_args!(
        "| images | right | accuracy | {} |",
        linear.join(" | ")
    ));
    line(format_args!("|---|---|---|{}", "---|".repeat(linear.len())));
    for measured in run.measured {
        let ranges: Vec<String> = measured.ranges.iter().map(|r| format!("{r:.2}")).collect();
        line(format_args!(
            "| {} | {} of {} | {:.2}% | {} |",
            measured.images,
            measured.right,
            measured.count,
            100.0 * measured.accuracy(),
            ranges.join(" | ")
        ));
    }
    line(format_args!(
        "\n![Test error and training loss after each epoch]({name}.svg)\n"
    ));
    line(format_args!("## How it was trained\n"));
    line(format_args!(
        "The activation is the least-squares polynomial of ReLU of degree 2 on [-{0}, {0}], after \
         batch normalisation. Training images are turned, slanted, scaled, shifted, bent and \
         inked differently each time. Values beyond 4 before an activation are penalised, because \
         polynomials grow where ReLU would not. The weights are averages over the last steps, and \
         the normalisation is by the moments of all training images, undistorted; both are folded \
         into the file's weights. The accuracy after each epoch, in the curve, is that of the \
         averaged weights on the test images. The file is the last epoch's, not the best one's; but \
         the recipe was settled with accuracies on the test images in view.\n",
        run.radius
    ));
    line(format_args!("## Limits\n"));
    line(format_args!(
        "One digit, upright, centred and scaled as MNIST's are. It always answers with a digit, \
         also where there is none. The drawn digits are a few forms drawn by program, which tells \
         that pen strokes are read, not how well everybody's are."
    ));
    text
}

fn layer(layer: &Layer) -> String {
    match layer {
        Layer::Conv2d {
            outputs,
            kernel,
            stride,
            ..
        } => {
            format!("convolution {kernel}x{kernel}, stride {stride}, {outputs} channels")
        }
        Layer::Polynomial { coefficients } => {
            let terms: Vec<String> = coefficients
                .iter()
                .enumerate()
                .map(|(power, c)| match power {
                    0 => format!("{c:.4}"),
                    1 => format!("{c:.4} x"),
                    _ => format!("{c:.4} x^{power}"),
                })
                .collect();
            terms.join(" + ")
        }
        Layer::Dense {
            inputs, outputs, ..
        } => format!("dense {inputs} to {outputs}"),
    }
}

/// Width and height of the curve's picture, and the margin around its axes.
const PICTURE: (f64, f64, f64) = (640.0, 320.0, 56.0);

/// The learning curve as an SVG picture: test error and training loss, both on logarithmic axes.
#[must_use]
pub fn curve(epochs: &[Epoch]) -> String {
    let (width, height, margin) = PICTURE;
    // An error of nothing has no logarithm: a twentieth of a percent is the floor.
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
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{value:.2}</text>",
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
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#444\">epochs 1 to {}</text>\n</svg>",
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
