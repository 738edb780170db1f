//! The models that the server evaluates.
//!
//! Relies on `inkognito-network`. Not for models that visitors upload: the operator chooses the
//! models.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, ensure};
use inkognito_network::{Circuit, Model as Network, Plan};
use rust_embed::RustEmbed;
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;
use utoipa::ToSchema;

use crate::compute::Compute;
use crate::problem::Problem;

/// The model files that are built into the program.
#[derive(RustEmbed)]
#[folder = "../models"]
#[include = "*.safetensors"]
struct BuiltIn;

/// A model: its network, its plan and, once needed, its encoded weights.
pub(crate) struct Model {
    pub(crate) name: String,
    /// The index of the model in the list of models.
    pub(crate) index: usize,
    network: Network,
    plan: Plan,
    circuit: OnceCell<Arc<Circuit>>,
    /// The bytes that the session of one visitor takes in memory.
    pub(crate) session_bytes: u64,
    pub(crate) about: About,
}

/// The description of a model for its visitors.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct About {
    /// The name of the model in paths.
    name: String,
    /// SHA-256 of the model file, in hexadecimal.
    sha256: String,
    /// The data set that the model was trained on.
    dataset: String,
    /// The classes of the scores, in order.
    classes: Vec<String>,
    input: Image,
    parameters: Parameters,
    keys: Keys,
    ciphertext: Sizes,
}

/// The size of the input image.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct Image {
    height: usize,
    width: usize,
}

/// The parameters of the scheme.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    /// Base-2 logarithm of the ring's degree.
    log_n: u32,
    /// Ciphertext moduli, q_0 first.
    moduli: Vec<u32>,
    /// Special moduli for key switching.
    special_moduli: Vec<u32>,
    /// Base-2 logarithm of the product of all moduli.
    log_qp: f64,
    /// The level of an encrypted input.
    input_level: usize,
    /// The scale of an encrypted input.
    input_scale: f64,
    /// The fingerprint in the header of every message under these parameters, in hexadecimal.
    fingerprint: String,
}

/// The evaluation keys that the model needs.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct Keys {
    /// The number of key messages.
    parts: usize,
    /// The total length of the key messages.
    bytes: usize,
}

/// The lengths of messages.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Sizes {
    /// The length of an encrypted input.
    input_bytes: usize,
}

/// Loads the models in `files`, or those built into the program if there are none.
///
/// # Errors
/// Fails if a file cannot be read, is not a model or has no valid plan, if two models have the same
/// name, or if there is no model.
pub(crate) fn load(files: &[impl AsRef<Path>]) -> anyhow::Result<Vec<Arc<Model>>> {
    let mut sources = Vec::new();
    for path in files.iter().map(AsRef::as_ref) {
        let bytes = std::fs::read(path)
            .with_context(|| format!("cannot read the model {}", path.display()))?;
        sources.push((stem(path), bytes));
    }
    if files.is_empty() {
        for path in BuiltIn::iter() {
            let file = BuiltIn::get(&path).context("an embedded model is missing")?;
            sources.push((stem(Path::new(&*path)), file.data.into_owned()));
        }
    }
    ensure!(!sources.is_empty(), "there is no model to serve");
    let mut models: Vec<Arc<Model>> = Vec::new();
    for (index, (name, bytes)) in sources.into_iter().enumerate() {
        ensure!(
            models.iter().all(|model| model.name != name),
            "two models are called {name}"
        );
        let model = Model::new(name.clone(), index, &bytes);
        models.push(Arc::new(
            model.with_context(|| format!("cannot serve the model {name}"))?,
        ));
    }
    Ok(models)
}

/// Returns the file name without its ending.
fn stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

impl Model {
    fn new(name: String, index: usize, bytes: &[u8]) -> anyhow::Result<Self> {
        let network = Network::from_bytes(bytes)?;
        let plan = Plan::new(network.description())?;
        let description = network.description();
        Ok(Self {
            about: About {
                name: name.clone(),
                sha256: base16ct::lower::encode_string(&Sha256::digest(bytes)),
                dataset: description.dataset.clone(),
                classes: description.classes.clone(),
                input: Image {
                    height: description.input.height,
                    width: description.input.width,
                },
                parameters: Parameters::of(&plan),
                keys: Keys {
                    parts: plan.key_requests().len(),
                    bytes: plan.evaluation_keys_len(),
                },
                ciphertext: Sizes {
                    input_bytes: plan.input_len(),
                },
            },
            name,
            index,
            session_bytes: (plan.evaluation_keys_memory() + plan.offline_memory()) as u64,
            network,
            plan,
            circuit: OnceCell::new(),
        })
    }

    /// Returns the plan of the model's evaluation.
    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Returns the circuit with its encoded weights. The first call encodes them, because that
    /// takes time and memory, and not every model is used.
    ///
    /// Concurrent callers wait in this future, not on a thread of the pool. The encoding uses all
    /// threads of the pool, and a rayon thread that waits for the other parts runs other jobs. If
    /// such a job waited for the encoding, it would wait for its own thread: a deadlock.
    ///
    /// # Errors
    /// [`Problem::Internal`] if the weights cannot be encoded.
    pub(crate) async fn circuit(
        self: &Arc<Self>,
        compute: &Compute,
    ) -> Result<Arc<Circuit>, Problem> {
        let encode = || async {
            let model = self.clone();
            let circuit = compute.run(move || Circuit::new(&model.network)).await?;
            circuit.map(Arc::new).map_err(|error| {
                tracing::error!(model = self.name, %error, "the weights cannot be encoded");
                Problem::Internal
            })
        };
        self.circuit.get_or_try_init(encode).await.cloned()
    }
}

impl Parameters {
    fn of(plan: &Plan) -> Self {
        let parameters = plan.parameters();
        let top = parameters.max_level();
        Self {
            log_n: parameters.log_n(),
            moduli: (0..=top).map(|level| parameters.modulus(level)).collect(),
            special_moduli: parameters
                .special_basis()
                .moduli()
                .map(|m| m.value())
                .collect(),
            log_qp: parameters.log_qp(),
            input_level: plan.input_level(),
            input_scale: plan.input_scale(),
            fingerprint: base16ct::lower::encode_string(&parameters.fingerprint()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use super::*;

    /// The wire packs residues, and carries a seed instead of a key's second polynomial. Memory
    /// holds both polynomials, as words.
    #[test]
    fn a_session_takes_two_to_four_times_the_bytes_of_its_keys_on_the_wire() {
        for model in load(&[] as &[PathBuf]).unwrap() {
            let unpacked = 2 * model.plan().evaluation_keys_len() as u64;
            assert!((unpacked..2 * unpacked).contains(&model.session_bytes));
        }
    }

    /// More requests than threads find the weights not yet encoded.
    #[tokio::test]
    async fn concurrent_requests_share_one_encoding() {
        let compute = Arc::new(Compute::new(2, 0).unwrap());
        let model = load(&[] as &[PathBuf]).unwrap().swap_remove(0);
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let (model, compute) = (model.clone(), compute.clone());
                tokio::spawn(async move {
                    let circuit = model.circuit(&compute).await.unwrap();
                    // A session uses the circuit on the pool, as the encoding does.
                    compute.run(move || circuit.plan().input_len()).await
                })
            })
            .collect();
        for task in tasks {
            let length = tokio::time::timeout(Duration::from_secs(60), task).await;
            let length = length.expect("no deadlock").unwrap().unwrap();
            assert_eq!(length, model.plan().input_len());
        }
    }
}
