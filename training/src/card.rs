//! The model card: description, training and accuracy of a model.
//!
//! Relies on the record of a run and on measurements. Not for programs, which read the model file.

use crate::evaluate::Measured;
use crate::recipe::Recipe;
use crate::record::Record;
use inkognito_dataset::Dataset;
use inkognito_network::{Layer, Model};
use std::fmt::Write;

/// The contents of the card.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// The recipe of the model.
    pub recipe: &'a Recipe,
    /// The record of its training run.
    pub record: &'a Record,
    /// The model.
    pub model: &'a Model,
    /// The bytes of its file.
    pub file_bytes: usize,
    /// Its accuracy on the data set, the test images first.
    pub as_trained: &'a [Measured],
    /// Its accuracy on distorted images and on drawings.
    pub tolerance: &'a [Measured],
}

/// Writes the model card as Markdown.
#[must_use]
pub fn card(facts: &Facts<'_>) -> String {
    let Facts {
        recipe,
        record,
        model,
        ..
    } = facts;
    let description = model.description();
    let name = &description.name;
    let layers: Vec<String> = description.layers.iter().map(layer).collect();
    let digits = recipe.dataset == Dataset::Mnist;
    let reads = if digits {
        "one digit, 28x28 pixels from 0 (paper) to 1 (ink)"
    } else {
        "one piece of clothing, 28x28 pixels from 0 (background) to 1"
    };
    let mut text = format!(
        "# Model card: {name}\n\n\
         Written by `cargo run --release -p inkognito-training -- card --model {name}`\n\
         from `{name}.safetensors` and the record of its training run, `{name}.run.json`.\n\n\
         | | |\n|---|---|\n"
    );
    let rows = [
        ("reads", reads.to_owned()),
        ("answers", description.classes.join(", ")),
        ("layers", layers.join(" -> ")),
        (
            "file",
            format!("{:.0} KB of 32-bit floats", facts.file_bytes as f64 / 1e3),
        ),
        ("trained on", description.dataset.clone()),
        (
            "recipe",
            format!(
                "{} epochs, batches of {}, Adam with a rate of {} falling along a cosine",
                record.epochs.len(),
                record.batch,
                record.rate
            ),
        ),
        ("seed", record.seed.to_string()),
        ("command", format!("`{}`", record.command)),
        (
            "time",
            format!(
                "{:.1} minutes on {} threads",
                record.seconds / 60.0,
                record.threads
            ),
        ),
    ];
    for (what, value) in rows {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {what} | {value} |");
    }
    text.push_str(
        "\n## Accuracy and ranges\n\n\
         `inkognito-network` evaluates the exported file without encryption. The range of a\n\
         linear layer is the largest magnitude of its outputs over all these images. The file\n\
         holds the ranges of the training images.\n\n",
    );
    table(&mut text, model, facts.as_trained);
    text.push_str("\n## Tolerance\n\n");
    text.push_str(
        "Each test image is distorted in one way, by a random amount up to the limit in the \
         table.",
    );
    if digits {
        text.push_str(
            "\n\n\
             The *drawn* digits are pen strokes that a program draws, each form many times with\n\
             random proportion and tremor. The network was not trained on them. The page centres\n\
             and scales a visitor's drawing and draws it with a pen of MNIST's width. So\n\
             off-centre, small, thin and thick drawings reach the network as in the first row of\n\
             the drawn digits. The other rows show what it tolerates without this correction.",
        );
    }
    text.push_str("\n\n");
    table(&mut text, model, facts.tolerance);
    let _ = writeln!(
        text,
        "\n## How it was trained\n\n\
         ![Test error and training loss after each epoch]({name}.svg)\n\n\
         - Batch normalisation is followed by an activation: the least-squares polynomial\n  \
           of degree 2 for ReLU on [-{0}, {0}].\n\
         - Each epoch distorts the training images differently:\n  {1}.\n\
         - A penalty keeps the inputs of the activations below 4 in magnitude, because a\n  \
           polynomial grows faster than ReLU.\n\
         - The weights are averages over the last steps. The normalisation uses the\n  \
           moments of all undistorted training images. Both are folded into the weights of\n  \
           the file.\n\
         - The curve shows the accuracy of the averaged weights on the test images after\n  \
           each epoch.\n\
         - The file is that of the last epoch, not that of the best one. But accuracies on\n  \
           MNIST's test images influenced the choice of the recipe.\n",
        record.radius,
        if digits {
            "rotated, sheared, scaled, shifted, distorted elastically, and with other strokes"
        } else {
            "flipped, and slightly rotated, sheared, scaled, shifted, distorted and brightened"
        }
    );
    text.push_str("## Limits\n\n");
    text.push_str(if digits {
        "The network reads one digit, upright, centred and scaled like those of MNIST. It\n\
         always answers with a digit, also if there is none. The drawn digits have a few forms.\n\
         They show that the network reads pen strokes, not how well it reads every handwriting.\n"
    } else {
        "The network reads one piece of clothing, photographed, cut out and scaled like those of\n\
         Fashion-MNIST; a sketch of a shirt is no such image. It always answers with one of its\n\
         ten classes. It often confuses shirts, T-shirts, pullovers and coats, as people do.\n"
    });
    text
}

/// Appends a table of accuracies and ranges.
fn table(text: &mut String, model: &Model, rows: &[Measured]) {
    let layers = &model.description().layers;
    let linear: Vec<String> = (0..layers.len())
        .filter(|index| layers[*index].tensor_shapes().is_some())
        .map(|index| format!("layer {index}"))
        .collect();
    let _ = writeln!(
        text,
        "| images | right | accuracy | {} |\n|---|---|---|{}",
        linear.join(" | "),
        "---|".repeat(linear.len())
    );
    for measured in rows {
        let ranges: Vec<String> = measured.ranges.iter().map(|r| format!("{r:.2}")).collect();
        let _ = writeln!(
            text,
            "| {} | {} of {} | {:.2}% | {} |",
            measured.images,
            measured.right,
            measured.count,
            100.0 * measured.accuracy(),
            ranges.join(" | ")
        );
    }
}

/// Describes a layer.
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
        Layer::Composition { stages, .. } => {
            let stages = stages.iter().map(|stage| stage.coefficients.len() - 1);
            let degrees: Vec<String> = stages.map(|degree| degree.to_string()).collect();
            format!("polynomials of degrees {}", degrees.join(", "))
        }
        Layer::Dense {
            inputs, outputs, ..
        } => format!("dense {inputs} to {outputs}"),
    }
}
