//! The networks that are served.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, ensure};
use inkognito_network::{Circuit, Model as Network, Plan};
use rust_embed::RustEmbed;
use serde::Serialize;
use tokio::sync::OnceCell;
use utoipa::ToSchema;

use crate::Problem;
use crate::compute::Compute;
use crate::keys::KeyId;

/// The files of models/.
#[derive(RustEmbed)]
#[folder = "../models"]
#[include = "*.safetensors"]
struct BuiltIn;

/// A network, ready for ciphertexts.
pub(crate) struct Model {
    pub(crate) name: String,
    /// Its place among those served.
    pub(crate) index: usize,
    network: Network,
    plan: Plan,
    circuit: OnceCell<Arc<Circuit>>,
    /// What one visitor's keys take in memory.
    pub(crate) session_bytes: u64,
    pub(crate) about: About,
}

/// What a visitor needs to know of a model.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct About {
    /// Its name in paths.
    name: String,
    /// SHA-256 of the model file, in hexadecimal.
    sha256: String,
    /// What it was trained on.
    dataset: String,
    /// What the scores stand for, in their order.
    classes: Vec<String>,
    input: Image,
    parameters: Parameters,
    keys: Keys,
    ciphertext: Sizes,
}

/// The image that it reads.
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
    /// Special moduli, for key switching.
    special_moduli: Vec<u32>,
    /// Bits of the product of all moduli.
    log_qp: f64,
    /// The level that inputs are encrypted at.
    input_level: usize,
    /// The scale that inputs are encrypted at.
    input_scale: f64,
    /// What messages made under these parameters carry in their header, in hexadecimal.
    fingerprint: String,
}

/// The evaluation keys that it needs.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct Keys {
    /// How many messages they are.
    parts: usize,
    /// Their length together.
    bytes: usize,
}

/// Lengths of messages.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Sizes {
    /// An encrypted input.
    input_bytes: usize,
}

/// The networks in `files`, or those built in if there are none.
pub(crate) fn load(files: &[impl AsRef<Path>]) -> anyhow::Result<Vec<Arc<Model>>> {
    let mut sources = Vec::new();
    for path in files.iter().map(AsRef::as_ref) {
        let bytes = std::fs::read(path)
            .with_context(|| format!("cannot read the model {}", path.display()))?;
        sources.push((stem(path), bytes));
    }
    if files.is_empty() {
        for path in BuiltIn::iter() {
            let file = BuiltIn::get(&path).context("a model that was built in is not there")?;
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
                sha256: KeyId::of(bytes).to_string(),
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

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The network with its weights encoded: once, when it is first asked for, since that takes
    /// time and memory, and not every model is used.
    ///
    /// Who comes while it is made waits here, not on a thread of the pool. The encoding is spread
    /// over the pool, and a thread that waits for its other parts takes up whatever work there is:
    /// work that waits for the encoding would wait for the thread it runs on.
    pub(crate) async fn circuit(
        self: &Arc<Self>,
        compute: &Compute,
    ) -> Result<Arc<Circuit>, Problem> {
        let make = || async {
            let model = self.clone();
            let made = compute.run(move || Circuit::new(&model.network)).await?;
            made.map(Arc::new).map_err(|error| {
                tracing::error!(model = self.name, %error, "the weights cannot be encoded");
                Problem::Internal
            })
        };
        self.circuit.get_or_try_init(make).await.cloned()
    }
}

impl Parameters {
    fn of(plan: &Plan) -> Self {
        let parameters = plan.parameters();
        let top = parameters.max_level();
        let hex = |bytes: [u8; 8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
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
            fingerprint: hex(parameters.fingerprint()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use super::*;

    /// Residues are packed where they travel, and words where they are computed with.
    #[test]
    fn keys_take_more_memory_than_both_their_halves_would_on_the_wire() {
        for model in load(&[] as &[PathBuf]).unwrap() {
            let travels = 2 * model.plan().evaluation_keys_len() as u64;
            assert!((travels..2 * travels).contains(&model.session_bytes));
        }
    }

    /// Requests that find nothing encoded yet, and more of them than there are threads.
    #[tokio::test]
    async fn many_may_ask_for_what_is_not_encoded_yet() {
        let compute = Arc::new(Compute::new(2, 0).unwrap());
        let model = load(&[] as &[PathBuf]).unwrap().swap_remove(0);
        let asking: Vec<_> = (0..8)
            .map(|_| {
                let (model, compute) = (model.clone(), compute.clone());
                tokio::spawn(async move {
                    let circuit = model.circuit(&compute).await.unwrap();
                    // What a session does with it, on the pool like the encoding.
                    compute.run(move || circuit.plan().input_len()).await
                })
            })
            .collect();
        for asked in asking {
            let answer = tokio::time::timeout(Duration::from_secs(60), asked).await;
            let length = answer.expect("nobody waits for ever").unwrap().unwrap();
            assert_eq!(length, model.plan().input_len());
        }
    }
}
