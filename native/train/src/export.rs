//! A run's result in the form that generation loads, and adapters on their own.

use crate::adapter::Adapter;
use crate::checkpoint::write_whole;
use crate::config::{AnyArchitecture, Base, RunConfig};
use crate::dataset::Dataset;
use crate::error::TrainError;
use crate::known_passages::passage_filter;
use crate::parameters::Layout;
use continuo_model::recurrent::RecurrentModel;
use continuo_model::{KNOWN_PASSAGES_FILE, Model, ModelConfig, Precision, upgrade_tensor};
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Write `model.json` and weights in f16.
///
/// `record`: how it was trained, for people. Errors: `MODEL_WRITE_FAILED`, `CHECKPOINT_DAMAGED`.
pub fn export_model(
    folder: &Path,
    id: &str,
    architecture: &AnyArchitecture,
    weights: &[f32],
    record: Value,
) -> Result<(), TrainError> {
    match architecture {
        AnyArchitecture::Recurrent(a) => {
            let model = RecurrentModel::new(id, a.clone(), weights.to_vec(), record);
            Ok(model.save(folder, Precision::F16)?)
        }
        AnyArchitecture::Infill(a) => {
            let Some(weights) = Layout::new(a).unflatten(weights) else {
                return Err(damaged(folder, "the weights have another shape"));
            };
            let mut config = ModelConfig::new(id, a.clone());
            config.training = record;
            Ok(Model::new(config, weights).save(folder, Precision::F16)?)
        }
    }
}

/// Write the passages of the training data, so that no fill repeats one at length. A model that goes on
/// from `base` knows those of its base too.
pub fn export_known_passages(
    folder: &Path,
    dataset: &Dataset,
    base: Option<&Path>,
) -> Result<(), TrainError> {
    let earlier = base
        .map(|b| b.join(KNOWN_PASSAGES_FILE))
        .filter(|p| p.exists());
    let filter = match earlier {
        // Filters of different sizes cannot be joined, so the larger set of the base stays in force.
        Some(path) => std::fs::read(&path).map_err(TrainError::io(&path))?,
        None => passage_filter(dataset).to_bytes(),
    };
    write_whole(&folder.join(KNOWN_PASSAGES_FILE), &filter)
}

/// A model's weights in the flat order, what they are, and the hash of their file.
pub struct LoadedBase {
    pub architecture: AnyArchitecture,
    pub weights: Vec<f32>,
    pub base: Base,
}

/// Errors: `MODEL_NOT_FOUND`, `MODEL_DAMAGED`, `VOCAB_MISMATCH`.
pub fn load_base(folder: &Path) -> Result<LoadedBase, TrainError> {
    match continuo_model::recurrent::family_of(folder)? {
        continuo_model::recurrent::Family::Recurrent => {
            let model = RecurrentModel::load(folder)?;
            Ok(LoadedBase {
                base: Base {
                    id: model.config.id.clone(),
                    sha256: model.sha256().to_owned(),
                },
                weights: model.flat().to_vec(),
                architecture: AnyArchitecture::Recurrent(model.config.architecture.clone()),
            })
        }
        continuo_model::recurrent::Family::Infill => {
            let model = Model::load(folder)?;
            let architecture = model.config.architecture.clone();
            Ok(LoadedBase {
                base: Base {
                    id: model.config.id.clone(),
                    sha256: model.sha256().to_owned(),
                },
                weights: Layout::new(&architecture).flatten(&model.weights),
                architecture: AnyArchitecture::Infill(architecture),
            })
        }
    }
}

/// Name of the adapters inside a run folder.
pub const ADAPTER: &str = "adapter.safetensors";
const ADAPTER_KEY: &str = "continuo-adapter";
/// sha256 of the facts and all numbers; adapters of earlier versions have none.
const CHECKSUM_KEY: &str = "checksum";

/// What an adapter file says of itself.
#[derive(Debug, Serialize, Deserialize)]
struct AdapterFacts {
    base: Base,
    rank: usize,
}

/// Write adapters, bound to the weights that they were trained beside.
pub fn export_adapter(path: &Path, config: &RunConfig, weights: &[f32]) -> Result<(), TrainError> {
    let Some(base) = &config.base else {
        return Ok(());
    };
    let facts = AdapterFacts {
        base: base.clone(),
        rank: config.lora,
    };
    let facts = serde_json::to_string(&facts).map_err(|e| damaged(path, e))?;
    let tensors = config.trained_tensors();
    let mut views = Vec::with_capacity(tensors.len());
    for tensor in &tensors {
        let values = bytemuck::cast_slice(&weights[tensor.range.clone()]);
        let view = TensorView::new(Dtype::F32, tensor.shape.clone(), values);
        views.push((tensor.name.as_str(), view.map_err(|e| damaged(path, e))?));
    }
    let checksum = checksum(&facts, bytemuck::cast_slice(weights));
    let metadata = HashMap::from([
        (ADAPTER_KEY.to_owned(), facts),
        (CHECKSUM_KEY.to_owned(), checksum),
    ]);
    let bytes = serialize(views, Some(metadata)).map_err(|e| damaged(path, e))?;
    write_whole(path, &bytes)
}

/// Adapters to be merged into their base.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApplyAdapterRequest {
    pub adapter: PathBuf,
    /// Model folder of the base.
    pub base: PathBuf,
    /// Model folder to write.
    pub output: PathBuf,
    pub model_id: String,
}

#[derive(Debug, Serialize)]
pub struct ApplyAdapterAnswer {
    pub model: PathBuf,
}

/// Merge adapters into the very model that they were trained beside.
///
/// Errors: `ADAPTER_BASE` for another model, `CHECKPOINT_DAMAGED`, `MODEL_*`, `TRAIN_IO`.
pub fn apply_adapter(request: &ApplyAdapterRequest) -> Result<ApplyAdapterAnswer, TrainError> {
    let path = &request.adapter;
    let bytes = std::fs::read(path).map_err(TrainError::io(path))?;
    let tensors = SafeTensors::deserialize(&bytes).map_err(|e| damaged(path, e))?;
    let (_, header) = SafeTensors::read_metadata(&bytes).map_err(|e| damaged(path, e))?;
    let metadata = header.metadata().clone().unwrap_or_default();
    let text = metadata.get(ADAPTER_KEY);
    let text = text.ok_or_else(|| damaged(path, "it holds no adapters"))?;
    let facts: AdapterFacts = serde_json::from_str(text).map_err(|e| damaged(path, e))?;
    let loaded = load_base(&request.base)?;
    if loaded.base.sha256 != facts.base.sha256 {
        return Err(TrainError::AdapterBase {
            path: path.clone(),
            expected: facts.base.sha256,
            found: loaded.base.sha256,
        });
    }
    let numbers: usize = tensors.iter().map(|(_, t)| t.data().len() / 4).sum();
    // A rank that the file cannot hold must not ask for memory.
    let largest = loaded.weights.len().min(numbers);
    if facts.rank == 0 || facts.rank > largest {
        return Err(damaged(path, format!("its rank is {}", facts.rank)));
    }
    let adapter = Adapter::new(&loaded.architecture.tensors(), facts.rank);
    if adapter.len != numbers {
        return Err(damaged(path, "it has another size"));
    }
    let mut weights = vec![0.0; adapter.len];
    for tensor in &adapter.tensors {
        let found = tensors.tensor(&tensor.name).map_err(|e| damaged(path, e))?;
        let values: Vec<f32> = bytemuck::allocation::pod_collect_to_vec(found.data());
        let values = upgrade_tensor(&tensor.name, values, &tensor.shape)
            .filter(|values| values.iter().all(|v| v.is_finite()))
            .ok_or_else(|| damaged(path, format!("{} is not as it should be", tensor.name)))?;
        weights[tensor.range.clone()].copy_from_slice(&values);
    }
    let found = metadata.get(CHECKSUM_KEY);
    let expected = checksum(text, bytemuck::cast_slice(&weights));
    // Those of earlier versions say nothing else of themselves.
    if found.is_some_and(|sum| *sum != expected) || found.is_none() && metadata.len() > 1 {
        return Err(damaged(path, "its checksum differs"));
    }
    let mut merged = Vec::new();
    adapter.merge(&loaded.weights, &weights, &mut merged);
    let record = serde_json::json!({ "base": facts.base, "lora": facts.rank });
    export_model(
        &request.output,
        &request.model_id,
        &loaded.architecture,
        &merged,
        record,
    )?;
    let known = request.base.join(KNOWN_PASSAGES_FILE);
    if known.exists() {
        let bytes = std::fs::read(&known).map_err(TrainError::io(&known))?;
        write_whole(&request.output.join(KNOWN_PASSAGES_FILE), &bytes)?;
    }
    continuo_model::seal(&request.output)?;
    Ok(ApplyAdapterAnswer {
        model: request.output.clone(),
    })
}

fn damaged(path: &Path, what: impl ToString) -> TrainError {
    TrainError::CheckpointDamaged {
        path: path.to_path_buf(),
        what: what.to_string(),
        remedy: "copy it again from where it came",
    }
}

fn checksum(facts: &str, numbers: &[u8]) -> String {
    let digest = Sha256::new().chain_update(facts).chain_update(numbers);
    let digest = digest.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
