//! `lab errors`: the growth of the error from layer to layer, measured and predicted, and the bits
//! of the modulus that are left.
//!
//! Relies on the secret key, which the program has, to decrypt between the layers. Not for
//! accuracy.

mod plot;
mod report;
mod sums;
mod trace;

use std::{num::NonZeroUsize, path::PathBuf};

use anyhow::Context;
use inkognito_network::{Inspector, Model};
use ndarray::Array2;
use rayon::prelude::*;

pub(crate) use self::report::Report;
use self::trace::Stages;
use crate::{
    machine::Origin,
    models, output,
    sides::{self, Sides},
};

/// The default seed of key and encryptions.
pub(crate) const SEED: u64 = 1;

#[derive(Clone, clap::Args)]
pub(crate) struct Arguments {
    /// A model of models/, or a path to a model file
    #[arg(long, default_value = "digits")]
    pub(crate) model: String,
    /// How many of the 10,000 test images, from the first on; the first is also reported alone
    #[arg(long, default_value_t = NonZeroUsize::new(1000).expect("not zero"))]
    pub(crate) images: NonZeroUsize,
    /// Images at a time; one thread evaluates one image [default: the number of cores]
    #[arg(long)]
    pub(crate) threads: Option<NonZeroUsize>,
    /// The seed of key and encryptions
    #[arg(long, default_value_t = SEED)]
    pub(crate) seed: u64,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    /// Draw the figures into this SVG file
    #[arg(long)]
    pub(crate) svg: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let report = measure(arguments)?;
    if let Some(path) = &arguments.svg {
        std::fs::write(path, svg(&report))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    output::print(&report, Report::table, arguments.json)
}

/// Follows the test images through the encrypted network.
///
/// # Errors
///
/// If the model or the data set cannot be read, or a step of the protocol fails.
pub(crate) fn measure(arguments: &Arguments) -> anyhow::Result<Report> {
    let (_, model) = models::load(&arguments.model)?;
    let test = models::test_images(&model, arguments.images.get())?;
    follow_all(arguments, &model, |index| test.image(index))
}

/// Draws the figures of a report as an SVG picture.
pub(crate) fn svg(report: &Report) -> String {
    plot::draw(report)
}

/// Follows the images that `image` returns for the indices from zero on.
fn follow_all(
    arguments: &Arguments,
    model: &Model,
    image: impl Fn(usize) -> Array2<f32> + Sync,
) -> anyhow::Result<Report> {
    let images = arguments.images.get();
    let sides = Sides::new(model, Some(arguments.seed))?;
    let inspector = Inspector::new(model, &sides.plan)?;
    let pool = sides::pool(arguments.threads)?;
    let bar = sides::progress(&arguments.model, images)?;
    let followed: Vec<Stages> = pool.install(|| {
        let each = (0..images).into_par_iter().map(|index| {
            let followed = trace::follow(&sides, &inspector, model, image(index).view())?;
            bar.inc(1);
            anyhow::Ok(followed)
        });
        each.collect::<anyhow::Result<_>>()
    })?;
    bar.finish_and_clear();
    let command = format!("errors --model {} --images {images}", arguments.model);
    let parameters = sides.plan.parameters();
    Ok(Report {
        origin: Origin::here(&command),
        model: arguments.model.clone(),
        degree: parameters.degree(),
        log2_qp: parameters.log_qp(),
        seed: arguments.seed,
        stages: trace::sum_up(&sides, model, &followed),
    })
}

/// Returns a report of one invented stage, for tests.
#[cfg(test)]
pub(crate) fn example() -> Report {
    use self::report::Stage;
    use self::sums::Sums;

    let figures = Sums::of(
        [(1.0, 1.001), (-2.0, -2.0)].into_iter(),
        [1e-6, 1e-6].into_iter(),
        2.0,
    );
    let stage = Stage {
        name: "input".into(),
        level: 1,
        log2_scale: 26.0,
        log2_modulus: 54.0,
        log2_message: 27.0,
        bits_left: 26.0,
        trained_range: Some(2.5),
        one: figures.figures(),
        all: figures.figures(),
    };
    Report {
        origin: Origin::here("errors"),
        model: "digits".into(),
        degree: 8192,
        log2_qp: 214.0,
        seed: SEED,
        stages: vec![stage],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest ratio of the measured and the predicted root mean square, either way. Over
    /// many images they differ by at most 3 %, except for the scores: these are in ten slots
    /// only, and the magnitudes of a key's slots differ from the mean that the model uses.
    const FACTOR: f64 = 2.0;

    /// Draws a few strokes, different for each image.
    fn drawing(index: usize) -> Array2<f32> {
        let mut drawing = inkognito::Drawing::new();
        let tilt = 0.1 * index as f64;
        drawing.begin(0.2 + tilt, 0.1);
        drawing.extend(0.8, 0.2);
        drawing.extend(0.4 + tilt, 0.9);
        drawing.begin(0.3, 0.5);
        drawing.extend(0.7, 0.5 + tilt);
        drawing.pixels()
    }

    fn predicted_within_the_factor(model: &str, levels: &[usize]) {
        let arguments = Arguments {
            model: model.into(),
            images: NonZeroUsize::new(3).unwrap(),
            threads: None,
            seed: SEED,
            json: false,
            svg: None,
        };
        let (_, loaded) = models::load(model).unwrap();
        let report = follow_all(&arguments, &loaded, drawing).unwrap();
        let found: Vec<_> = report.stages.iter().map(|stage| stage.level).collect();
        assert_eq!(found, levels);
        for stage in &report.stages {
            for figures in [stage.one, stage.all] {
                let ratio = figures.rms_error / figures.predicted_rms_error;
                println!("{}, {} images: {ratio:.2}", stage.name, figures.images);
                assert!((1.0 / FACTOR..FACTOR).contains(&ratio), "{stage:?}");
                assert!(figures.max_error >= figures.rms_error);
            }
            assert!(stage.bits_left > 0.5, "{stage:?}");
        }
        let svg = svg(&report);
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
        assert_eq!(report.rows().len(), report.stages.len() + 1);
    }

    #[test]
    fn the_noise_model_predicts_the_errors_of_digits() {
        predicted_within_the_factor("digits", &[5, 4, 3, 2, 1, 0]);
    }

    #[test]
    fn the_noise_model_predicts_the_errors_of_deep() {
        predicted_within_the_factor("deep", &[7, 6, 5, 4, 3, 2, 1, 0]);
    }
}
