//! Draws a seven and lets an evaluator read it encrypted. Both sides run in this program;
//! everything between them is bytes, as it would cross a network.
//!
//! Run with `cargo run --release --example read_digit [model file]`; the default is
//! `models/digits.safetensors`.

use std::{env, error::Error, fs, path::PathBuf, sync::Arc};

use inkognito::network::{Circuit, Description, Model, Session};
use inkognito::{Drawing, Vault};

/// The evaluator's side. It has the network's weights and the visitor's evaluation keys, and no
/// secret key.
struct Evaluator {
    session: Session,
}

impl Evaluator {
    fn new(model_file: &[u8]) -> Result<Self, Box<dyn Error>> {
        let model = Model::from_bytes(model_file)?;
        let circuit = Circuit::new(&model)?;
        let session = Session::new(Arc::new(circuit));
        Ok(Self { session })
    }

    fn receive_key(&mut self, message: &[u8]) -> Result<(), Box<dyn Error>> {
        Ok(self.session.load_key(message)?)
    }

    /// Takes an encrypted image and returns encrypted scores.
    fn answer(&self, message: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
        let answer = self.session.infer(message, |stage| {
            println!("  evaluator: {} done", stage.name);
        })?;
        Ok(answer)
    }
}

/// Draws a seven: coordinates from 0 to 1, y pointing down.
fn seven() -> Drawing {
    let mut drawing = Drawing::new();
    drawing.begin(0.25, 0.2);
    drawing.extend(0.75, 0.2);
    drawing.extend(0.6, 0.5);
    drawing.extend(0.45, 0.85);
    drawing
}

fn main() -> Result<(), Box<dyn Error>> {
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("models/digits.safetensors");
    let path = env::args_os().nth(1).map_or_else(default, PathBuf::from);
    let model_file = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;

    // Both sides read the model file. The client needs only its head: layers and classes.
    let mut vault = Vault::new(&model_file)?;
    let classes = Description::from_bytes(&model_file)?.classes;
    let mut evaluator = Evaluator::new(&model_file)?;

    // Once for each visit: the client makes evaluation keys, part by part.
    let mut key_bytes = 0;
    while let Some(message) = vault.next_key_part() {
        key_bytes += message.len();
        evaluator.receive_key(&message)?;
    }
    println!("client: {key_bytes} bytes of evaluation keys sent");

    // For each drawing: encrypt, evaluate, decrypt.
    let pixels = seven().pixels();
    let query = vault.encrypt(pixels.view())?;
    println!(
        "client: drawing encrypted, {} bytes sent",
        query.message.len()
    );
    let answer = evaluator.answer(&query.message)?;
    println!("client: answer received, {} bytes", answer.len());
    let scores = vault.decrypt(query.id, &answer)?;

    for (class, score) in classes.iter().zip(&scores) {
        println!("  {class}: {score:>7.2}");
    }
    let best = scores
        .iter()
        .zip(&classes)
        .max_by(|a, b| a.0.total_cmp(b.0));
    let (_, digit) = best.ok_or("a network without classes")?;
    println!("the drawing was read as {digit}");

    // The weights are public here, so the client can check the answer with the plain network.
    let plain = Model::from_bytes(&model_file)?.scores(pixels.view());
    let errors = plain.iter().zip(&scores).map(|(p, s)| (p - s).abs());
    let largest = errors.fold(0.0, f64::max);
    println!("largest difference from the plain network: {largest:.1e}");
    if largest > vault.flooding().error {
        return Err("the evaluator did not evaluate this network".into());
    }

    // Scores that leave the client are flooded with noise and rounded first.
    println!("scores for others: {:?}", vault.release(query.id)?);
    Ok(())
}
