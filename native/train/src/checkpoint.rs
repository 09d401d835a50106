//! Checkpoints that resume exactly, and models in the form that generation loads.

use crate::config::RunConfig;
use crate::error::TrainError;
use crate::gain::PieceLosses;
use crate::optimizer::AdamW;
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Everything that a run goes on from.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    pub weights: Vec<f32>,
    /// Moving mean of the weights; empty where the run keeps none.
    pub mean: Vec<f32>,
    pub optimizer: AdamW,
    pub state: RunState,
}

/// The state of a run. The random state is (seed, step): every batch has a stream of its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunState {
    pub step: u64,
    pub trained_seconds: f64,
    pub notes_seen: u64,
    pub data_hash: String,
    /// Lowest held-out loss so far, and the step that it was measured at.
    #[serde(default)]
    pub best_loss: Option<f64>,
    #[serde(default)]
    pub best_step: Option<u64>,
    /// Whether that was the loss of the mean of the weights.
    #[serde(default)]
    pub best_is_mean: bool,
    /// Held-out losses of the data, and of what should not be forgotten.
    #[serde(default)]
    pub data: BeforeAfter,
    #[serde(default)]
    pub replay: BeforeAfter,
    /// Of the dataset that is heard so that it is not forgotten.
    #[serde(default)]
    pub replay_hash: Option<String>,
    /// The data's losses piece by piece.
    #[serde(default)]
    pub pieces: PieceLosses,
}

/// Held-out losses of the beginning and of the best weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BeforeAfter {
    pub before: Option<f64>,
    pub after: Option<f64>,
}

/// Names inside a run folder.
pub const LATEST: &str = "latest.safetensors";
pub const BEST: &str = "best.safetensors";
pub const START: &str = "start.safetensors";
pub const CONFIG_FILE: &str = "config.json";

const STATE: &str = "continuo";
const CONFIG: &str = "config";
/// sha256 of all numbers, in checkpoints of earlier versions; the first ones have none.
const SHA256: &str = "sha256";
/// sha256 of all numbers and of the texts beside them.
const CHECKSUM: &str = "checksum";

impl Checkpoint {
    /// Write under a temporary name and rename: an older checkpoint stays whole until then.
    pub fn save(&self, path: &Path, config: &RunConfig) -> Result<(), TrainError> {
        let shape = vec![self.weights.len()];
        let view = |data| {
            TensorView::new(Dtype::F32, shape.clone(), bytemuck::cast_slice(data))
                .map_err(|e| damaged(path, e))
        };
        let mut tensors = vec![
            ("weights", view(&self.weights)?),
            ("first", view(&self.optimizer.first)?),
            ("second", view(&self.optimizer.second)?),
        ];
        if !self.mean.is_empty() {
            tensors.push(("mean", view(&self.mean)?));
        }
        let text = |value: serde_json::Result<String>| value.map_err(|e| damaged(path, e));
        let state = text(serde_json::to_string(&self.state))?;
        let config = text(serde_json::to_string(config))?;
        let checksum = self.sha256(&[&state, &config]);
        let metadata = HashMap::from([
            (STATE.to_owned(), state),
            (CONFIG.to_owned(), config),
            (CHECKSUM.to_owned(), checksum),
        ]);
        let bytes = serialize(tensors, Some(metadata)).map_err(|e| damaged(path, e))?;
        write_whole(path, &bytes)
    }

    /// Read a checkpoint with the config of its run.
    pub fn load(path: &Path) -> Result<(Checkpoint, RunConfig), TrainError> {
        let bytes = std::fs::read(path).map_err(TrainError::io(path))?;
        let tensors = SafeTensors::deserialize(&bytes).map_err(|e| damaged(path, e))?;
        let (_, header) = SafeTensors::read_metadata(&bytes).map_err(|e| damaged(path, e))?;
        let metadata = header.metadata().as_ref();
        let text = |key: &str| {
            metadata
                .and_then(|m| m.get(key))
                .ok_or_else(|| damaged(path, format!("no {key}")))
        };
        let state: RunState = serde_json::from_str(text(STATE)?).map_err(|e| damaged(path, e))?;
        let config: RunConfig =
            serde_json::from_str(text(CONFIG)?).map_err(|e| damaged(path, e))?;
        let len = config.trained_tensors().last().map_or(0, |t| t.range.end);
        let read = |name: &str| -> Result<Vec<f32>, TrainError> {
            let tensor = tensors.tensor(name).map_err(|e| damaged(path, e))?;
            let values: Vec<f32> = bytemuck::allocation::pod_collect_to_vec(tensor.data());
            if values.len() == len {
                Ok(values)
            } else {
                Err(damaged(path, format!("{name} has another size")))
            }
        };
        let optimizer = AdamW {
            first: read("first")?,
            second: read("second")?,
            step: state.step,
        };
        let checkpoint = Checkpoint {
            weights: read("weights")?,
            mean: if config.average > 0.0 {
                read("mean")?
            } else {
                Vec::new()
            },
            optimizer,
            state,
        };
        let metadata = metadata.into_iter().flatten();
        let (mut has_sum, mut others) = (false, Vec::new());
        for (key, value) in metadata {
            let expected = match key.as_str() {
                CHECKSUM => checkpoint.sha256(&[text(STATE)?, text(CONFIG)?]),
                SHA256 => checkpoint.sha256(&[]),
                STATE | CONFIG => continue,
                other => {
                    others.push(other);
                    continue;
                }
            };
            if *value != expected {
                return Err(damaged(path, "its checksum differs"));
            }
            has_sum = true;
        }
        match others.first() {
            // A bit of the checksum's name may have flipped too.
            Some(other) if !has_sum => Err(damaged(path, format!("it has an unknown {other}"))),
            _ => Ok((checkpoint, config)),
        }
    }

    /// Of all numbers and of texts.
    fn sha256(&self, texts: &[&str]) -> String {
        let mut digest = Sha256::new();
        let AdamW { first, second, .. } = &self.optimizer;
        for values in [&self.weights, first, second, &self.mean] {
            digest.update(bytemuck::cast_slice::<f32, u8>(values));
        }
        for text in texts {
            digest.update((text.len() as u64).to_le_bytes());
            digest.update(text);
        }
        hex(digest)
    }
}

fn hex(digest: Sha256) -> String {
    let digest = digest.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn damaged(path: &Path, what: impl ToString) -> TrainError {
    let is_best = path.file_name().is_some_and(|name| name == BEST);
    TrainError::CheckpointDamaged {
        path: path.to_path_buf(),
        what: what.to_string(),
        remedy: if is_best {
            "delete it to go on without the best so far"
        } else {
            "copy an earlier checkpoint of the run over it"
        },
    }
}

/// As [`continuo_dataset::whole::write_whole`].
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), TrainError> {
    continuo_dataset::whole::write_whole(path, bytes).map_err(TrainError::io(path))
}

/// Write the weights that a run begins with, and its config for people.
pub(crate) fn write_start(
    folder: &Path,
    config: &RunConfig,
    weights: &[f32],
) -> Result<(), TrainError> {
    let path = folder.join(START);
    let shape = vec![weights.len()];
    let view = TensorView::new(Dtype::F32, shape, bytemuck::cast_slice(weights));
    let tensors = [("weights", view.map_err(|e| damaged(&path, e))?)];
    let checksum = hex(Sha256::new_with_prefix(bytemuck::cast_slice(weights)));
    let metadata = HashMap::from([(CHECKSUM.to_owned(), checksum)]);
    let bytes = serialize(tensors, Some(metadata)).map_err(|e| damaged(&path, e))?;
    write_whole(&path, &bytes)?;
    let json = serde_json::to_vec_pretty(config).map_err(|e| damaged(folder, e))?;
    write_whole(&folder.join(CONFIG_FILE), &json)
}

impl Checkpoint {
    /// The weights that a run began with. Errors: `TRAIN_IO`, `CHECKPOINT_DAMAGED`.
    pub fn start_weights(folder: &Path, config: &RunConfig) -> Result<Vec<f32>, TrainError> {
        let path = folder.join(START);
        let bytes = std::fs::read(&path).map_err(TrainError::io(&path))?;
        let tensors = SafeTensors::deserialize(&bytes).map_err(|e| damaged(&path, e))?;
        let tensor = tensors.tensor("weights").map_err(|e| damaged(&path, e))?;
        let weights: Vec<f32> = bytemuck::allocation::pod_collect_to_vec(tensor.data());
        let (_, header) = SafeTensors::read_metadata(&bytes).map_err(|e| damaged(&path, e))?;
        // Those of earlier versions have none.
        if let Some(metadata) = header.metadata() {
            let checksum = hex(Sha256::new_with_prefix(tensor.data()));
            if metadata.get(CHECKSUM) != Some(&checksum) {
                return Err(damaged(&path, "its checksum differs"));
            }
        }
        let tensors = config.architecture.tensors();
        if weights.len() == tensors.last().map_or(0, |t| t.range.end) {
            Ok(weights)
        } else {
            Err(damaged(&path, "the weights have another size"))
        }
    }
}

/// Keep the latest checkpoint under the name of its step, and no more than `count` such.
pub(crate) fn keep(folder: &Path, step: u64, count: usize) -> Result<PathBuf, TrainError> {
    let path = folder.join(format!("step-{step:09}.safetensors"));
    let latest = folder.join(LATEST);
    // A copy where the file system has no links.
    if !path.exists() && std::fs::hard_link(&latest, &path).is_err() {
        std::fs::copy(&latest, &path).map_err(TrainError::io(&path))?;
    }
    let entries = std::fs::read_dir(folder).map_err(TrainError::io(folder))?;
    let mut kept: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|p| {
            let name = p.file_name().and_then(|n| n.to_str()).unwrap_or_default();
            name.starts_with("step-") && name.ends_with(".safetensors")
        })
        .collect();
    kept.sort();
    for old in &kept[..kept.len().saturating_sub(count)] {
        std::fs::remove_file(old).map_err(TrainError::io(old))?;
    }
    Ok(path)
}
