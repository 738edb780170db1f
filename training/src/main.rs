//! The command: trains a model and writes its file, its card and its learning curve.

use clap::Parser;
use inkognito_activation::{Interval, LeastSquares, Method};
use inkognito_dataset::Mnist;
use inkognito_training::augment::Strength;
use inkognito_training::error::TrainingError;
use inkognito_training::fold;
use inkognito_training::network::{Architecture, Network, Quadratic};
use inkognito_training::train::{Progress, Settings, train};
use rayon::prelude::*;
use std::time::Instant;

#[derive(Parser)]
struct Options {
    #[arg(long, default_value_t = 60)]
    epochs: u32,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, default_value_t = 2.0)]
    radius: f64,
    #[arg(long, default_value_t = 2e-3)]
    rate: f64,
    #[arg(long, default_value = "/tmp/t-model.safetensors")]
    output: std::path::PathBuf,
}

fn main() -> Result<(), TrainingError> {
    let options = Options::parse();
    let mnist = Mnist::load()?;
    let c = if options.radius > 0.0 {
        let a = LeastSquares.approximate(2, Interval::symmetric(options.radius)?)?;
        a.polynomial().coefficients().to_vec()
    } else {
        vec![0.0, 0.0, 1.0]
    };
    let network = Network::new(
        Architecture::new(7, 3, 32, 64)?,
        Quadratic {
            coefficients: [c[0], c[1], c[2]],
        },
        options.seed,
    )?;
    let start = Instant::now();
    let moments = train(
        &network,
        &mnist.train,
        &mnist.test,
        Settings {
            epochs: options.epochs,
            batch: 250,
            rate: options.rate,
            strength: Strength::MILD,
            seed: options.seed,
        },
        |p| {
            if let Progress::Epoch(e) = p {
                eprintln!("{:?} {:.1}s", e, start.elapsed().as_secs_f64());
            }
        },
    )?;
    let model = fold::export(&network, &moments, "digits", "MNIST", &mnist.train)?;
    eprintln!(
        "{:?} {:.1}s",
        model.description().layers,
        start.elapsed().as_secs_f64()
    );
    let right = (0..mnist.test.len())
        .into_par_iter()
        .filter(|i| {
            let s = model.scores(mnist.test.image(*i).view());
            let best = (0..10).max_by(|a, b| s[*a].total_cmp(&s[*b]));
            best == Some(usize::from(mnist.test.labels()[*i]))
        })
        .count();
    eprintln!("right {right} {:.1}s", start.elapsed().as_secs_f64());
    let drawn = inkognito_training::drawn::drawings(100, 1);
    let img = |d: &inkognito_training::drawn::Drawing| ndarray::Array2::from_shape_vec((28, 28), d.image.to_vec()).unwrap();
    let mut wrong = [[0; 10]; 10];
    for d in &drawn {
        let s = model.scores(img(d).view());
        let best = (0..10).max_by(|a, b| s[*a].total_cmp(&s[*b])).unwrap();
        if best != usize::from(d.label) { wrong[usize::from(d.label)][best] += 1; }
    }
    eprintln!("drawn wrong {} of {} {wrong:?}", wrong.iter().flatten().sum::<i32>(), drawn.len());
    eprintln!("drawn ranges {:?}", fold::ranges(&model, drawn.len(), |i| img(&drawn[i])));
    let aug = inkognito_training::augment::Augmenter::new(99, Strength::MILD);
    eprintln!("aug ranges {:?}", fold::ranges(&model, 60000, |i| ndarray::Array2::from_shape_vec((28, 28), aug.copy(&inkognito_training::batches::pixels(&mnist.train, i), 0, i as u32).to_vec()).unwrap()));
    eprintln!("test ranges {:?}", fold::ranges(&model, 10000, |i| mnist.test.image(i)));
    std::fs::write(&options.output, model.to_bytes()?).unwrap();
    Ok(())
}
