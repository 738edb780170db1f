//! The model card: what the model is, how it was made, and what it comes to.

use crate::evaluate::Measured;
use crate::recipe::Recipe;
use crate::record::Record;
use inkognito_dataset::Dataset;
use inkognito_network::{Layer, Model};
use std::fmt::Write;

/// Everything that the card tells.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// How the model is made.
    pub recipe: &'a Recipe,
    /// The run that made it.
    pub record: &'a Record,
    /// The model.
    pub model: &'a Model,
    /// Bytes of its file.
    pub file_bytes: usize,
    /// What it came to on its data set, the test images first.
    pub as_trained: &'a [Measured],
    /// What it came to on distorted images and on drawings.
    pub tolerance: &'a [Measured],
}

/// The model card, as Markdown.
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
         This card was written by `cargo run --release -p inkognito-training -- card --model {name}` \
         from `{name}.safetensors` and the record of the run that made it, `{name}.run.json`.\n\n\
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
         The exported file, evaluated by the plain forward pass of `inkognito-network`. A range is \
         the largest magnitude of an output of that linear layer, over all these images; those of \
         the training images stand in the file.\n\n",
    );
    table(&mut text, model, facts.as_trained);
    text.push_str("\n## Tolerance\n\n");
    text.push_str(
        "Test images, each distorted in one way by a random amount up to the limit named, either \
         way.",
    );
    if digits {
        text.push_str(
            " And digits drawn by program, in strokes of a pen, each form many times with another \
             proportion and tremor; none was trained on. The page centres and scales what visitors \
             draw and inks it with a pen of MNIST's width, so that off-centre, small, thin and \
             thick drawings reach the network like the first of these rows; the others show what \
             the network tolerates without that help.",
        );
    }
    text.push_str("\n\n");
    table(&mut text, model, facts.tolerance);
    let _ = writeln!(
        text,
        "\n## How it was trained\n\n\
         ![Test error and training loss after each epoch]({name}.svg)\n\n\
         The activation is the least-squares polynomial of ReLU of degree 2 on [-{0}, {0}], after \
         batch normalisation. Training images are distorted differently each time: {1}. Values \
         beyond 4 before an activation are penalised, because polynomials grow where ReLU would \
         not. The weights are averages over the last steps, and the normalisation is by the moments \
         of all training images, undistorted; both are folded into the file's weights. The accuracy \
         after each epoch, in the curve, is that of the averaged weights on the test images. The \
         file is the last epoch's, not the best one's; but the recipe was settled with accuracies \
         on MNIST's test images in view.\n",
        record.radius,
        if digits {
            "turned, slanted, scaled, shifted, bent and inked"
        } else {
            "mirrored, and a little turned, slanted, scaled, shifted, bent and brightened"
        }
    );
    text.push_str("## Limits\n\n");
    text.push_str(if digits {
        "One digit, upright, centred and scaled as MNIST's are. It always answers with a digit, also \
         where there is none. The drawn digits are a few forms drawn by program, which tells that \
         pen strokes are read, not how well everybody's are.\n"
    } else {
        "One piece, photographed, cut out and scaled as Fashion-MNIST's are; a sketch of a shirt is \
         not one of its images. It always answers with one of its ten classes. Shirts, T-shirts, \
         pullovers and coats are often taken for each other, by people too.\n"
    });
    text
}

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
