//! Prints the cost of a network on ciphertexts.
//!
//! `cargo run -p inkognito-network --example plan -- model.safetensors` reads a model file. Without
//! an argument the example plans a small network. Neither needs a secret key.

use std::error::Error;

use inkognito_network::{Description, FORMAT, Input, Layer, Plan};

fn main() -> Result<(), Box<dyn Error>> {
    let description = match std::env::args().nth(1) {
        // the header of the file suffices: a plan does not depend on the weights
        Some(path) => Description::from_bytes(&std::fs::read(path)?)?,
        None => small(),
    };
    let plan = Plan::new(&description)?;
    let parameters = plan.parameters();
    println!("{}", description.name);
    println!("ring degree  {}", parameters.degree());
    println!("slots        {}", parameters.slots());
    println!("input        level {}", plan.input_level());
    for stage in 0..plan.stage_count() {
        let (level, scale) = plan.stage_level_scale(stage);
        println!(
            "stage {stage}      level {level}, scale 2^{:.1}",
            scale.log2()
        );
    }
    println!("keys         {}", plan.key_requests().len());
    println!("             {} bytes", plan.evaluation_keys_len());
    println!("input        {} bytes", plan.input_len());
    println!("result       {} bytes", plan.result_len());
    Ok(())
}

/// Describes a dense layer of 16 outputs, a square, and a dense layer of two scores.
fn small() -> Description {
    let dense = |inputs, outputs| Layer::Dense {
        inputs,
        outputs,
        range: 4.0,
    };
    let square = Layer::Polynomial {
        coefficients: vec![0.0, 0.0, 1.0],
    };
    Description {
        format: FORMAT,
        name: "small".into(),
        dataset: "none".into(),
        input: Input {
            height: 8,
            width: 8,
        },
        layers: vec![dense(64, 16), square, dense(16, 2)],
        classes: vec!["a".into(), "b".into()],
    }
}
