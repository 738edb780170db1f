//! Prints the errors, levels and products of ReLU approximations by each method.
//!
//! `cargo run -p inkognito-activation --example relu [radius]`: on the interval [-radius, radius],
//! by default [-2, 2], under the normal density.

use std::error::Error;

use inkognito_activation::{
    Approximation, CompositeMinimax, Density, Function, Interval, METHODS, Target,
};

fn main() -> Result<(), Box<dyn Error>> {
    let radius = match std::env::args().nth(1) {
        Some(radius) => radius.parse()?,
        None => 2.0,
    };
    let target = Target::new(Function::Relu, Interval::symmetric(radius)?)
        .with_density(Density::STANDARD_NORMAL)?;
    println!("ReLU on [-{radius}, {radius}]");
    println!("method                   degree  largest error  RMS error  levels  products");
    for method in METHODS {
        for degree in [2, 4, 8, 16] {
            // a method refuses degrees and targets that it does not apply to
            match method.approximate(degree, &target) {
                Ok(found) => print(method.name(), &found),
                Err(reason) => println!("{:<25}{degree:>6}  {reason}", method.name()),
            }
        }
    }
    // seven levels allow a chain of two polynomials
    if let Some(found) = CompositeMinimax.of_depth(7, &target)? {
        print("chain of seven levels", &found);
    }
    Ok(())
}

fn print(name: &str, found: &Approximation) {
    println!(
        "{name:<25}{:>6}{:>15.5}{:>11.5}{:>8}{:>10}",
        found.composition().degree(),
        found.max_error(),
        found.mean_square_error().sqrt(),
        found.depth(),
        found.products(),
    );
}
