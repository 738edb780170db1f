//! Evaluates images, decrypts after each layer and compares with the plain network.
//!
//! Relies on the keyring to decrypt and on `Inspector` for the prediction. Not for the report,
//! which is in `report.rs`.

use std::iter;

use inkognito_ckks::{Ciphertext, Complex64, NoiseModel, wire};
use inkognito_network::{Inspector, Layer, Model, Output};
use ndarray::ArrayView2;

use super::report::Stage;
use super::sums::Sums;
use crate::sides::Sides;

/// Name, level and scale of the ciphertext after a layer: equal for all images.
#[derive(Debug, Clone)]
pub(super) struct LevelScale {
    name: String,
    level: usize,
    scale: f64,
}

/// The stages of one image with their sums, the input first.
pub(super) type Stages = Vec<(LevelScale, Sums)>;

/// Evaluates one image and decrypts the ciphertext after each layer.
///
/// # Errors
///
/// If a step of the protocol fails.
pub(super) fn follow(
    sides: &Sides,
    inspector: &Inspector<'_>,
    model: &Model,
    image: ArrayView2<'_, f32>,
) -> anyhow::Result<Stages> {
    let parameters = sides.plan.parameters();
    let message = sides.vault_mut()?.encrypt(image)?.message;
    let trace = model.trace(image);
    let variances = inspector.variances(image)?;
    let decrypt = |ciphertext: &Ciphertext| -> anyhow::Result<Vec<Complex64>> {
        Ok(sides.vault()?.keyring().decrypt(ciphertext))
    };

    let input = wire::read_input(parameters, &message)?.expand();
    let slots = decrypt(&input)?;
    let packed = sides.plan.pack(image)?;
    let fresh = NoiseModel::new(parameters).fresh() / 2.0 / (input.scale() * input.scale());
    let pairs = packed
        .iter()
        .zip(&slots)
        .flat_map(|(plain, slot)| [(plain.re, slot.re), (plain.im, slot.im)]);
    let largest = magnitude(slots.iter().map(|slot| slot.re));
    let sums = Sums::of(pairs, iter::repeat_n(fresh, 2 * packed.len()), largest);
    let input_level_scale = LevelScale {
        name: "input".into(),
        level: input.level(),
        scale: input.scale(),
    };
    let mut stages = vec![(input_level_scale, sums)];

    let mut failure = None;
    sides.session.infer(&message, |stage| {
        let layer = stages.len() - 1;
        let read = || match stage.output {
            Output::Slots(ciphertext) => {
                let slots = decrypt(ciphertext)?;
                let largest = magnitude(slots.iter().map(|slot| slot.re));
                anyhow::Ok((sides.plan.values(layer, &slots), largest))
            }
            Output::Scores(ciphertexts) => {
                let scores = sides.vault()?.keyring().decrypt_truncated(ciphertexts);
                let largest = magnitude(scores.iter().copied());
                Ok((scores, largest))
            }
        };
        match read() {
            Ok((values, largest)) => {
                let pairs = trace[layer].iter().copied().zip(values);
                let sums = Sums::of(pairs, variances[layer].iter().copied(), largest);
                let (level, scale) = sides.plan.stage_level_scale(layer);
                let name = stage.name.to_owned();
                stages.push((LevelScale { name, level, scale }, sums));
            }
            Err(error) => failure = Some(error),
        }
    })?;
    match failure {
        None => Ok(stages),
        Some(error) => Err(error),
    }
}

/// Returns the largest magnitude.
fn magnitude(values: impl Iterator<Item = f64>) -> f64 {
    values.map(f64::abs).fold(0.0, f64::max)
}

/// Sums up the images, stage by stage. The first is also reported alone.
pub(super) fn sum_up(sides: &Sides, model: &Model, images: &[Stages]) -> Vec<Stage> {
    let parameters = sides.plan.parameters();
    let Some(first) = images.first() else {
        return vec![];
    };
    let ranges = model.description().layers.iter().map(|layer| match layer {
        Layer::Conv2d { range, .. } | Layer::Dense { range, .. } => Some(*range),
        _ => None,
    });
    let ranges = [None].into_iter().chain(ranges);
    let stages = first.iter().enumerate().zip(ranges);
    stages
        .map(|((stage, (level_scale, one)), trained_range)| {
            let all = images.iter().map(|image| &image[stage].1);
            let all = all.fold(Sums::default(), |all, image| all.and(image));
            let log2_modulus = parameters.log_q(level_scale.level);
            let log2_message = (level_scale.scale * all.largest_slot).log2();
            Stage {
                name: level_scale.name.clone(),
                level: level_scale.level,
                log2_scale: level_scale.scale.log2(),
                log2_modulus,
                log2_message,
                bits_left: log2_modulus - 1.0 - log2_message,
                trained_range,
                one: one.figures(),
                all: all.figures(),
            }
        })
        .collect()
}
