//! Client and evaluator of one model in one process, and a loop over many images.
//!
//! Relies on the client and the evaluator as libraries. Not for a deployment, where the two sides
//! never share a process.

use std::{
    num::NonZeroUsize,
    sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use anyhow::{anyhow, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use inkognito::{Keyring, Vault};
use inkognito_network::{Circuit, Model, Plan, Session};

/// A vault and a session for one model, with evaluation keys exchanged.
pub(crate) struct Sides {
    vault: RwLock<Vault>,
    pub(crate) session: Session,
    pub(crate) plan: Plan,
}

impl Sides {
    /// Generates keys, from `seed` if it is given, and loads the evaluation keys into the session.
    ///
    /// # Errors
    ///
    /// If the model has no circuit, or a key is refused.
    pub(crate) fn new(model: &Model, seed: Option<u64>) -> anyhow::Result<Self> {
        let circuit = Arc::new(Circuit::new(model)?);
        let plan = circuit.plan().clone();
        let keyring = match seed {
            Some(seed) => {
                let mut bytes = [0; 32];
                bytes[..8].copy_from_slice(&seed.to_le_bytes());
                Keyring::from_seed(plan.parameters(), &bytes)
            }
            None => Keyring::generate(plan.parameters())?,
        };
        let mut vault = Vault::with_keyring(plan.clone(), keyring);
        let mut session = Session::new(circuit);
        while let Some(part) = vault.next_key_part() {
            session.load_key(&part)?;
        }
        ensure!(session.is_ready(), "evaluation keys are missing");
        Ok(Self {
            vault: RwLock::new(vault),
            session,
            plan,
        })
    }

    /// Returns the vault for reading: to decrypt with its keyring.
    pub(crate) fn vault(&self) -> anyhow::Result<RwLockReadGuard<'_, Vault>> {
        self.vault.read().map_err(|_| panicked())
    }

    /// Returns the vault for writing: to encrypt, and to decrypt answers.
    pub(crate) fn vault_mut(&self) -> anyhow::Result<RwLockWriteGuard<'_, Vault>> {
        self.vault.write().map_err(|_| panicked())
    }
}

fn panicked() -> anyhow::Error {
    anyhow!("another image's thread panicked")
}

/// Returns a pool of `threads` threads, by default one for each core. A thread evaluates one image
/// at a time.
pub(crate) fn pool(threads: Option<NonZeroUsize>) -> anyhow::Result<rayon::ThreadPool> {
    Ok(rayon::ThreadPoolBuilder::new()
        .num_threads(threads.map_or(0, NonZeroUsize::get))
        .build()?)
}

/// Returns a progress bar for `images` images.
pub(crate) fn progress(what: &str, images: usize) -> anyhow::Result<ProgressBar> {
    let style = "{msg} {bar:40} {pos}/{len} images, {per_sec}, {eta} left";
    Ok(ProgressBar::new(images as u64)
        .with_style(ProgressStyle::with_template(style)?)
        .with_message(what.to_owned()))
}
